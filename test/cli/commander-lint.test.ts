import { mkdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHIP, example, Workspace } from "./workspace.ts";
import { outputSchema } from "./schemas/envelope.ts";

const workspace = new Workspace();
const GIVEN = ["-Device", CHIP, "-If", "SWD", "-Speed", "4000"];

beforeAll(() => {
  for (const name of ["bootloader-open.hex", "bootloader-open.raw.bin"])
    workspace.write(name, readFileSync(example(name)));
  workspace.write(
    "locks.bin",
    Uint8Array.from({ length: 0x1000 }, (_, i) => (i === 0x40c ? 0x7b : 0x5a)),
  );
  workspace.write("app5000.hex", readFileSync("test/cases/commander/app5000.hex"));
});
afterAll(() => workspace.clear());

/** Lints lines, or a script of test/cases/commander. */
function lint(script: string | readonly string[], options: readonly string[] = []) {
  const text =
    typeof script === "string"
      ? readFileSync(`test/cases/commander/${script}.jlink`, "utf8").replaceAll("examples/k24-bootloader/", "")
      : script.join("\n");
  workspace.write("script.jlink", text);
  return workspace.fp("commander", "--lint", ...options, "script.jlink");
}

describe("commander --lint as a gate", () => {
  it.each([
    // Written when STM32F407VG was unknown: it is known now, and 0x5000 is a second address of its flash.
    ["d7-lint-unknown-device", [], 0, "nothing found"],
    ["d7-lint-unknown-device", ["-Device", "STM32F199VG"], 8, 'No device is called "STM32F199VG"'],
    ["d7b-lint-no-device", [], 8, "No device is named before this line"],
    ["d1-blank-line-chooses-k24", [], 8, "a blank line selects none"],
    ["d4-question-mark-at-device", [], 8, "? lists the names and selects none"],
    ["d4b-wrong-answers-taken", ["--fail-on", "warn"], 1, '"SWDX" is no answer'],
    ["d2-hex-plus-address", GIVEN, 0, "it goes to 0x0000A000-0x0000A3FF"],
    ["d5-verifybin-of-a-hex", GIVEN, 0, "is Intel HEX: verifybin compares"],
    ["d6-past-the-end", GIVEN, 0, "outside of 0x00000000-0x000FFFFF"],
    ["d6b-other-chips-address", GIVEN, 0, "outside of 0x00000000-0x000FFFFF"],
    ["d8-unlock-lpc", GIVEN, 0, "unlock has no way to open LPC5460x"],
  ] as const)("%s %j: exit %i", async (script, options, exit, words) => {
    const run = await lint(script, options);
    expect(run.out).toContain(words);
    expect(run.exit).toBe(exit);
  });
  it.each(["d3-ctrl-c-before-sleep", "d9-power-on", "d9b-exec-supplypower", "d11-rx-on-blank-board"])(
    "finds no more than a missing ExitOnError in %s",
    async (script) => {
      const { out } = await lint(script, GIVEN);
      expect(out).toMatch(/^script\.jlink: (nothing found|warn: Nothing sets ExitOnError 1.*\n {2}do: .*)\n$/);
    },
  );

  it.each([
    ["a device that isn't known", ["device X9160", "erase"], 8],
    ["an unknown device in exec", ["exec device = XC800", "r"], 8],
    ["a core without its chip", ["device Cortex-M4", "loadfile app5000.hex"], 8],
    ["a missing image", ["device MK24FN1M0xxx12", "loadfile nowhere.hex"], 7],
    ["a missing file to verify", ["device MK24FN1M0xxx12", "verifybin nowhere.bin 0"], 7],
    ["an image that can't be read", ["device MK24FN1M0xxx12", "loadfile broken.hex"], 7],
    ["no finding that fails", ["device MK24FN1M0xxx12", "loadfile locks.bin 0", "quit"], 0],
  ])("%s: %j exits %i", async (_, lines, exit) => {
    workspace.write("broken.hex", ":0400000001020304F3\n");
    expect((await lint(["ExitOnError 1", ...lines])).exit).toBe(exit);
  });
  it("prefers 7 to 8, and 8 to 1", async () => {
    const [file, device, lock] = ["loadfile nowhere.hex", "device X99", "device MK24FN1M0xxx12\nloadfile locks.bin 0"];
    const exitOf = async (...lines: string[]) => (await lint(lines, ["--fail-on", "lock"])).exit;
    expect(await exitOf(lock)).toBe(1);
    expect(await exitOf(lock, device)).toBe(8);
    expect(await exitOf(file, lock, device)).toBe(7);
  });
  it.each([
    ["warn", 1],
    ["lock", 0],
    ["brick", 0],
    ["none", 0],
  ])("--fail-on %s with a warning exits %i", async (limit, exit) =>
    expect((await lint(["ExitOnError 1", "frobnicate"], [...GIVEN, "--fail-on", limit])).exit).toBe(exit),
  );
  it("fails for nothing with --fail-on none", async () =>
    expect((await lint(["loadfile nowhere.hex", "device X99"], ["--fail-on", "none"])).exit).toBe(0));

  it.each([
    ["verify x 0", "Did you mean VerifyBin"],
    ["# x", "Comments begin with //"],
    ["loadfile My Project/a.hex", 'needs quotes: "My Project/a.hex"'],
    ["exec ScriptFile = x.JLinkScript", "a connect, reset or unlock of its own"],
    ["w1 40020000 80", "starts a flash command that nothing checks"],
    ["w4 40C FFFFFF7A", "the flash configuration field"],
  ])("finds %s, with a way out", async (line, words) => expect((await lint([line], GIVEN)).out).toContain(words));
  it("finds a mass erase by hand", async () => {
    const mdm = ["SWDWriteDP 2 01000000", "SWDWriteAP 1 1"];
    expect((await lint(mdm, GIVEN)).out).toContain("This write starts a mass erase");
    expect((await lint(["SWDWriteDP 2 00000000", "SWDWriteAP 1 1"], GIVEN)).out).not.toContain("mass erase");
  });
  it("doesn't look for a file that the script itself writes before", async () =>
    expect((await lint(["savebin x.bin 0 100", "verifybin x.bin 0"], GIVEN)).exit).toBe(0));
});

describe("commander --lint FOLDER", () => {
  beforeAll(() => {
    mkdirSync(workspace.path("scripts/deep"), { recursive: true });
    workspace.write(
      "scripts/good.jlink",
      `device ${CHIP}\nsi SWD\nspeed 4000\nExitOnError 1\nloadfile app.hex\nexit\n`,
    );
    workspace.write("scripts/app.hex", readFileSync("test/cases/commander/app5000.hex"));
    workspace.write("scripts/deep/bad.JLink", "device X99\nerase\nexit\n");
    workspace.write("scripts/deep/flash.txt", "si SWD\nspeed 4000\nloadbin nowhere.bin 0\nq\n");
    workspace.write("scripts/notes.txt", "erase the board before you flash it\nthen go home\n");
  });

  it("finds the command files by ending or content, and prints a table", async () => {
    const { exit, out } = await workspace.fp("commander", "--lint", "scripts");
    const rows = out.slice(out.indexOf("\nscript ")).trim().split("\n");
    expect(rows.map((row) => row.split(/\s+/))).toEqual([
      ["script", "brick", "lock", "warn", "exit"],
      ["scripts/deep/bad.JLink", "0", "0", "2", "8"],
      ["scripts/deep/flash.txt", "0", "0", "3", "7"],
      ["scripts/good.jlink", "0", "0", "0", "0"],
    ]);
    expect(exit).toBe(7);
  });
  it("prints one JSON object by its schema", async () => {
    const { exit, out } = await workspace.fp("commander", "--lint", "scripts/deep", "--json");
    const printed = JSON.parse(out) as { ok: boolean; result: { scripts: { path: string; exit: number }[] } };
    expect(outputSchema("commander-lint").safeParse(printed).error?.issues ?? []).toEqual([]);
    expect(printed.ok).toBe(false);
    expect(printed.result.scripts.map((each) => each.exit)).toEqual([8, 7]);
    expect(exit).toBe(7);
  });
  it("has a file error for a folder without command files", async () => {
    mkdirSync(workspace.path("empty"));
    expect((await workspace.fp("commander", "--lint", "empty")).exit).toBe(7);
  });
});
