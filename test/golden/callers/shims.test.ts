import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jlinkShims } from "../../../src/cli/verbs/jlink-shims.ts";
import { processTerminal } from "../../../src/cli/main.ts";
import { commanderBatch } from "../../../src/cli/shims/commander-script.ts";
import { DLL_VERSION } from "../../../src/cli/shims/version-library.ts";
import { readWhole } from "../../../src/node/files.ts";

const hasCompiler = spawnSync("cc", ["--version"]).status === 0;
const folder = mkdtempSync(join(tmpdir(), "flashproof it's "));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const UNSET = { windows: false, json: false, events: undefined, verbose: 0, logFile: undefined, quiet: false };
const host = { terminal: processTerminal(), signal: new AbortController().signal, readFile: readWhole };
const install = (...args: readonly string[]) => jlinkShims({ args, options: UNSET, ...host });

describe("jlink-shims install", () => {
  beforeAll(async () => {
    await install("install", folder);
  });

  it("writes a JLinkExe that may be run", () => expect(statSync(join(folder, "JLinkExe")).mode & 0o111).toBe(0o111));

  it("runs our Commander with the caller's words, from wherever it stands", () => {
    const { stdout, status } = spawnSync(
      join(folder, "JLinkExe"),
      ["-nogui", "1", "-commandfile", "/dev/stdin", "-nogui", "1"],
      {
        cwd: folder,
        input: "ShowEmuList\nsleep 1\nexit\n",
        encoding: "utf8",
        env: { ...process.env, FLASHPROOF_PROBE: "twin:MK24FN1M0xxx12" },
      },
    );
    expect(stdout).toContain("J-Link[0]: Connection: USB, Serial number: 59304712, ProductName: J-Link");
    expect(status).toBe(0);
  });

  it.runIf(hasCompiler)("brings the library that tells a version", () => {
    const source = join(folder, "ask.c");
    writeFileSync(
      source,
      "int JLINKARM_GetDLLVersion(void);\nint main(void) { return JLINKARM_GetDLLVersion() != " + DLL_VERSION + "; }\n",
    );
    const asks = join(folder, "ask");
    const built = spawnSync("cc", ["-o", asks, source, `-L${folder}`, "-ljlinkarm", `-Wl,-rpath,${folder}`]);
    expect(built.status).toBe(0);
    expect(spawnSync(asks).status).toBe(0);
    expect(existsSync(join(folder, "libjlinkarm.c"))).toBe(false);
  });

  it("writes no batch files unless they are asked for", () =>
    expect(existsSync(join(folder, "JLink.cmd"))).toBe(false));

  it("writes batch files for Windows, which run the same program with the caller's words", async () => {
    const other = join(folder, "for windows");
    const { result } = await jlinkShims({ args: ["install", other], options: { ...UNSET, windows: true }, ...host });
    expect(result["files"]).toEqual(expect.arrayContaining(["JLink.cmd", "JLinkExe.cmd"]));
    const [node, program] = [process.execPath, resolve("bin/flashproof.js")];
    const lines = readFileSync(join(other, "JLink.cmd"), "utf8").split("\r\n");
    expect(lines).toEqual(["@echo off", expect.stringMatching(/^rem /), `"${node}" "${program}" commander %*`, ""]);
  });

  it("keeps a percent sign in a path from naming a variable", () =>
    expect(commanderBatch("C:\\node.exe", "C:\\100%\\fp.js")).toContain(
      '"C:\\node.exe" "C:\\100%%\\fp.js" commander %*',
    ));

  it("knows no other action", async () => {
    await expect(install("remove", folder)).rejects.toMatchObject({ code: "usage" });
  });
});
