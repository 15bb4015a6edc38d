import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommander } from "../../src/cli/commander/commander-host.ts";
import { startCommander } from "../golden/callers/staying.ts";
import { CHIP, example, Workspace } from "./workspace.ts";

const workspace = new Workspace();
beforeAll(() => {
  workspace.write("open.hex", readFileSync(example("bootloader-open.hex")));
  workspace.write(
    "d3.jlink",
    readFileSync("test/cases/commander/d3-ctrl-c-before-sleep.jlink", "utf8").replace(/\S*\//, ""),
  );
  workspace.write("bootloader-open.hex", readFileSync(example("bootloader-open.hex")));
});
afterAll(() => workspace.clear());

/** Runs a script that is called off as soon as stdout has `at`. */
async function calledOffAt(at: string, script: readonly string[]) {
  const stop = new AbortController();
  const printed = { out: "", err: "" };
  workspace.write("script.jlink", script.join("\n"));
  const exit = await runCommander(["-Device", CHIP, "-If", "SWD", "-Speed", "4000", "script.jlink"], {
    out: (text) => {
      printed.out += text;
      if (text.includes(at)) stop.abort("SIGINT");
    },
    err: (text) => {
      printed.err += text;
    },
    errIsTerminal: false,
    inIsTerminal: false,
    env: { HOME: workspace.folder, XDG_CONFIG_HOME: workspace.folder, FLASHPROOF_PROBE: `twin:${CHIP}` },
    folder: workspace.folder,
    signal: stop.signal,
  });
  return { exit, ...printed };
}

describe("a script that is interrupted", () => {
  it.each([
    [
      "in a line that waits",
      "J-Link>Sleep",
      ["connect", "Sleep 60000", "r", "exit"],
      "line 2 (Sleep 60000)",
      "2 lines were not run",
    ],
    [
      "in a download",
      "J-Link>loadfile",
      ["r", "loadfile open.hex", "exit"],
      "line 2 (loadfile open.hex)",
      "1 line was not run",
    ],
    [
      "in a line that takes no time",
      "J-Link>RSetType",
      ["r", "RSetType 0", "speed 2000", "exit"],
      "between two lines",
      "2 lines were not run",
    ],
    ["while it connects", "J-Link>connect", ["connect", "r", "exit"], "line 1 (connect)", "2 lines were not run"],
    ["in its last line", "J-Link>exit", ["r", "exit"], "between two lines", "no line was left to run"],
  ])("%s ends with 130, the line and the chip's state", async (_, at, script, line, left) => {
    const { exit, err } = await calledOffAt(at, script);
    expect(exit).toBe(130);
    expect(err).toContain(`flashproof: Interrupted ${line.startsWith("line") ? "in " : ""}${line}; `);
    expect(err).toMatch(/no flash operation was under way|the flash is as it was|the chip is half done/);
    expect(err).toMatch(/the core runs on|no target was connected/);
    expect(err).toContain(left);
    expect(err).not.toMatch(/^\s+at /m);
  });
  it("names the lines before that programmed or erased", async () => {
    const { err } = await calledOffAt("J-Link>Sleep", ["loadfile open.hex", "erase 80000 81000", "Sleep 10", "exit"]);
    expect(err).toContain("done before: line 1 (loadfile open.hex), line 2 (erase 80000 81000)");
  });
  it("has the state of the flash where the download was under way", async () => {
    const { exit, err } = await calledOffAt("Downloading file", ["loadfile open.hex", "exit"]);
    expect(exit).toBe(130);
    expect(err).toMatch(
      /called off (between two steps; the chip is half done|before anything was erased or programmed)/,
    );
  });
  it.each(["SIGINT", "SIGTERM"] as const)("d3: by %s as a process ends with 130 and no trace", async (signal) => {
    const run = startCommander(["-Device", CHIP, "-If", "SWD", "-Speed", "4000", "d3.jlink"], {
      cwd: workspace.folder,
      probe: `twin:${CHIP}`,
    });
    run.child.stdout?.on("data", (bytes: Buffer) => {
      if (bytes.toString().includes("Performing implicit reset")) run.child.kill(signal);
    });
    expect(await run.ended).toBe(130);
    expect(run.err).toContain("flashproof: Interrupted ");
    expect(run.err).not.toMatch(/^\s+at |uncaught/im);
  });
});
