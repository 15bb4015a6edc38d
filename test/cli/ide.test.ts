import { findChip } from "../../src/chips/list.ts";
import { mkdirSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseGdbServerOptions } from "../../src/cli/shims/gdb-server-options.ts";
import { CHIP, example, Workspace } from "./workspace.ts";

const PAGE = readFileSync("docs/ide.md", "utf8");

/** The page's command lines, each as its words. */
const LINES = [...PAGE.matchAll(/^ {4}flashproof ((?:vscode|gdbserver|jlink-shims) .*)$/gm)].map(([, words]) => words);

describe("docs/ide.md", () => {
  let workspace: Workspace;
  beforeEach(() => {
    workspace = new Workspace();
    mkdirSync(workspace.path("build"));
    workspace.write("build/app.elf", readFileSync(example("bootloader-open.elf")));
    workspace.terminal = { folder: workspace.folder, env: { FLASHPROOF_PROBE: `twin:${CHIP}` } };
  });
  afterEach(() => workspace.clear());

  it("has a command line for the server, for VS Code and for the stand-ins", () => {
    expect(LINES.map((line) => line.split(" ")[0])).toEqual(["gdbserver", "vscode", "jlink-shims"]);
  });

  it.each(LINES)("flashproof %s ends with 0 on a simulated board", async (line) => {
    const words = line.replace("--port 2331", "--port 0").replace("build/", workspace.path("build/")).split(" ");
    const { exit, out, err } = await workspace.fp(...words, ...(words[0] === "gdbserver" ? ["--for", "1"] : []));
    expect({ exit, err }).toMatchObject({ exit: 0 });
    if (words[0] === "gdbserver") expect(out).toContain("Waiting for GDB connection...");
  });

  it("has the server's words for PlatformIO in the order of the command line", () => {
    const [, words = ""] = /debug_server =\n((?: {6}\S+\n)+)/.exec(PAGE) ?? [];
    expect(words.trim().split(/\s+/)).toEqual(["flashproof", "gdbserver", "--chip", CHIP, "--single-run"]);
  });

  it("names no device but one that the stand-in and --chip know", () => {
    expect(parseGdbServerOptions(["-device", CHIP]).device).toBe(CHIP);
    const names = PAGE.match(/\b(?:MK|STM32|nRF5|RP2)\w+/g) ?? [];
    expect(names.length).toBeGreaterThan(4);
    for (const name of names) expect(findChip(name).name).toBe(name);
  });
});

describe("vscode", () => {
  let workspace: Workspace;
  beforeEach(() => {
    workspace = new Workspace();
    workspace.terminal = { folder: workspace.folder };
  });
  afterEach(() => workspace.clear());

  const read = (name: string) => JSON.parse(Buffer.from(workspace.bytes(name)).toString()) as Record<string, unknown>;

  it("writes configurations that name the task, and a task whose command line serves the file", async () => {
    await workspace.json("vscode", "app.elf", "--chip", CHIP);
    const { configurations } = read(".vscode/launch.json") as { configurations: readonly Record<string, unknown>[] };
    const { tasks } = read(".vscode/tasks.json") as { tasks: readonly Record<string, unknown>[] };
    const [task] = tasks;
    expect(configurations).toMatchObject([
      { type: "cortex-debug", servertype: "external", gdbTarget: "127.0.0.1:2331", executable: "app.elf" },
      { type: "gdbtarget", request: "attach", target: { port: "2331" }, program: "app.elf" },
    ]);
    for (const configuration of configurations) expect(configuration["preLaunchTask"]).toBe(task["label"]);
    const { background } = task["problemMatcher"] as { background: { endsPattern: string } };
    // A path is the server's process's own, and the test has another folder.
    const args = (task["args"] as readonly string[]).map(
      (word) => ({ "2331": "0", "app.elf": workspace.path("app.elf") })[word] ?? word,
    );
    workspace.write("app.elf", readFileSync(example("bootloader-open.elf")));
    workspace.terminal = { folder: workspace.folder, env: { FLASHPROOF_PROBE: `twin:${CHIP}` } };
    const { exit, out } = await workspace.fp(...args, "--for", "1");
    expect(exit).toBe(0);
    expect(out).toMatch(new RegExp(background.endsPattern));
  });

  it("replaces no file that is there, and writes neither then", async () => {
    mkdirSync(workspace.path(".vscode"));
    workspace.write(".vscode/tasks.json", "mine");
    const { exit, err } = await workspace.fp("vscode", "app.elf", "--chip", CHIP);
    expect(exit).toBe(2);
    expect(err).toContain("is there already, and is not replaced");
    expect(Buffer.from(workspace.bytes(".vscode/tasks.json")).toString()).toBe("mine");
    expect(workspace.has(".vscode/launch.json")).toBe(false);
  });
});
