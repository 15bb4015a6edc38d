import { describe, expect, it } from "vitest";
import { ending, resultOf, run } from "./job.ts";

describe("the functions of a sequence", () => {
  it.each([8, 16, 32, 64])("Write%i and Read%i keep as many bits", async (bits) => {
    const mask = (1n << BigInt(bits)) - 1n;
    const text = `Write${bits}(0x20, 0xFEDCBA9876543210); __Result = Read${bits}(0x20);`;
    expect((await run(text)).result).toBe(0xfedc_ba98_7654_3210n & mask);
  });

  it.each([
    ["Read16(1)", "argument"],
    ["Read32(2)", "argument"],
    ["Read64(4)", "argument"],
    ["Write32(2, 0)", "argument"],
    ["Read8(0x100000000)", "argument"],
    ["ReadDP(2)", "argument"],
    ["ReadDP(0x100)", "argument"],
    ["WriteDP(0x100, 0)", "argument"],
    ["ReadAP(0x1000)", "argument"],
    ["WriteAP(0x1000, 0)", "argument"],
    ["ReadAccessAP(0x100000000)", "argument"],
    ["DAP_Delay(0x100000000)", "argument"],
    ["DAP_SWJ_Clock(0x100000000)", "argument"],
    ["DAP_SWJ_Sequence(0, 1)", "argument"],
    ["DAP_SWJ_Sequence(65, 1)", "argument"],
  ])("%s is refused", async (call, reason) => {
    expect(await ending(`${call};`)).toBe(`sequence-invalid ${reason} 10:1`);
  });

  it.each(["Read8(0xFFFFFFFF)", "ReadDP(0xFC)", "ReadAP(0xFFC)", "ReadAccessAP(0xFFFFFFFC)", "DAP_Delay(0xFFFFFFFF)"])(
    "%s is the last that is allowed",
    async (call) => {
      expect(await ending(`${call};`)).toBe("ended 0");
    },
  );

  it("of ports keep 32 bits, each port its own", async () => {
    const text = "WriteDP(4, 0x1FFFFFFFF); WriteAP(4, 2); WriteAccessAP(4, 3);";
    const read = "ReadDP(4) + (ReadAP(4) << 32) + (ReadAccessAP(4) << 40)";
    expect((await run(`${text} __Result = ${read};`)).result).toBe(0xffff_ffffn + (2n << 32n) + (3n << 40n));
  });

  it("DAP_WriteABORT writes register 0 of the debug port", async () => {
    const { events } = await run("DAP_WriteABORT(0x10000001E);");
    expect(events).toMatchObject([{ kind: "write", place: { kind: "dp", port: "DP 0" }, address: 0, value: 0x1en }]);
  });

  it("work on the probe's pins, clock and bits, with the values given", async () => {
    const { events, result } = await run(
      "DAP_Delay(7); DAP_SWJ_Clock(1000); DAP_SWJ_Sequence(4, 0xFA); DAP_SWJ_Sequence(64, 1); __Result = DAP_SWJ_Pins(1, 2, 3);",
    );
    expect(result).toBe(0xffff_ffffn);
    expect(events).toEqual([
      { kind: "delay", microseconds: 7 },
      { kind: "clock", hertz: 1000 },
      { kind: "bits", count: 4, bits: 0xan },
      { kind: "bits", count: 64, bits: 1n },
      { kind: "pins", out: 1, select: 2, microseconds: 3 },
    ]);
  });

  it("ask their user, with the standard answer in scripts", async () => {
    const { events, result } = await run('__Result = Query(0, "a", 5) + QueryValue("b", 6);');
    expect(result).toBe(11n);
    expect(events).toEqual([
      { kind: "query", text: "a", answer: 5n },
      { kind: "query", text: "b", answer: 6n },
    ]);
  });

  it("give messages of levels 0 and 1, and end the sequence from level 2 on", async () => {
    const { events } = await run('Message(0, "i"); Message(1, "w %u", 3);');
    expect(events).toEqual([
      { kind: "message", level: 0, text: "i" },
      { kind: "message", level: 1, text: "w 3" },
    ]);
    expect(await ending('Message(2, "e");')).toBe("sequence-failed message");
    expect(await ending('Message(9, "e");')).toBe("sequence-failed message");
  });

  it("without a value are 0", async () => {
    expect(await resultOf("1 + DAP_Delay(1)")).toBe(1n);
  });
});
