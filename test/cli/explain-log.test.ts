import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Workspace, example } from "./workspace.ts";

/** The user whose name stands in paths. */
const USER = "anna";

const workspace = new Workspace();
afterAll(() => workspace.clear());
const logs = "test/fixtures/logs";

describe("explain LOGFILE", () => {
  it("names the seed's two causes, the mass erase before, and exits 0", async () => {
    const { exit, result } = await workspace.json("explain", `${logs}/seed.txt`);
    expect(exit).toBe(0);
    expect(result).toMatchObject({
      kind: "log",
      causes: [{ id: "loader-kept-open" }, { id: "programmed-over-FE" }],
      history: { massErase: [{ line: 25 }, { line: 28 }, { line: 29 }] },
    });
  });

  it.each(readdirSync(logs))("%s fits the schema", async (name) => {
    const { exit, result } = await workspace.json("explain", `${logs}/${name}`);
    expect({ exit, kind: result.kind }).toEqual({ exit: 0, kind: "log" });
  });

  it("checks the statements of the log against --image", async () => {
    const { result } = await workspace.json("explain", `${logs}/seed.txt`, "--image", example("bootloader.raw.bin"));
    expect(result.imageChecks).toMatchObject([{ agrees: true }, { agrees: true }, { agrees: true }, { agrees: true }]);
  });

  it("calls a text that it doesn't know unknown, and exits 0", async () => {
    const { exit, result } = await workspace.json("explain", workspace.write("letter.txt", "Dear Sirs,\n"));
    expect(exit).toBe(0);
    expect(result).toMatchObject({ kind: "unknown", causes: [{ id: "unknown" }] });
  });

  it("takes an image for an image, whatever it is called", async () => {
    const hex = workspace.write("firmware.txt", readFileSync(example("bootloader.hex")));
    expect((await workspace.json("explain", hex)).result.kind).toBe("image");
  });

  it("prints causes with their lines, and a paragraph to send", async () => {
    const { out } = await workspace.fp("explain", `${logs}/seed.txt`);
    expect(out).toContain("line 93: Expected 7B read 7A");
    expect(out).toContain("what happened: ");
  });
});

describe("explain LOGFILE: the answer", () => {
  it("stands in the first three lines, then the evidence; the rest needs --full", async () => {
    const { out } = await workspace.fp("explain", `${logs}/seed.txt`);
    expect(
      out
        .split("\n")
        .slice(0, 3)
        .map((line) => line.split(":")[0]),
    ).toEqual(["what happened", "likely cause", "do next"]);
    expect(out).not.toContain("to send:");
    const full = await workspace.fp("explain", `${logs}/seed.txt`, "--full");
    expect(full.out).toContain("steps:");
    expect(full.out).toContain("to send:");
  });

  it("leaves paths, names and serial numbers out of the text to send, and keeps them with --keep-private", async () => {
    const path = workspace.write(
      "private.txt",
      `SEGGER J-Link Commander V7.94\nS/N: 593047128\nJ-Link>loadfile "C:\\Users\\${USER}\\app.hex"\nFailed to open file.\nError: weird thing in /home/${USER}/app.hex of 593047128`,
    );
    const [without, kept] = [
      await workspace.json("explain", path),
      await workspace.json("explain", path, "--keep-private"),
    ];
    expect(JSON.stringify(without.result.support)).not.toMatch(/anna|593047128/);
    expect(without.result.causes).toMatchObject([{ id: "file-not-opened" }]);
    expect(kept.result.verdict).toBe("failed");
  });

  it("quotes and counts a line that looks like an error and is not understood, and is not fine then", async () => {
    const path = workspace.write(
      "odd.txt",
      "Open On-Chip Debugger 0.12.0\nError: the quux is not barred\n** Verified OK **\n",
    );
    const { result } = await workspace.json("explain", path);
    expect(result).toMatchObject({
      verdict: "unknown",
      causes: [{ id: "not-understood" }],
      errors: { count: 1, lines: [{ line: 2, quote: "Error: the quux is not barred" }] },
    });
  });
});

describe("explain LOGFILE --fail-on", () => {
  const fine = () =>
    workspace.write(
      "fine.txt",
      "Open On-Chip Debugger 0.12.0\n** Programming Started **\n** Programming Finished **\n",
    );
  const open = () => workspace.write("open.txt", "Open On-Chip Debugger 0.12.0\n** Programming Started **\n");

  it.each([
    ["failure", `${logs}/seed.txt`, 1],
    ["unknown", `${logs}/seed.txt`, 1],
    ["none", `${logs}/seed.txt`, 0],
  ])("%s with a log that failed exits %i", async (word, path, exit) => {
    const run = await workspace.json("explain", path, "--fail-on", word);
    expect(run.exit).toBe(exit);
    if (exit === 1) expect(run.error?.code).toBe("log-verdict");
  });

  it("failure passes a log whose end is open, unknown does not", async () => {
    expect((await workspace.fp("explain", open(), "--fail-on", "failure")).exit).toBe(0);
    expect((await workspace.fp("explain", open(), "--fail-on", "unknown")).exit).toBe(1);
    expect((await workspace.fp("explain", fine(), "--fail-on", "unknown")).exit).toBe(0);
  });

  it("exits 7 for a file that can't be read, and for one that isn't there", async () => {
    expect((await workspace.fp("explain", workspace.folder)).exit).toBe(7);
    expect((await workspace.fp("explain", workspace.path("nothing.txt"))).exit).toBe(7);
  });

  it("accepts a chip's name that is in no table, and prints nothing about Kinetis then", async () => {
    const { exit, result } = await workspace.json("explain", "test/cases/logs/15.txt", "--chip", "QUUX99");
    expect(exit).toBe(0);
    expect(JSON.stringify(result.causes)).not.toMatch(/FSEC|flashproof unlock|FPROT/);
  });
});

describe("explain -", () => {
  const program = (input: string | Uint8Array, ...argv: readonly string[]) =>
    spawnSync(process.execPath, [resolve("bin/flashproof.js"), "explain", "-", ...argv], { input, encoding: "utf8" });

  it("reads a log from a pipe", () => {
    const { status, stdout } = program(readFileSync(`${logs}/seed.txt`), "--fail-on", "failure");
    expect(status).toBe(1);
    expect(stdout).toContain("[loader-kept-open]");
  });

  it("reads an image from a pipe", () => {
    const { status, stdout } = program(readFileSync(example("bootloader.hex")));
    expect(status).toBe(0);
    expect(stdout).toContain("format: hex");
  });
});
