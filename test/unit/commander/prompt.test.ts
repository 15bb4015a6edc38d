import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../../src/commander/language/command-list.ts";
import { completions } from "../../../src/commander/language/completion.ts";
import { board } from "../../support/board.ts";
import { run } from "./lab.ts";

const FILES = ["app.hex", "apps/", "My Project/", "My Project/a.hex"];

describe("what a person types at the prompt", () => {
  it("help lists the commands, and quit ends", async () => {
    const { exit, out } = await run("", { typed: ["help", "quit", "erase"] });
    expect(out.join("\n")).toContain("--- Session ---");
    expect(out.join("\n")).not.toContain("Erasing");
    expect(exit).toBe(0);
  });
  it.each(["constructor", "toString", "__proto__"])("%s is an unknown command, as any other word", async (word) => {
    const { out, exit } = await run("", { typed: [word, "q"] });
    expect(out.join("\n")).toContain("Unknown command");
    expect(exit).toBe(0);
  });
  it("? NAME explains one command", async () => {
    const { out } = await run("", { typed: ["? loadfile", "? wjc", "q"] });
    expect(out).toContain("LoadFile <filename> [<addr>] [, <noreset | reset>]");
    expect(out).toContain("  example: LoadFile app.bin 0x0");
    expect(out.join("\n")).toContain("wjc can't work here: it works on a JTAG chain");
  });
  it("? of a word that is no command suggests one", async () =>
    expect((await run("", { typed: ["? verify", "q"] })).notes.join("\n")).toContain("VerifyBin FILE, ADDRESS"));
  it("a wrong device is asked again, and an empty line selects none", async () => {
    const none = { device: undefined as unknown as string, wire: undefined as unknown as string };
    const { out, notes } = await run("", { ...none, typed: ["connect", "K99", "?", "MK24FN1M0xxx12", "S", "q"] });
    expect(out.join("\n")).toContain("Cortex-M4 identified.");
    expect(notes.join("\n")).toContain('No device is called "K99"');
    const empty = await run("", { ...none, typed: ["connect", "", "S", "q"] });
    expect(empty.out.join("\n")).not.toContain("identified.");
  });
});

describe("completion", () => {
  it("knows every name of every command", () =>
    expect(completions("")[0]).toHaveLength(COMMANDS.flatMap(({ names }) => names).length));
  it.each([
    ["loadf", ["LoadFile"], "loadf"],
    ["LOADB", ["LoadBin"], "LOADB"],
    ["verify", ["VerifyBin"], "verify"],
    ["loadbin x 0 nor", ["noreset"], "nor"],
    ["loadbin x, ", ["noreset", "reset"], ""],
    ["device mk", ["MK24FN1M0xxx12", "MK24FN1M0xxx12 (allow security)"], "mk"],
    ["exec SetR", ["SetRestartOnClose", "SetResetType", "SetRTTAddr", "SetRTTSearchRanges"], "SetR"],
    ["? loadf", ["LoadFile"], "loadf"],
    ["loadfile a", ["app.hex", "apps/"], "a"],
    ["verifybin ap", ["app.hex", "apps/"], "ap"],
    ['loadfile "My', ['"My Project/'], '"My'],
    ["loadfile My", ['"My Project/'], "My"],
    ['loadfile "My Project/a', ['"My Project/a.hex"'], '"My Project/a'],
    ["frobnicate", [], "frobnicate"],
    ["frobnicate x", [], "x"],
  ])("of %j is %j", (line, hits, word) => {
    const [found, at] = completions(line, (begin) =>
      FILES.filter((file) => file.startsWith(begin) && !file.slice(begin.length, -1).includes("/")),
    );
    expect(at).toBe(word);
    expect(found.filter((hit) => !hit.includes("MK") || hit.startsWith("MK24FN1M0xxx12"))).toEqual(hits);
  });
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
