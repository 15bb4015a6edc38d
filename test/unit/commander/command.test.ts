import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findCommand, helpLines, syntaxOf } from "../../../src/commander/language/command.ts";
import { COMMAND_GROUPS, type CommandName, COMMANDS } from "../../../src/commander/language/command-list.ts";
import { lexLine } from "../../../src/commander/language/lexer.ts";
import { parseArguments } from "../../../src/commander/language/parse-args.ts";

const find = (name: string) => {
  const command = findCommand(COMMANDS, name);
  if (!command) throw new Error(`no command ${name}`);
  return command;
};

const parse = (text: string) => {
  const { line } = lexLine(text);
  return parseArguments(find(line.name), line);
};

const args = (text: string) => {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(parsed.fault.kind);
  return parsed.args;
};

const faultOf = (text: string) => {
  const parsed = parse(text);
  return parsed.ok ? undefined : parsed.fault;
};

describe("the list of commands", () => {
  it("has no name twice", () => {
    const names = COMMANDS.flatMap((command) => command.names.map((name) => name.toLowerCase()));
    expect(new Set(names).size).toBe(names.length);
  });
  it("is found by every name, without regard to case", () => {
    for (const command of COMMANDS) for (const name of command.names) expect(find(name.toUpperCase())).toBe(command);
  });
  it("doesn't know what is no command", () => expect(findCommand(COMMANDS, "verifyfile")).toBeUndefined());
  it("names its handlers", () => {
    const name: CommandName = "LoadFile";
    expect(find("loadfile").names[0]).toBe(name);
  });
  it("is printed by ?, each command with its help text", () => {
    const page = helpLines(COMMAND_GROUPS).join("\n");
    for (const command of COMMANDS) expect(page).toContain(command.help);
  });
  it("asks for nothing behind what may be left out, but for choices and pairs", () => {
    for (const { args: specs } of COMMANDS as readonly { args: readonly { optional?: unknown }[] }[]) {
      const firstOptional = specs.findIndex((spec) => spec.optional);
      if (firstOptional >= 0) expect(specs.slice(firstOptional).every((spec) => spec.optional)).toBe(true);
    }
  });
});

describe("the syntax of a command", () => {
  it.each([
    ["setpc", "SetPC <addr>"],
    ["erase", "erase [<SAddr>, <EAddr>] [, <noreset | reset>]"],
    ["loadfile", "LoadFile <filename> [<addr>] [, <noreset | reset>]"],
    ["g", "go [<NumSteps> [<Flags>]]"],
    ["wreg", "wreg <RegName>, <Value>"],
    ["r", "reset"],
  ])("of %s is printed as Commander prints it", (name, syntax) => expect(syntaxOf(find(name))).toBe(syntax));
});

describe("the arguments of a command", () => {
  it("are hex for addresses, counts and data", () => {
    expect(args("mem8 804000,10").address("Addr")).toEqual({ address: 0x804000 });
    expect(args("mem8 804000,10").number("NumItems")).toBe(16);
    expect(args("w4 4001e504 2").number("Data")).toBe(2);
  });
  it("are decimal for milliseconds", () => expect(args("sleep 500").number("ms")).toBe(500));
  it("have 64 bits for w8", () => expect(args("w8 0 FFFFFFFFFFFFFFFF").bigint("Data")).toBe(0xffff_ffff_ffff_ffffn));
  it("are the rest of the line where a sentence is wanted", () =>
    expect(args("device MK24FN1M0xxx12 (allow security)").text("DeviceName")).toBe("MK24FN1M0xxx12 (allow security)"));
  it("may be left out", () => expect(args("loadfile x.hex").has("addr")).toBe(false));
  it("may be left out before a choice", () => {
    expect(args("loadfile x.hex noreset").text("reset")).toBe("noreset");
    expect(args("erase NoReset").text("reset")).toBe("noreset");
  });
  it("may be followed by anything", () => expect(args("setpc 400 and so on").number("addr")).toBe(0x400));
  it("come in pairs where the second goes with the first", () => {
    expect(args("erase 0 1000 reset").number("EAddr")).toBe(0x1000);
    expect(faultOf("erase 0")).toEqual({ kind: "missing" });
    expect(faultOf("erase 0 noreset")).toEqual({ kind: "unreadable", name: "EAddr" });
  });

  it("are missed", () => expect(faultOf("setpc")).toEqual({ kind: "missing" }));
  it("are missed where a sentence is wanted", () => expect(faultOf("exec // nothing")).toEqual({ kind: "missing" }));
  it("are unreadable", () => expect(faultOf("setpc main")).toEqual({ kind: "unreadable", name: "addr" }));
  it("are unreadable though optional, when no choice knows the word", () =>
    expect(faultOf("loadfile x.hex somewhere")).toEqual({ kind: "unreadable", name: "addr" }));
  it("are ours to ask for by the right name", () => expect(() => args("setpc 0").number("Addr")).toThrow(RangeError));

  it("are never anything but taken or refused", () => {
    const anyCommand = fc.constantFrom(...COMMANDS.map(({ names }) => names[0]));
    fc.assert(
      fc.property(anyCommand, fc.string(), (name, tail) => {
        const parsed = parseArguments(find(name), lexLine(`${name} ${tail}`).line);
        expect(parsed.ok || ["missing", "unreadable"].includes(parsed.fault.kind)).toBe(true);
      }),
    );
  });
});
