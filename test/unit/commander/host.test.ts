import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type ScriptRun, runScript, STORED_ANSWER } from "../../golden/seed/script-run.ts";

const at = (workspace: Partial<ScriptRun> = {}) => runScript({ board: "locked=1", script: "r\n", ...workspace });

describe("the stored answer", () => {
  const opened = "Device will be unsecured now.";

  const leave = STORED_ANSWER.replace("unsecure", "leave");
  const usersFile = "flashproof/flashproof.toml";

  it("stands in the user's own file, and the run that uses it names it", async () => {
    const { out, err } = await at({ files: { [usersFile]: STORED_ANSWER } });
    expect(out).toContain(opened);
    expect(err.join("\n")).toContain(`secured-device = "unsecure" in the user's own flashproof.toml has answered`);
  });
  it.each([STORED_ANSWER, leave])(
    "in the project's file is a usage error that names key and file: %j",
    async (text) => {
      const { exit, err, out } = await at({ files: { "flashproof.toml": text } });
      expect(exit).toBe(2);
      expect(err.join("\n")).toMatch(/secured-device in \S+flashproof\.toml can't be set there: it is a consent/);
      expect(out).toEqual([]);
    },
  );
  it("stands in the file of -SettingsFile, which counts before the user's own", async () => {
    expect((await at({ settings: STORED_ANSWER, files: { [usersFile]: leave } })).out).toContain(opened);
    expect((await at({ settings: leave, files: { [usersFile]: STORED_ANSWER } })).out).toContain("Skipping unsecure");
  });
  it("has no other key beside it under [commander]", async () => {
    const { exit, err } = await at({ settings: '[commander]\nsecured-devise = "leave"\n' });
    expect(exit).toBe(2);
    expect(err.join("\n")).toContain("did you mean secured-device?");
  });
  it("has to be one of two words", async () => {
    const { exit, err, out } = await at({ settings: '[commander]\nsecured-device = "yes"\n' });
    expect(exit).toBe(2);
    expect(err.join("\n")).toMatch(/secured-device in settings\.toml is "unsecure" or "leave"/);
    expect(out).toEqual([]);
  });
  it("isn't taken from a file that is no TOML", async () =>
    expect((await at({ settings: "[commander" })).exit).toBe(2));
});

describe("the command line", () => {
  it("with an unknown option runs nothing", async () => {
    const { exit, out } = await at({ options: ["-frobnicate"] });
    expect(out.at(-1)).toBe("Unknown command line option frobnicate.");
    expect(out).not.toContain("J-Link>r");
    expect(exit).toBe(1);
  });
  it("names a probe on USB, which the board's own setting then doesn't replace", async () => {
    const { out } = await at({ options: ["-SelectEmuBySN", "999"] });
    expect(out).toContain("Connecting to J-Link via USB...FAILED: Cannot connect to J-Link.");
  });
  it("may name a host", async () =>
    expect((await at({ options: ["-IP", "127.0.0.1:1"] })).out).toContain(
      "Connecting to J-Link via IP...FAILED: Cannot connect to J-Link.",
    ));
});

describe("files", () => {
  it("are those of the folder in which the program runs", async () => {
    const { out } = await at({
      board: "seed=1",
      files: { "a.bin": Uint8Array.of(1, 2, 3, 4) },
      script: "loadbin a.bin 20000000\nmem8 20000000 4\n",
    });
    expect(out).toContain("20000000 = 01 02 03 04 ");
  });
});

describe("ShowEmuList", () => {
  const folder = mkdtempSync(join(tmpdir(), "flashproof-list-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("lists a simulated board that this very run has open, and the state file that it owns", async () => {
    const { out, exit } = await at({
      board: `state=${join(folder, "board.k24")},serial=123`,
      script: "ExitOnError 1\nconnect\nShowEmuList\nmem32 E000ED00, 1\nexit\n",
    });
    expect(out).toContain("J-Link[0]: Connection: USB, Serial number: 123, ProductName: J-Link");
    expect(out).toContain("E000ED00 = 410FC241 ");
    expect(exit).toBe(0);
  });
});
