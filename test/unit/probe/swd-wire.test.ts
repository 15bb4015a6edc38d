import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DapReg } from "../../../src/probe/probe.ts";
import { JTAG_TO_SWD, SWD_TO_JTAG } from "../../../src/probe/swd/sequences.ts";
import { parityOf, SwdBitWriter, takeBits } from "../../../src/probe/swd/swd-bits.ts";
import { decodeTransfer, requestByte, TRANSFER_CLOCKS } from "../../../src/probe/swd/swd-transfer.ts";
import { decodeTransfers, encodeTransfers } from "../../../src/probe/swd/swd-wire.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytes = (text: string) => new Uint8Array(Buffer.from(text, "hex"));
const dp = (a: DapReg["a"]): DapReg => ({ port: "dp", a });
const ap = (a: DapReg["a"]): DapReg => ({ port: "ap", a });
const anyReg = fc.record({
  port: fc.constantFrom("dp", "ap"),
  a: fc.constantFrom(0, 4, 8, 12),
}) as fc.Arbitrary<DapReg>;
const anyWord = fc.integer({ min: 0, max: 0xffffffff });

describe("SWD request byte", () => {
  it.each([
    ["DPIDR read", dp(0x0), true, 0xa5],
    ["ABORT write", dp(0x0), false, 0x81],
    ["CTRL/STAT read", dp(0x4), true, 0x8d],
    ["CTRL/STAT write", dp(0x4), false, 0xa9],
    ["SELECT write", dp(0x8), false, 0xb1],
    ["RDBUFF read", dp(0xc), true, 0xbd],
    ["AP 0x0 read", ap(0x0), true, 0x87],
    ["AP 0x0 write", ap(0x0), false, 0xa3],
    ["AP 0x4 read", ap(0x4), true, 0xaf],
    ["AP 0x4 write", ap(0x4), false, 0x8b],
    ["AP 0x8 read", ap(0x8), true, 0xb7],
    ["AP 0x8 write", ap(0x8), false, 0x93],
    ["AP 0xC read", ap(0xc), true, 0x9f],
    ["AP 0xC write", ap(0xc), false, 0xbb],
  ] as const)("of %s is the byte that OpenOCD sends", (_, reg, read, byte) => {
    expect(requestByte(reg, read)).toBe(byte);
  });
});

describe("SWD bits as recorded from OpenOCD 0.12", () => {
  it("write ABORT = 0x1E and eight idle clocks as 54 bits", () => {
    const bits = encodeTransfers([{ reg: dp(0), word: 0x1e, op: 0 }]);
    expect(bits.count).toBe(54);
    expect(hex(bits.direction)).toBe("ffe0ffffffff3f");
    expect(hex(bits.output)).toBe("81c00300000000");
  });

  it("read DPIDR after the switch with the line released from clock 8 on", () => {
    const bits = encodeTransfers([{ reg: dp(0), op: 0 }]);
    expect(hex(bits.direction)).toBe("ff00000000c03f");
    expect(hex(bits.output)).toBe("a5000000000000");
  });

  it("have ACK at clock 8 and the data at clock 11 of what a J-Link sampled", () => {
    const sampled = bytes("ffb9a3005df13f");
    expect(decodeTransfer(sampled, 0, true)).toEqual({ ack: "ok", word: 0x2ba01477 });
  });

  it("switch from JTAG to SWD with 136 clocks", () => {
    expect(hex(JTAG_TO_SWD.bits)).toBe("ffffffffffffff9ee7ffffffffffffff00");
    expect(JTAG_TO_SWD.count).toBe(136);
  });

  it("switch back to JTAG with 0xE73C after a line reset", () => {
    expect(hex(SWD_TO_JTAG.bits)).toBe("ffffffffffffff3ce7ff");
  });
});

describe("SWD decoding", () => {
  const sampledWith = (ack: number, word: number, parity: number) =>
    new SwdBitWriter(46).drive(0xff, 8).drive(ack, 3).drive(word, 32).drive(parity, 1).drive(3, 2).finish().output;

  it.each([
    [0b001, "ok"],
    [0b010, "wait"],
    [0b100, "fault"],
    [0b111, "none"],
    [0b000, "none"],
    [0b011, "none"],
  ] as const)("decodes acknowledge bits %s as %s", (bits, ack) => {
    expect(decodeTransfer(sampledWith(bits, 0, 0), 0, true).ack).toBe(ack);
  });

  it("checks the acknowledge before the parity", () => {
    expect(decodeTransfer(sampledWith(0b010, 1, 0), 0, true).ack).toBe("wait");
  });

  it("detects every single flipped data bit by its parity", () => {
    fc.assert(
      fc.property(anyWord, fc.integer({ min: 0, max: 31 }), (word, flipped) => {
        const sampled = sampledWith(1, (word ^ (1 << flipped)) >>> 0, parityOf(word));
        expect(decodeTransfer(sampled, 0, true).ack).toBe("parity");
      }),
    );
  });

  it("stops at the first transfer that failed", () => {
    const transfers = [0, 1, 2].map((op) => ({ reg: dp(4), op }));
    const writer = new SwdBitWriter(3 * TRANSFER_CLOCKS);
    for (const ack of [1, 4, 1]) writer.drive(0, 8).drive(ack, 3).drive(0, 35);
    expect(decodeTransfers(transfers, writer.finish().output).map(({ ack }) => ack)).toEqual(["ok", "fault"]);
  });
});

describe("SWD transfer", () => {
  it("takes 46 clocks, of which a read drives 8 and a write all but 5", () => {
    fc.assert(
      fc.property(anyReg, fc.option(anyWord, { nil: undefined }), (reg, word) => {
        const { count, direction } = encodeTransfers([{ reg, word, op: 0 }]);
        const driven = Array.from({ length: count }, (_, i) => takeBits(direction, i, 1)).filter((bit) => bit === 1);
        expect(count).toBe(46 + 8);
        expect(driven.length).toBe((word === undefined ? 8 : 41) + 8);
      }),
    );
  });

  it("carries its word least significant bit first with even parity after it", () => {
    fc.assert(
      fc.property(anyReg, anyWord, (reg, word) => {
        const { output } = encodeTransfers([{ reg, word, op: 0 }]);
        expect(takeBits(output, 13, 32)).toBe(word);
        const ones = [...word.toString(2)].filter((digit) => digit === "1").length;
        expect(takeBits(output, 45, 1)).toBe(ones % 2);
      }),
    );
  });

  it("never holds the line high for the 50 clocks of a line reset", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ reg: anyReg, word: anyWord }), { minLength: 1, maxLength: 8 }), (writes) => {
        const { output, count } = encodeTransfers(writes.map((write) => ({ ...write, op: 0 })));
        const levels = Array.from({ length: count }, (_, i) => takeBits(output, i, 1)).join("");
        expect(levels).not.toMatch(/1{50}/);
      }),
    );
  });
});
