import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { coloured, isColoured } from "../../src/cli/printing.ts";
import { progressLine } from "../../src/cli/progress-line.ts";
import { example, Workspace } from "./workspace.ts";

const workspace = new Workspace();
afterAll(() => workspace.clear());

describe("colours on stderr", () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: "1" }, true, false],
    [{ NO_COLOR: "" }, true, true],
    [{ FORCE_COLOR: "1" }, false, true],
    [{ FORCE_COLOR: "0" }, true, false],
    [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false, true],
    [{ TERM: "dumb" }, true, false],
  ])("with %j on a terminal (%s): %s", (env, errIsTerminal, wanted) =>
    expect(isColoured({ env, errIsTerminal })).toBe(wanted),
  );
  it("mark what a line is, and nothing else of it", () => {
    expect(coloured("error: it broke\nbecause: so\n")).toBe("\u001b[31merror:\u001b[0m it broke\nbecause: so\n");
    expect(coloured("flashproof: warning: x")).toBe("\u001b[33mflashproof: warning:\u001b[0m x");
    expect(coloured("hint: y\n")).toBe("\u001b[36mhint:\u001b[0m y\n");
    expect(coloured("no error: here")).toBe("no error: here");
  });
  it("don't let a name's own escapes through", async () => {
    workspace.terminal = { env: { FORCE_COLOR: "1", HOME: workspace.folder, XDG_CONFIG_HOME: workspace.folder } };
    const { err } = await workspace.fp("chips", "\u001b[31mred");
    workspace.terminal = {};
    expect(err.startsWith("\u001b[31merror:\u001b[0m ")).toBe(true);
    expect(err.slice(14)).not.toContain("\u001b[31mred");
  });
});

describe("the progress line", () => {
  const half = { phase: "program", done: 50, total: 100 } as const;
  it.each([
    [80, "program  [==========          ]  50 %"],
    [38, "program  [==========          ]  50 %"],
    [24, "program  [===   ]  50 %"],
    [16, "program  50 %"],
    [8, "program"],
  ])("at %i columns is %j", (columns, line) => {
    expect(progressLine(half, columns)).toBe(line);
    expect(line.length).toBeLessThan(columns);
  });
  it.each([1, 7, 20, 24, 30, 37, 38, 39, 80, 200])("never reaches column %i", (columns) => {
    for (const done of [0, 1, 99, 100])
      expect(progressLine({ ...half, done }, columns).length).toBeLessThan(Math.max(1, columns));
  });
});

describe("read", () => {
  it("shows its progress on a terminal", async () => {
    const redrawn: string[] = [];
    workspace.terminal = {
      errIsTerminal: true,
      errColumns: () => 24,
      redraw: (line: string) => void redrawn.push(line),
    };
    const { err } = await workspace.fp("read", "0:0x40000", "--once", ...workspace.board());
    workspace.terminal = {};
    expect(redrawn.concat(err).join("\n")).toContain("read     [======] 100 %");
  });
  it("writes the bytes alone to stdout with -o -", async () => {
    await workspace.fp("flash", example("small.hex"), ...workspace.board());
    const bytes: Uint8Array[] = [];
    workspace.terminal = { outBytes: (part) => void bytes.push(part) };
    const { exit, out } = await workspace.fp("read", "0:+16", "-o", "-", ...workspace.board());
    workspace.terminal = {};
    expect([exit, out]).toEqual([0, ""]);
    await workspace.fp("read", "0:+16", "-o", workspace.path("x.bin"), ...workspace.board());
    expect(Buffer.concat(bytes)).toEqual(readFileSync(workspace.path("x.bin")));
  });
});
