import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../../src/commander/language/command-list.ts";
import { completions } from "../../../src/commander/language/completion.ts";
import { board } from "../../support/board.ts";
import { run } from "./lab.ts";

describe("completion", () => {
  it("knows every name of every command", () =>
    expect(completions("")[0]).toHaveLength(COMMANDS.flatMap(({ names }) => names).length));
  it.each([
    ["loadf", ["LoadFile"], "loadf"],
    ["LOADB", ["LoadBin"], "LOADB"],
    ["verify", ["VerifyBin"], "verify"],
    ["loadbin x 0 nor", ["noreset"], "nor"],
    ["loadbin x, ", ["noreset", "reset"], ""],
    ["frobnicate", [], "frobnicate"],
    ["frobnicate x", [], "x"],
  ])("of %j is %j", (line, hits, word) => expect(completions(line)).toEqual([hits, word]));
});

describe("Ctrl-C at the prompt", () => {
  it("stops the command that runs, and not the program", async () => {
    const signals = [AbortSignal.abort("interrupted"), new AbortController().signal];
    const { exit, out, notes } = await run("", {
      twin: board(),
      typed: ["h", "mem32 E000ED00 1", "q"],
      commandSignal: () => signals.shift() ?? new AbortController().signal,
    });
    expect(notes).toContain("stopped; the next command connects anew");
    expect(out.join("\n")).toContain("E000ED00 = 410FC241");
    expect(exit).toBe(0);
  });
});
