import { describe, expect, it } from "vitest";
import { prepareSequences, sequenceNamed } from "../../../../src/packs/sequences/prepare.ts";
import type { PackSequence } from "../../../../src/packs/sequences/sequence.ts";
import { block, control, ending, sequence } from "./job.ts";

const prepared = (steps: Parameters<typeof sequence>[1] | readonly PackSequence[], core?: string) => {
  const all = Array.isArray(steps)
    ? (steps as readonly PackSequence[])
    : [sequence("S", steps as ReturnType<typeof block>)];
  return prepareSequences(all, "S", core);
};

describe("the sequence of a name", () => {
  const [own, other, all] = [{ ...sequence("S"), core: "CM4" }, { ...sequence("S"), core: "CM0" }, sequence("S")];

  it("is the processor's own, else the one for all processors", () => {
    expect(sequenceNamed([all, other, own], "S", "CM4")).toBe(own);
    expect(sequenceNamed([other, all], "S", "CM4")).toBe(all);
    expect(sequenceNamed([own, all], "S")).toBe(all);
    expect(sequenceNamed([own, other], "S")).toBeUndefined();
    expect(sequenceNamed([sequence("T"), { ...sequence("T"), core: "CM4" }], "S", "CM4")).toBeUndefined();
  });
});

describe("a sequence and those that it calls", () => {
  it("are read whole, each once, and those that are switched off are not", () => {
    const call = (...names: readonly string[]) => block(names.map((name) => `Sequence("${name}");`).join(""));
    const map = prepareSequences(
      [
        sequence("S", call("A", "B", "Off", "ResetSystem")),
        sequence("A", call("B", "S")),
        sequence("B"),
        { ...sequence("Off", block("no language")), disabled: true },
        sequence("Unused", block("no language")),
      ],
      "S",
    );
    expect([...map.keys()].sort()).toEqual(["A", "B", "S"]);
    expect(map.get("S")?.called).toEqual(["A", "B", "Off", "ResetSystem"]);
  });

  it("are refused where one does not exist, with its name and where it is called", () => {
    expect(() => prepared([sequence("S", block('Sequence("Gone");'))])).toThrow(
      expect.objectContaining({
        code: "sequence-invalid",
        message: expect.stringContaining("The sequence S, line 10"),
        details: { reason: "no-sequence", sequence: "Gone", line: 10, column: 1 },
      }),
    );
  });

  it("are called in every part of an expression and of a control", () => {
    const text =
      'x = Sequence("A") + -Sequence("B"); __var y = Sequence("C") ? Sequence("D") : Sequence("E"); f(Sequence("F"));';
    const inner = control({ if: 'Sequence("G")' }, block('Sequence("H");'));
    const names = [..."ABCDEFGHI"];
    const map = prepared([
      sequence("S", block(text), control({ while: 'Sequence("I") == 1' }, inner)),
      ...names.map((name) => sequence(name)),
    ]);
    expect([...(map.get("S")?.called ?? [])].sort()).toEqual(names);
  });

  it("name the functions that Flashproof does not have, each once", () => {
    expect(prepared(block("Foo(); Bar(Foo()); Read32(0);")).get("S")?.refused).toEqual(["Foo", "Bar"]);
  });

  it("have 256 KB of text at most, conditions included", () => {
    const text = (length: number) => `${" ".repeat(length - 2)}1;`;
    const five = (last: number) => [...[1, 2, 3].map(() => block(text(0x1_0000))), block(text(last))];
    const sized = (last: number) => [sequence("S", control({ if: "1", while: "00" }, ...five(last)))];
    expect(() => prepared(sized(0x1_0000 - 3))).not.toThrow();
    expect(() => prepared(sized(0x1_0000 - 2))).toThrow(
      expect.objectContaining({ code: "pack-too-large", details: expect.objectContaining({ found: 0x4_0001 }) }),
    );
  });
});

describe("a control", () => {
  it("has its time-out as a number, 0 where it has none", () => {
    const timeouts = [undefined, "5", " 0x10 "].map((timeout) => {
      const [step] =
        prepared([sequence("S", control({ while: "0", ...(timeout && { timeout }) }))]).get("S")?.steps ?? [];
      return step.kind === "control" && step.timeout;
    });
    expect(timeouts).toEqual([0, 5, 16]);
  });

  it.each([
    ["no condition", control({}), "control"],
    ["a time-out that is no number", control({ if: "1", timeout: "5ms" }), "timeout"],
    ["a time-out of too many digits", control({ if: "1", timeout: "9".repeat(20) }), "timeout"],
    ["a condition with more behind it", control({ if: "1 2" }), "syntax"],
  ])("is refused with %s, in its line", async (_, step, reason) => {
    expect(await ending([sequence("S", step)])).toMatch(new RegExp(`^sequence-invalid ${reason} 20:`));
  });

  it("nests ten deep at most", async () => {
    const nested = (depth: number): ReturnType<typeof control> =>
      control({ if: "1" }, ...(depth > 1 ? [nested(depth - 1)] : []));
    expect(await ending([sequence("S", nested(10))])).toBe("ended 0");
    expect(await ending([sequence("S", nested(11))])).toBe("sequence-invalid too-deep 20:1");
  });
});

describe("a function's arguments", () => {
  it.each([
    "Read32()",
    "Read32(0, 0)",
    'Read32("a")',
    "Write8(1)",
    "Sequence(1)",
    'Sequence("A", 1)',
    "Message(1)",
    "Message(1, 2)",
    'Query(1, 2, "a")',
    "DAP_SWJ_Pins(1, 2)",
  ])("are refused in %s", async (call) => {
    expect(await ending(`${call};`)).toMatch(/^sequence-invalid arguments 10:/);
  });

  it("may be any number of values behind those of a message", async () => {
    expect(await ending('Message(0, "%u %s", 1, "a");')).toBe("ended 0");
    expect(await ending('Message(0, "none");')).toBe("ended 0");
  });

  it("are not compared with those of a function that Flashproof does not have, which is refused when it is reached", async () => {
    expect(await ending('if_not_there(1, "a");')).toBe("sequence-unsupported if_not_there 10:1");
    expect(await ending("0 && if_not_there();")).toBe("ended 0");
  });
});
