import { resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Workspace } from "./workspace.ts";

const BLINKY = resolve("examples/stm32f407-blinky/firmware.hex");

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.clear());

const boardOf = (chip: string, keys = "") => [
  ...["--chip", chip, "--probe"],
  `twin:${chip},flash=zero,state=${workspace.path("board")}${keys}`,
];

describe("an STM32F4", () => {
  it.each(["STM32F407xG", "STM32F429xI", "STM32F446xE"])(
    "%s is recognised, flashed, verified and erased",
    async (chip) => {
      const board = boardOf(chip);
      expect((await workspace.json("info", ...board)).result).toMatchObject({ chip, match: "yes", origin: "own" });
      const flash = await workspace.json("flash", BLINKY, ...board);
      expect(flash.result).toMatchObject({ chip, verify: { verdict: "equal" } });
      expect((await workspace.json("verify", BLINKY, ...board)).exit).toBe(0);
      expect((await workspace.json("erase", "--chip-all", ...board)).exit).toBe(0);
      expect((await workspace.json("verify", BLINKY, ...board)).exit).toBe(6);
    },
  );

  it.each(["ram", "direct"])("is programmed by the %s loader", async (loader) => {
    const flash = await workspace.json("flash", BLINKY, ...boardOf("STM32F407xG"), "--loader", loader);
    expect(flash.result).toMatchObject({ verify: { verdict: "equal" } });
  });

  it("runs what was flashed, and prints its UART", async () => {
    const board = boardOf("STM32F407xG");
    await workspace.fp("flash", BLINKY, ...board);
    await workspace.fp("reset", ...board);
    const run = await workspace.fp("run", ...board, "--uart", "stdout", "--for", "250");
    expect(run.out).toContain("on\noff\n");
  });

  it("is found by J-Link's name and by its order code", async () => {
    const board = ["--probe", `twin:STM32F407xG,flash=zero,state=${workspace.path("board")}`];
    for (const name of ["STM32F407VG", "STM32F407VGTx", "stm32f407vgt6"])
      expect((await workspace.json("info", "--chip", name, ...board)).result).toMatchObject({ chip: "STM32F407xG" });
  });

  it("is flashed again after a flash command that hangs, although that holds up every read of flash", async () => {
    const hung = await workspace.json("flash", BLINKY, ...boardOf("STM32F407xG", ",fault=busy@flash=20"));
    expect(hung.error?.code).toBe("loader-failed");
    expect((await workspace.fp("flash", BLINKY, ...boardOf("STM32F407xG"))).exit).toBe(0);
  });

  it("of RDP 0x55 in an image is planned with exit 5, and one of 0xCC with the token that it wants", async () => {
    workspace.write("rdp1.hex", ":020000041FFFDC\n:02C00000FF55EA\n:00000001FF\n");
    workspace.write("rdp2.hex", ":020000041FFFDC\n:02C00000FFCC73\n:00000001FF\n");
    const plan = (name: string) =>
      workspace.fp("plan", workspace.path(name), ...boardOf("STM32F407xG"), "--bank", "options");
    const [level1, level2] = [await plan("rdp1.hex"), await plan("rdp2.hex")];
    expect([level1.exit, level2.exit]).toEqual([5, 5]);
    expect(level1.out + level1.err).toContain("RDP 0x55 (level 1, flash closed to debuggers)");
    expect(level2.out + level2.err).toContain("--allow-irreversible irrev-lock-for-ever-");
  });

  it("is not taken for one of another die: chip-mismatch", async () => {
    const run = await workspace.json("flash", BLINKY, "--chip", "STM32F446xE", ...boardOf("STM32F407xG").slice(2));
    expect(run.error?.code).toBe("chip-mismatch");
  });

  it("refuses an image with option bytes for a job that does not name their bank", async () => {
    workspace.write("rdp.hex", ":020000041FFFDC\n:02C00000FF55EA\n:00000001FF\n");
    const run = await workspace.json("plan", workspace.path("rdp.hex"), ...boardOf("STM32F407xG"));
    expect([run.exit, run.error?.code]).toEqual([5, "bank-not-named"]);
  });
});

describe("an STM32F4 of RDP level 1", () => {
  const locked = () => boardOf("STM32F407xG", ",locked=1");

  it("is called locked by info, with the way out", async () => {
    const info = await workspace.fp("info", ...locked());
    expect([info.exit, info.out]).toEqual([
      0,
      expect.stringMatching(/locked: yes \(RDP level 1.*a mass erase opens it\)/),
    ]);
  });

  it.each([
    ["flash", [BLINKY]],
    ["verify", [BLINKY]],
    ["read", ["0x08000000:+16"]],
    ["erase", ["--chip-all"]],
  ])("refuses %s with exit 5, and loses nothing", async (verb, words) => {
    expect((await workspace.fp(verb, ...words, ...locked())).exit).toBe(5);
  });

  it("gives its RAM to a debugger", async () => {
    expect((await workspace.fp("read", "0x20000000:+16", ...locked())).exit).toBe(0);
  });

  it("is opened by unlock with the consent alone, and takes firmware then", async () => {
    expect((await workspace.fp("unlock", ...locked())).exit).toBe(5);
    expect((await workspace.fp("unlock", ...locked(), "--allow-mass-erase")).exit).toBe(0);
    expect((await workspace.fp("flash", BLINKY, ...locked())).exit).toBe(0);
  });
});

describe("a chip that is no STM32F4", () => {
  it.each(["nRF52840_xxAA", "RP2040"])(
    "%s is chip-mismatch for flash and unlock, and nothing is written",
    async (other) => {
      const wire = ["--chip", "STM32F407xG", "--probe", `twin:${other},flash=zero`];
      for (const words of [
        ["flash", BLINKY],
        ["unlock", "--allow-mass-erase"],
      ]) {
        const run = await workspace.json(...(words as [string, string]), ...wire);
        expect([words[0], run.error?.code]).toEqual([words[0], "chip-mismatch"]);
      }
    },
  );

  it("is refused by Commander's unlock STM32 before the first write", async () => {
    const run = await commander(["si SWD", "speed 4000", "unlock STM32", "q"], "nRF52840_xxAA");
    expect(run.err).toContain("its identification registers say otherwise");
    expect(run.out).toContain("Timeout while unlocking device.");
    expect(run.out).not.toContain("Unlocking device...O.K.");
  });
});

describe("Commander's unlock", () => {
  it("opens an STM32F429 by the family's name where no device is selected", async () => {
    const run = await commander(["si SWD", "speed 4000", "unlock STM32", "q"], "STM32F429xI,locked=1");
    expect(run.out).toContain("Unlocking device...O.K.");
  });

  it("takes no name that is shorter than any family's", async () => {
    const run = await commander(["si SWD", "speed 4000", "unlock S", "q"], "STM32F407xG,locked=1");
    expect(run.err).toContain('unlock takes the name of a family, and "S" is none of them');
  });

  it("answers for an RP2040, which has no lock, that there is nothing to unlock", async () => {
    const run = await commander(["device RP2040", "si SWD", "speed 4000", "unlock RP2040", "q"], "RP2040");
    expect(run.err).toContain("The RP2040 has no lock: there is nothing to unlock.");
    const unlock = await workspace.fp("unlock", "--chip", "RP2040", "--probe", "twin:RP2040");
    expect([unlock.exit, unlock.out]).toEqual([0, expect.stringContaining("has no lock; nothing was erased")]);
  });
});

/** Runs a script on a board of its own. */
function commander(lines: readonly string[], twin: string) {
  const script = workspace.write("script.jlink", lines.join("\n"));
  workspace.terminal = { env: { HOME: workspace.folder, FLASHPROOF_PROBE: `twin:${twin},flash=zero` } };
  return workspace.fp("commander", script);
}
