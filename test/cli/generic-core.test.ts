import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommander } from "../../src/cli/commander/commander-host.ts";
import { writeSrec } from "../../src/image/write-srec.ts";
import { type JsonRun, Workspace } from "./workspace.ts";

/** Vectors, and code behind them that stores 42 at 0x20001000 and loops. */
const PROGRAM = new Uint8Array(new Uint32Array([0x20004000, 0x20000009, 0x4901202a, 0xe7fe6008, 0x20001000]).buffer);
const FLASH = "0x08000000";

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.clear());

/** The program on a board whose flash holds zeros, by the name of a core. */
function on(
  [verb, ...words]: readonly [string, ...string[]],
  core = "Cortex-M4",
  chip = "STM32F407xG",
): Promise<JsonRun> {
  const probe = `twin:${chip},state=${workspace.path("board")},flash=zero`;
  // A core without code resets over and over there.
  const how = chip.startsWith("MK") ? ["--connect", "under-reset"] : [];
  return workspace.json(verb, ...words, "--chip", core, "--probe", probe, ...how);
}

describe("a chip that is named by its core", () => {
  it.each([
    ["STM32F407xG", "Cortex-M4", 0x20000000],
    ["nRF52840_xxAA", "Cortex-M", 0x20000000],
    ["MK24FN1M0xxx12", "cortex-m4?Loader", 0x1fff0000],
    ["RP2040", "Cortex-M0+", 0x20000000],
  ])("shows its core and ports, its RAM and a program in that: %s as %s", async (chip, core, ram) => {
    const info = await on(["info"], core, chip);
    expect([info.exit, info.result["chip"] ?? null]).toEqual([0, null]);
    expect((await on(["reset", "--halt"], core, chip)).exit).toBe(0);
    const at = `0x${ram.toString(16)}`;
    expect((await on(["write", at, "0x12345678", "--width", "32"], core, chip)).exit).toBe(0);
    expect((await on(["read", `${at}:+4`], core, chip)).result["bytes"]).toBe("0x78563412");
  });

  it("runs a program in RAM from its reset vector, with its stack", async () => {
    const file = `${workspace.write("ram.bin", PROGRAM)}@0x20000000`;
    const { exit, result } = await on(["run", file, "--for", "10"]);
    expect([exit, result]).toMatchObject([0, { running: true, pc: "0x20000008", stack: "0x20004000", bytes: 20 }]);
    expect((await on(["read", "0x20001000:+4"])).result["bytes"]).toBe("0x2A000000");
    // The same on a chip that is named, whose RAM is known.
    expect((await on(["run", file], "STM32F407xG")).exit).toBe(0);
  });

  it("starts at the entry that a file names, at the reset vector where it names none, and nowhere beside its code", async () => {
    const segments = [{ name: "ram", address: 0x20000000, bytes: PROGRAM }];
    const start = async (entry?: number) => {
      const text = writeSrec({ segments, ...(entry !== undefined && { entry }) });
      const { exit, result, error } = await on(["run", workspace.write("ram.srec", text)]);
      return [exit, error?.code ?? result["pc"]];
    };
    expect(await start()).toEqual([0, "0x20000008"]);
    expect(await start(0x20000009)).toEqual([0, "0x20000008"]);
    // Flash, the vectors themselves, and the first byte behind the program.
    for (const entry of [0x08000009, 0x20000001, 0x20000015])
      expect(await start(entry)).toEqual([7, "program-no-start"]);
  });

  it("starts nothing that has no vectors, lies outside of RAM, or has no address", async () => {
    const [program, noVectors] = [workspace.write("ram.bin", PROGRAM), workspace.write("no.bin", PROGRAM.slice(8))];
    const code = async (file: string, core?: string) => {
      const { exit, error } = await on(["run", file], core);
      return [exit, error?.code];
    };
    expect(await code(`${noVectors}@0x20000000`)).toEqual([7, "program-no-start"]);
    expect(await code(`${program}@0x20000040`)).toEqual([7, "program-no-start"]);
    expect(await code(`${program}@${FLASH}`, "STM32F407xG")).toEqual([7, "image-outside-chip"]);
    expect(await code(`${program}@0x40000000`)).toEqual([7, "image-outside-chip"]);
    expect(await code(program)).toEqual([2, "image-address"]);
  });

  it("takes flash for no RAM: what a program needs there is not what is read", async () => {
    const there = new Uint8Array(PROGRAM);
    new DataView(there.buffer).setUint32(4, 0x08000009, true);
    const { exit, error } = await on(["run", `${workspace.write("flash.bin", there)}@${FLASH}`]);
    expect([exit, error?.code]).toEqual([1, "memory-unchanged"]);
    expect(error?.hints.join("\n")).toContain("flashproof pack install NAME");
  });

  it.each([
    ["flash", "app.bin@0x08000000"],
    ["plan", "app.bin@0x08000000"],
    ["verify", "app.bin@0x08000000"],
    ["erase", "--chip-all"],
    ["unlock", "--allow-mass-erase"],
  ])("refuses %s, and names the reason and the way to a pack", async (verb, word) => {
    workspace.write("app.bin", PROGRAM);
    const { exit, error } = await on([verb, word.startsWith("app.bin") ? workspace.path(word) : word]);
    expect([exit, error?.code]).toEqual([2, "chip-required"]);
    expect(error?.hints.join("\n")).toContain("flashproof pack install NAME");
  });

  it("refuses the name of another core than the one that answers", async () => {
    const { exit, error } = await on(["info"], "Cortex-M33");
    expect([exit, error?.code, error?.message]).toEqual([
      8,
      "chip-mismatch",
      "The processor is a Cortex-M4, not a Cortex-M33",
    ]);
  });
});

describe("the Commander on a core without a chip", () => {
  it("loads into RAM, and reports a download to flash as failed", async () => {
    const file = workspace.write("ram.bin", PROGRAM);
    const lines: string[] = [];
    const script = workspace.write(
      "load.jlink",
      ["connect", `loadbin ${file}, 0x20000000`, "mem32 20000000, 2", `loadbin ${file}, ${FLASH}`, "q", ""].join("\n"),
    );
    const exit = await runCommander(
      ["-Device", "Cortex-M4", "-If", "SWD", "-Speed", "4000", "-ExitOnError", "1", "-CommandFile", script],
      {
        ...{ out: (text: string) => void lines.push(text), err: (text: string) => void lines.push(text) },
        ...{ errIsTerminal: false, inIsTerminal: false, folder: workspace.folder },
        env: { HOME: workspace.folder, FLASHPROOF_PROBE: "twin:STM32F407xG" },
      },
    );
    const text = lines.join("");
    expect(text).toContain("20000000 = 20004000 20000009");
    expect(
      text
        .split("Downloading file")
        .slice(1)
        .map((part) => part.includes("O.K.")),
    ).toEqual([true, false]);
    expect(text).toContain("0x08000000 does not hold what was written to it");
    expect(exit).toBe(1);
  });
});
