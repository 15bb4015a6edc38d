import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hasJudge, requiredJudges } from "../../tools/judges.mjs";
import { inProject } from "../../tools/lib/project.mjs";
import { buildFlm, makePack, ownPdsc } from "../../tools/make-pack.mjs";
import { Chance } from "../support/chance.ts";
import { packBytes } from "../support/made-packs.ts";
import { example, type Run, Workspace } from "./workspace.ts";

const GIVEN = ["-If", "SWD", "-Speed", "4000", "-ExitOnError", "1"];

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
  workspace.write("app.bin", IMAGE);
});
afterEach(() => workspace.clear());

const IMAGE = new Chance(11).bytes(0x1400);

/** The board of most scripts: a twin of the STM32F407 in a state file. */
const f407 = () => `twin:STM32F407xG,state=${workspace.path("board.f4")}`;

/** The program with a board as its probe. */
async function onBoard(board: string, ...argv: readonly string[]): Promise<Run> {
  workspace.terminal = { env: { HOME: workspace.folder, XDG_CONFIG_HOME: workspace.folder, FLASHPROOF_PROBE: board } };
  const run = await workspace.fp(...argv);
  workspace.terminal = {};
  return run;
}

/** A command file of these lines, run by the whole program. */
function commander(lines: readonly string[], options: readonly string[] = [], board = f407()): Promise<Run> {
  const script = workspace.write("script.jlink", [...lines, "exit", ""].join("\n"));
  return onBoard(board, "commander", ...GIVEN, ...options, "-CommandFile", script);
}

/** What `--lint` finds in a command file of these lines. */
function lint(lines: readonly string[], ...options: readonly string[]): Promise<Run> {
  workspace.write("linted.jlink", ["ExitOnError 1", ...lines, "exit", ""].join("\n"));
  return workspace.fp("commander", "--lint", "linted.jlink", ...options);
}

const flashAt = (range: string): Promise<Uint8Array> =>
  workspace.memory(range, "--chip", "STM32F407xG", "--probe", f407());

const added = async (name: string, devices: readonly string[]): Promise<void> => {
  const file = workspace.write(`Made.${name}.pack`, await packBytes(name, "1.0.0", devices));
  expect((await workspace.fp("pack", "add", file)).exit).toBe(0);
};

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");

const GCC = "arm-none-eabi-gcc";
const hasCompiler = hasJudge(GCC) || requiredJudges().includes(GCC);

describe.runIf(hasCompiler)("a script for a device of a pack that was added", () => {
  let pack: Uint8Array;
  beforeAll(async () => {
    pack = await makePack();
  }, 60_000);
  beforeEach(async () => {
    await workspace.fp("pack", "add", workspace.write("own.pack", pack));
  });

  it("is programmed by the pack's algorithm, verified, read, and erased by sectors", async () => {
    const all = ["r", "loadfile app.bin 0x08004000", "verifybin app.bin 0x08004000", "mem 08004000 4", "r", "h", "go"];
    const { exit, out, err } = await commander(["device own-f407vg", ...all]);
    expect(exit).toBe(0);
    expect(out).toContain('Device "OWN-F407VG" selected.');
    expect(out.match(/^O\.K\.$/gm)).toHaveLength(1);
    expect(out).toContain("Verify successful.");
    expect(out).toContain(`08004000 = ${hex(IMAGE.subarray(0, 4))}`);
    const origin = "OWN-F407VG is a device of Flashproof.Own_DFP 1.0.0, programmed by Flash/stm32f4.FLM, and compared";
    expect(err.split("\n")).toEqual(
      expect.arrayContaining([`flashproof: ${origin}`, "flashproof: OWN-F407VG: its locks are unknown to Flashproof"]),
    );
    expect(await flashAt("0x08004000:+0x1400")).toEqual(IMAGE);

    const erased = await commander(["erase 0x08004000 0x08008000"], ["-Device", "OWN-F407VG?Loader"]);
    expect(erased.exit).toBe(0);
    expect(erased.out).toContain("Erasing done.");
    expect(await flashAt("0x08004000:+0x1400")).toEqual(new Uint8Array(0x1400).fill(0xff));
  }, 60_000);

  it("ends with exit 1 where the flash holds other bytes than the file that verifybin compares", async () => {
    workspace.write("other.bin", IMAGE.toReversed());
    const { exit, out } = await commander(
      ["loadbin app.bin, 0x08004000", "verifybin other.bin, 0x08004000"],
      ["-Device", "OWN-F407VG"],
    );
    expect([exit, out.match(/^O\.K\.$/gm)?.length]).toEqual([1, 1]);
    expect(out).toMatch(/^Verify failed @ address 0x08004000\.$/m);
    expect(out).not.toContain("Verify successful.");
  }, 60_000);

  it("is refused with the flash as before where a file leaves the pack's flash and RAM", async () => {
    const { exit, out, err } = await commander(["loadbin app.bin 0x1FFFC000"], ["-Device", "OWN-F407VG"]);
    expect([exit, out.match(/^O\.K\.$/gm)]).toEqual([1, null]);
    expect(err).toContain("app.bin has bytes at 0x1FFFC000-0x1FFFD3FF, outside of 0x08000000-0x080FFFFF");
  }, 60_000);

  it("is connected by the answer to connect's prompt, by exec device, and by another device's name later on", async () => {
    const script = ["connect", "OWN-F407VG", "S", "4000", "exec device = own-f407", "mem 08000000 4"];
    workspace.write("script.jlink", ["ExitOnError 1", ...script, "device OWN-F407VG", "exit", ""].join("\n"));
    const { exit, out } = await onBoard(f407(), "commander", "script.jlink");
    expect(exit).toBe(0);
    expect(out.match(/^Cortex-M4 identified\.$/gm)).toHaveLength(3);
    expect(out).toContain("08000000 = FF FF FF FF");
    const linted = await lint(script);
    expect([linted.exit, linted.out]).toEqual([0, "linted.jlink: nothing found\n"]);
  }, 60_000);

  it("has its addresses looked at by --lint, and no dry run, because its device has no twin", async () => {
    const inside = await lint(["device OWN-F407VG", "loadfile app.bin 0x08004000"]);
    expect([inside.exit, inside.out]).toEqual([0, "linted.jlink: nothing found\n"]);
    const outside = await lint(["loadfile app.bin 0x1FFFC000"], "-Device", "own-f407vg");
    expect(outside.out).toContain("outside of 0x08000000-0x080FFFFF");
    const dry = await commander(["erase"], ["-Device", "OWN-F407VG", "--dry-run"]);
    expect(dry.exit).toBe(2);
    expect(dry.err).toContain("OWN-F407VG is none that has a simulated board");
  });

  it("is served by the stand-in for J-Link's GDB server", async () => {
    const stop = new AbortController();
    const out: string[] = [];
    workspace.terminal = {
      env: { HOME: workspace.folder, XDG_CONFIG_HOME: workspace.folder, FLASHPROOF_PROBE: f407() },
      signal: stop.signal,
      out: (text) => {
        out.push(text);
        if (text.includes("Waiting for GDB connection")) stop.abort();
      },
    };
    const ports = ["-port", "0", "-swoport", "0", "-telnetport", "0"];
    const { exit } = await workspace.fp("jlink-gdbserver", "-device", "OWN-F407VG", "-if", "SWD", ...ports);
    expect(out.join("")).toContain("Connected to target");
    expect(exit).toBe(0);
  });
});

describe.runIf(hasCompiler)("a script for a device whose algorithm does not do what it is for", () => {
  it.each([
    ["SKIPS_LAST_WORD", "loadbin app.bin 0x8000", "The flash at 0x000083F0 doesn't hold what was programmed"],
    ["ERASE_FAILS", "erase 0x8000 0x9000", "Flash/kinetis-ftfe.FLM answered error 66 to EraseSector at 0x00008000"],
    ["ERASES_NOTHING", "erase 0x0 0x1000", "The flash at 0x00000000 was erased, and programmed bits are left there"],
  ])(
    "ends with exit 1 and without a success, as the CLI does: %s, %s",
    async (fault, line, why) => {
      const folder = workspace.path("pack");
      mkdirSync(join(folder, "Flash"), { recursive: true });
      writeFileSync(join(folder, "Flashproof.Own_DFP.pdsc"), ownPdsc());
      const source = inProject("test", "support", "faulty-algorithm.c");
      writeFileSync(join(folder, "Flash", "kinetis-ftfe.FLM"), buildFlm(source, [`-D${fault}`]));
      await workspace.fp("pack", "add", folder);
      workspace.write("open.hex", readFileSync(example("bootloader-open.hex")));
      await workspace.fp("flash", workspace.path("open.hex"), "--allow-mass-erase", ...workspace.board());
      const { exit, out, err } = await commander([line], ["-Device", "OWN-K24VLL12"], workspace.twin());
      expect([exit, out.match(/^O\.K\.$|^Erasing done\.$/gm)]).toEqual([1, null]);
      expect(err).toContain(why);
    },
    60_000,
  );
});

describe("a device that the packs don't settle", () => {
  it("ends with the pack that has it and the command that installs that; no store is made", async () => {
    const { exit, out, err } = await commander(["erase"], ["-Device", "STM32F103C8"]);
    expect(exit).toBe(1);
    expect(out).toContain('The selected device "STM32F103C8" is unknown to this version of the J-Link software.');
    expect(err).toContain('flashproof: No device is called "STM32F103C8"\n');
    expect(err).toContain("flashproof pack install Keil.STM32F1xx_DFP");
    expect(existsSync(workspace.path(".local"))).toBe(false);
    const linted = await lint(["erase"], "-Device", "STM32F103C8");
    expect([linted.exit, linted.out.includes("flashproof pack install Keil.STM32F1xx_DFP")]).toEqual([8, true]);
    const served = await onBoard(f407(), "jlink-gdbserver", "-device", "STM32F103C8", "-port", "0");
    expect(served.exit).toBe(250);
    expect(served.out).toContain("ERROR: Unknown device name STM32F103C8 specified.");
    expect(served.err).toContain("flashproof pack install Keil.STM32F1xx_DFP");
  });

  it("is not connected where several packs have its name, which are named", async () => {
    await added("One_DFP", ["A-CHIP"]);
    await added("Two_DFP", ["A-CHIP"]);
    const { exit, out, err } = await commander(["device A-CHIP", "erase"]);
    expect(exit).toBe(1);
    expect(out).not.toContain("identified.");
    expect(err).toContain("flashproof: Several packs have A-CHIP: Made.One_DFP, Made.Two_DFP\n");
    const linted = await lint(["device A-CHIP", "erase"]);
    expect([linted.exit, linted.out]).toEqual([
      8,
      expect.stringMatching(/^linted\.jlink:\d: warn: Several packs have A-CHIP: Made\.One_DFP, Made\.Two_DFP\.$/m),
    ]);
    const dry = await commander(["erase"], ["-Device", "A-CHIP", "--dry-run"]);
    expect(dry.err).toContain("Several packs have A-CHIP");
    expect(dry.exit).toBe(8);
  });

  it("is not connected where its pack was damaged after it was added", async () => {
    await added("One_DFP", ["A-CHIP"]);
    const file = workspace.path(".local/share/flashproof/packs/files/Made.One_DFP@1.0.0.pack");
    const bytes = new Uint8Array(readFileSync(file));
    // In the middle of the compressed description; the catalogue still fits the file's size and name.
    bytes[120] ^= 0xff;
    writeFileSync(file, bytes);
    const { exit, out, err } = await commander(["device A-CHIP", "erase"]);
    expect([exit, out.includes("identified.")]).toEqual([1, false]);
    expect(err).toContain("hint: Get the file again from its vendor: it is damaged, or no pack.");
  });

  it.each(["A-CHIP (allow security)", "a-chip (Allow opt. bytes)"])(
    "has no device entry with a suffix of a family whose locks are unknown: %s",
    async (name) => {
      await added("One_DFP", ["A-CHIP"]);
      const { exit, err } = await commander(["erase"], ["-Device", name]);
      expect(exit).toBe(1);
      expect(err).toContain(`flashproof: No device is called "${name}"; near it: A-CHIP\n`);
    },
  );
});
