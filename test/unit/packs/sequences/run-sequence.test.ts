import { describe, expect, it } from "vitest";
import { RecordingDriver } from "../../../../src/packs/sequences/recording-driver.ts";
import type { SequenceDriver } from "../../../../src/packs/sequences/driver.ts";
import { runSequence } from "../../../../src/packs/sequences/run-sequence.ts";
import { failedAccess } from "../../../../src/packs/sequences/sequence-error.ts";
import { block, control, ending, run, sequence } from "./job.ts";

const memory = (bytes: number) => ({ kind: "memory", port: "AP 0", bytes });

describe("functions of a sequence", () => {
  it.each([
    ["__Result = Read8(0x20000003);", { kind: "read", place: memory(1), address: 0x20000003, value: 0n, count: 1 }],
    ["Read16(0x20000002);", { kind: "read", place: memory(2), address: 0x20000002, value: 0n, count: 1 }],
    ["Read32(0xE000EDF0);", { kind: "read", place: memory(4), address: 0xe000edf0, value: 0n, count: 1 }],
    ["Read64(0x20000008);", { kind: "read", place: memory(8), address: 0x20000008, value: 0n, count: 1 }],
    ["Write8(0x20000001, 0x1FF);", { kind: "write", place: memory(1), address: 0x20000001, value: 0xffn, count: 1 }],
    ["Write16(0, ~0);", { kind: "write", place: memory(2), address: 0, value: 0xffffn, count: 1 }],
    ["Write32(4, -1);", { kind: "write", place: memory(4), address: 4, value: 0xffff_ffffn, count: 1 }],
    ["Write64(8, -1);", { kind: "write", place: memory(8), address: 8, value: 0xffff_ffff_ffff_ffffn, count: 1 }],
    ["ReadDP(0x4);", { kind: "read", place: { kind: "dp", port: "DP 0" }, address: 4, value: 0n, count: 1 }],
    [
      "__dp = 1; WriteDP(0x8, 0xF0);",
      { kind: "write", place: { kind: "dp", port: "DP 1" }, address: 8, value: 0xf0n, count: 1 },
    ],
    [
      "DAP_WriteABORT(0x1E);",
      { kind: "write", place: { kind: "dp", port: "DP 0" }, address: 0, value: 0x1en, count: 1 },
    ],
    [
      "__ap = 2; ReadAP(0xFC);",
      { kind: "read", place: { kind: "ap", port: "AP 2" }, address: 0xfc, value: 0n, count: 1 },
    ],
    ["WriteAP(0, 1);", { kind: "write", place: { kind: "ap", port: "AP 0" }, address: 0, value: 1n, count: 1 }],
    [
      "ReadAccessAP(0x2DFC);",
      { kind: "read", place: { kind: "access-ap", port: "DP 0" }, address: 0x2dfc, value: 0n, count: 1 },
    ],
    [
      "WriteAccessAP(0x2D00, 2);",
      { kind: "write", place: { kind: "access-ap", port: "DP 0" }, address: 0x2d00, value: 2n, count: 1 },
    ],
    ["DAP_Delay(50000);", { kind: "delay", microseconds: 50_000 }],
    ["DAP_SWJ_Pins(0, 0x80, 10);", { kind: "pins", out: 0, select: 0x80, microseconds: 10 }],
    ["DAP_SWJ_Clock(1000000);", { kind: "clock", hertz: 1_000_000 }],
    ["DAP_SWJ_Sequence(16, 0x1E79E);", { kind: "bits", count: 16, bits: 0xe79en }],
    ['Query(1, "Erase it?", 0);', { kind: "query", text: "Erase it?", answer: 0n }],
    ['QueryValue("Which?", 7);', { kind: "query", text: "Which?", answer: 7n }],
    [
      'Message(1, "ID %08X, %d of %x%%\\n", 0x1AB, -1, 255);',
      { kind: "message", level: 1, text: "ID 000001AB, -1 of ff%\n" },
    ],
    [
      'Message(0, "%s|%5s|%.2s|%u|%llu|%llX|%4b|%.3o|%f|%Lf|%x", "ab", "cd", "efg", -1, -1, -1, 5, 8, 0x3FC00000, 0x3FF8000000000000, "no");',
      {
        kind: "message",
        level: 0,
        text: "ab|   cd|ef|4294967295|18446744073709551615|FFFFFFFFFFFFFFFF| 101|010|1.500000|1.500000|%x",
      },
    ],
    ['Message(0, "%u %d");', { kind: "message", level: 0, text: "%u %d" }],
    ['Sequence("ResetHardware");', { kind: "predefined", name: "ResetHardware" }],
  ])("%s reaches the driver once", async (text, event) => {
    expect((await run(text)).events.filter(({ kind }) => kind !== "sequence")).toEqual([event]);
  });

  it("answer what a place holds by each width, little-endian", async () => {
    const { result } = await run(
      "Write32(8, 0x11223344); __Result = Read8(9) << 32 | Read16(10) << 8 | (Read64(8) & 0xFF);",
    );
    expect(result).toBe(0x33_0011_2244n);
  });

  it("answer DPIDR where ABORT was written", async () => {
    expect((await run("WriteDP(4, 5); DAP_WriteABORT(0x1E); __Result = ReadDP(0) << 8 | ReadDP(4);")).result).toBe(5n);
  });

  it("name access ports by their ids where the device has elements for them", async () => {
    const { events } = await run("__ap = 1; __apid = 3; Read32(0);", { usesApId: true });
    expect(events).toEqual([
      { kind: "read", place: { kind: "memory", port: "AP id 3", bytes: 4 }, address: 0, value: 0n, count: 1 },
    ]);
  });

  it.each([
    ["Read32(2);", "sequence-invalid argument 10:1"],
    ["Read8(0x100000000);", "sequence-invalid argument 10:1"],
    ["ReadDP(2);", "sequence-invalid argument 10:1"],
    ["ReadDP(0x100);", "sequence-invalid argument 10:1"],
    ["DAP_Delay(-1);", "sequence-invalid argument 10:1"],
    ["DAP_SWJ_Sequence(0, 0);", "sequence-invalid argument 10:1"],
    ["DAP_SWJ_Sequence(65, 0);", "sequence-invalid argument 10:1"],
    ['Message("0");', "sequence-invalid arguments 10:1"],
    ["Message(0);", "sequence-invalid arguments 10:1"],
    ["Sequence(1);", "sequence-invalid arguments 10:1"],
    ['Message(2, "no ID %d", 5);', "sequence-failed message"],
    ['LoadDebugInfo("a.axf");', "sequence-unsupported LoadDebugInfo 10:1"],
    ['FlashLoadAlgorithm("a.FLM", 0, 0);', "sequence-unsupported FlashLoadAlgorithm 10:1"],
    ["FlashWriteBuffer(0, 0, 4, 32);", "sequence-unsupported FlashWriteBuffer 10:1"],
    ['RunPythonScript("a.py", "", "", 0);', "sequence-unsupported RunPythonScript 10:1"],
    ["DAP_JTAG_Sequence(8, 0, 0);", "sequence-unsupported DAP_JTAG_Sequence 10:1"],
    ["constructor(1);", "sequence-unsupported constructor 10:1"],
    ["if (0) x();", "sequence-invalid syntax 10:8"],
    ["0 && LoadDebugInfo(1);", "ended 0"],
  ])("%s ends with %s", async (text, end) => {
    expect(await ending(text)).toBe(end);
  });

  it("a function that the driver lacks is refused by name, and nothing before it is undone", async () => {
    const full: SequenceDriver = new RecordingDriver();
    for (const [method, text] of [
      ["swjSequence", "DAP_SWJ_Sequence(8, 0);"],
      ["pins", "DAP_SWJ_Pins(0, 0, 0);"],
      ["clock", "DAP_SWJ_Clock(1);"],
      ["readAccessAp", "ReadAccessAP(0);"],
      ["writeAccessAp", "WriteAccessAP(0, 0);"],
    ] as const) {
      const driver = Object.assign(Object.create(full) as SequenceDriver, { [method]: undefined });
      expect(await ending(text, { driver })).toBe(`sequence-unsupported ${text.split("(")[0]} 10:1`);
    }
  });
});

describe("variables of a sequence", () => {
  it.each([
    ["__var a = 2; a += 3; a <<= 4; a |= 1; __Result = a;", 0x51n],
    ["__var a; __Result = a;", 0n],
    ["__var a = 1; __var b = a = 5; __Result = a + b;", 10n],
    [";;__Result = 1", 1n],
    ["__Result = __protocol << 8 | __connection;", 0x201n],
    ["__Result = __FlashOp + __FlashAddr + __FlashLen + __FlashArg + __traceout + __apid;", 0n],
  ])("%s leaves %s", async (text, value) => {
    expect((await run(text)).result).toBe(value);
  });

  it.each([
    ["a = 1;", "sequence-invalid variable 10:1"],
    ["__protocol = 1;", "sequence-invalid variable 10:1"],
    ["__var __dp = 1;", "sequence-invalid variable 10:7"],
    ["__var a = 1; __var a = 2;", "sequence-invalid variable 10:20"],
    ["__var 5 = 1;", "sequence-invalid syntax 10:7"],
    ["__var a = 1 __var b = 2;", "sequence-invalid syntax 10:13"],
    ["toString + 1;", "sequence-invalid variable 10:1"],
  ])("%s ends with %s", async (text, end) => {
    expect(await ending(text)).toBe(end);
  });

  it("of blocks are the sequence's, those of a control end with it", async () => {
    const steps = [block("__var a = 1;"), control({ if: "a" }, block("a = 7; __var b = a;")), block("__Result = a;")];
    expect((await run([sequence("S", ...steps)])).result).toBe(7n);
    expect(await ending([sequence("S", ...steps, block("b;"))])).toBe("sequence-invalid variable 10:1");
  });

  it("are declared once, a control's own ones again in each round", async () => {
    const declared = (name: string) => control({ while: "i < 3" }, block(`__var ${name} = i; i += 1;`));
    expect(await ending([sequence("S", block("__var i = 0;"), declared("j"))])).toBe("ended 0");
    expect(await ending([sequence("S", block("__var i = 0;"), declared("i"))])).toBe("sequence-invalid variable 10:7");
  });

  it("of debugvars are every sequence's to read, and none's to change", async () => {
    const given = [sequence("S", block('Sequence("T");')), sequence("T", block("__Result = A * 10 + B;"))];
    expect((await run(given, { debugVars: "__var A = 3; A += 1;\n__var B = A;" })).result).toBe(44n);
    const changing = [sequence("S", block("A = 1;"))];
    expect(await ending(changing, { debugVars: "__var A = 3;" })).toBe("sequence-invalid variable 10:1");
    expect(await ending(given, { debugVars: "__var A = ;" })).toBe("sequence-invalid syntax 1:11");
  });
});

describe("controls of a sequence", () => {
  it("do their steps once for if, and again and again for while", async () => {
    const loop = control({ if: "1", while: "i < 5" }, block("i += 1;"), control({ if: "i == 3" }, block("three = i;")));
    const skipped = control({ if: "0" }, block("i = 100;"));
    const given = [
      sequence("S", block("__var i = 0; __var three = 0;"), loop, skipped, block("__Result = i * 10 + three;")),
    ];
    expect((await run(given)).result).toBe(53n);
  });

  it("end a while at its time-out in the driver's time", async () => {
    const given = [sequence("S", control({ while: "(Read32(0) & 1) == 0", timeout: "5000" }), block("__Result = 9;"))];
    const { events, result, time } = await run(given);
    expect(result).toBe(9n);
    expect(events).toMatchObject([
      { kind: "read", address: 0, count: expect.any(Number) as number },
      { kind: "time-out", microseconds: 5000, line: 20 },
    ]);
    expect(time).toBeGreaterThanOrEqual(5000);
    expect(time).toBeLessThan(5100);
  });

  it("end a while without accesses at its time-out, too", async () => {
    const loop = control({ while: "1", timeout: "0x100" }, block("1;"));
    expect((await run([sequence("S", loop)])).events).toEqual([{ kind: "time-out", microseconds: 0x100, line: 20 }]);
  });

  it("wait for the whole time-out of an empty while whose condition is always true", async () => {
    const { events, time } = await run([sequence("S", control({ while: "1", timeout: "60000000" }))]);
    expect(events).toEqual([{ kind: "delay", microseconds: 60_000_000 }]);
    expect(time).toBeGreaterThanOrEqual(60_000_000);
  });

  it("see a status change after a thousand reads, so that a wait without a time-out ends", async () => {
    const { events } = await run([sequence("S", control({ while: "(Read32(0) & 1) == 0" }))]);
    expect(events).toMatchObject([{ kind: "read", value: 0xffff_ffffn, count: 1001 }]);
  });

  it.each([
    ["without a condition", "sequence-invalid control 20:1", [control({}, block("1;"))]],
    ["with a time-out that is no number", "sequence-invalid timeout 20:1", [control({ while: "0", timeout: "-1" })]],
    ["with a condition that is cut off", "sequence-invalid syntax 20:5", [control({ if: "1 &&" })]],
    ["with two expressions", "sequence-invalid syntax 20:2", [control({ if: "1; 2" })]],
    ["that loop without an end", "sequence-limit rounds", [control({ while: "1" })]],
    [
      "that loop in one another without an end",
      "sequence-limit rounds",
      [control({ while: "1" }, block("__var i = 0;"), control({ while: "i < 50000" }, block("i += 1;")))],
    ],
    ["11 deep", "sequence-invalid too-deep 20:1", [nested(11)]],
    ["10 deep", "ended 0", [nested(10)]],
  ])("%s end with %s", async (_, end, steps) => {
    expect(await ending([sequence("S", ...steps)])).toBe(end);
  });

  it("end after two million parts of expressions, however few rounds these are", async () => {
    const sums = Array(400).fill("1").join("+");
    const given = [sequence("S", control({ while: sums }, block(`${sums};`.repeat(10))))];
    expect(await ending(given)).toBe("sequence-limit parts");
  });

  it("end after as many steps that have nothing in them", async () => {
    const blocks = Array.from({ length: 1000 }, () => block(""));
    expect(await ending([sequence("S", control({ while: "1" }, ...blocks))])).toBe("sequence-limit parts");
  });
});

function nested(depth: number): ReturnType<typeof control> {
  return depth === 1 ? control({ if: "1" }) : control({ if: "1" }, nested(depth - 1));
}

describe("sequences that call others", () => {
  const caller = (name: string) => sequence("S", block(`Sequence("${name}");`));

  it("have their ports again afterwards, and __Result as the other has left it", async () => {
    const given = [
      sequence(
        "S",
        block('__dp = 1; __ap = 2; __errorcontrol = 0; __Result = 70; Sequence("T"); WriteAP(0, __Result);'),
      ),
      sequence("T", block("__dp = 5; __ap = 6; __errorcontrol = 1; __Result += 7;")),
    ];
    expect((await run(given)).events).toEqual([
      { kind: "sequence", name: "T" },
      { kind: "write", place: { kind: "ap", port: "DP 1, AP 2" }, address: 0, value: 77n, count: 1 },
    ]);
  });

  it("do nothing for one that is switched off", async () => {
    const off = { ...sequence("ResetSystem"), disabled: true };
    expect((await run([caller("ResetSystem"), off])).events).toEqual([{ kind: "sequence", name: "ResetSystem" }]);
  });

  it("take a processor's own one before the one for all", async () => {
    const own = { ...sequence("T", block("__Result = 2;")), core: "CM4" };
    const given = [caller("T"), sequence("T", block("__Result = 1;")), own];
    expect((await run(given, { core: "CM4" })).result).toBe(2n);
    expect((await run(given, { core: "CM7" })).result).toBe(1n);
    expect(await ending([caller("T"), own], { core: "CM7" })).toBe("sequence-invalid no-sequence 10:1");
  });

  it.each([
    ["one that does not exist", "sequence-invalid no-sequence 10:1", [caller("Nothing")]],
    ["themselves", "sequence-limit recursion", [caller("S")]],
    ["one another in a ring", "sequence-limit recursion", [caller("T"), sequence("T", block('Sequence("S");'))]],
    ["a chain of 17", "sequence-limit depth", chain(17)],
    ["a chain of 16", "ended 16", chain(16)],
    [
      "one whose text is no language, before anything is done",
      "sequence-invalid character 10:1",
      [caller("T"), sequence("T", block("@"))],
    ],
  ])("%s: it ends with %s", async (_, end, given) => {
    expect(await ending(given)).toBe(end);
  });

  it("does nothing at all where a later block is no language", async () => {
    const driver = new RecordingDriver();
    const sequences = [sequence("S", block("Write32(0, 1);"), block("Write32(0, ;"))];
    await expect(runSequence({ sequences, name: "S", usesApId: false, driver })).rejects.toMatchObject({
      code: "sequence-invalid",
    });
    expect(driver.events).toEqual([]);
  });

  it("the device lacks are refused with the names that it has", async () => {
    await expect(run([sequence("A"), sequence("B")])).rejects.toMatchObject({
      code: "sequence-invalid",
      message: "The device has no sequence S; it has A, B",
    });
  });
});

/** S calls S1, which calls S2, to the last one of `count` sequences in all. */
function chain(count: number) {
  return Array.from({ length: count }, (_, i) =>
    sequence(i === 0 ? "S" : `S${i}`, block(i === count - 1 ? `__Result = ${count};` : `Sequence("S${i + 1}");`)),
  );
}

describe("accesses that fail", () => {
  /** Whose memory answers nothing from 0x40000000 on. */
  class Faulty extends RecordingDriver {
    override async read(...[target, address, bytes]: Parameters<RecordingDriver["read"]>): Promise<bigint> {
      if (address >= 0x40000000) throw failedAccess("bus fault", { address: "0x40000000" });
      return super.read(target, address, bytes);
    }
  }

  it("end the sequence, or are 0 where __errorcontrol skips them", async () => {
    const driver = new Faulty();
    expect(await ending("Read32(0x40000000);", { driver })).toBe("sequence-failed access");
    const skipped = "__errorcontrol = 1; __Result = Read32(0x40000000) + 5;";
    expect(await ending(skipped, { driver })).toBe("ended 5");
  });

  it("are the only errors that __errorcontrol skips", async () => {
    expect(await ending('__errorcontrol = 1; Message(2, "x");')).toBe("sequence-failed message");
    expect(await ending("__errorcontrol = 1; LoadDebugInfo(0);")).toBe("sequence-unsupported LoadDebugInfo 10:21");
  });
});

describe("a recording driver", () => {
  it("ends a sequence that goes to more than 200,000 addresses", async () => {
    const writes = Array.from({ length: 40 }, (_, k) => `Write64(i * 320 + ${k * 8}, i);`).join(" ");
    const given = [sequence("S", block("__var i = 0;"), control({ while: "1" }, block(`${writes} i += 1;`)))];
    expect(await ending(given)).toBe("sequence-limit places");
  });

  it("keeps a thousand events, and counts the others", async () => {
    const driver = new RecordingDriver();
    const steps = [block("__var i = 0;"), control({ while: "i < 1500" }, block("Write32(i * 4, i); i += 1;"))];
    await run([sequence("S", ...steps)], { driver });
    expect([driver.events.length, driver.more]).toEqual([1000, 500]);
  });
});
