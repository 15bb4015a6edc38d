import { describe, expect, it } from "vitest";
import type { DapOp } from "../../../src/probe/probe.ts";
import { assertOverrun, staysInBank0, togetherUnguarded } from "../../../src/probe/swd/overrun.ts";
import type { SwdTransfer } from "../../../src/probe/swd/swd-transfer.ts";

const dp = (a: 0x0 | 0x4 | 0x8 | 0xc, word?: number): SwdTransfer => ({
  reg: { port: "dp", a },
  op: 0,
  ...(word !== undefined && { word }),
});
const ap = (a: 0x0 | 0x4 | 0x8 | 0xc, word?: number): SwdTransfer => ({ ...dp(a, word), reg: { port: "ap", a } });

describe("transfers that may go out at once without overrun detection", () => {
  const together = (...transfers: readonly SwdTransfer[]) => togetherUnguarded(transfers, 0, transfers.length);

  it.each([
    ["reads of DPIDR and CTRL/STAT", dp(0x0), dp(0x4)],
    ["writes of ABORT and CTRL/STAT", dp(0x0, 0x1e), dp(0x4, 0x5000_0000)],
    ["a write of 0 to SELECT", dp(0x8, 0), dp(0x0)],
  ])("are %s", (_, ...transfers) => {
    expect(together(...transfers)).toBe(2);
  });

  it.each([
    ["a read of RDBUFF", dp(0xc)],
    ["a read of RESEND", dp(0x8)],
    ["a write of another word to SELECT", dp(0x8, 1)],
    ["a write of TARGETSEL", dp(0xc, 0)],
    ["a read of an access port's CSW", ap(0x0)],
    ["a write of an access port's TAR", ap(0x4, 0)],
    ["a write of 0 at an access port's 0x8", ap(0x8, 0)],
  ])("end before %s", (_, other) => {
    expect(together(dp(0x0), dp(0x4), other, dp(0x0))).toBe(2);
  });

  it("are one at least, whatever it is, and none beyond the end", () => {
    expect(together(ap(0xc), dp(0x0))).toBe(1);
    expect(togetherUnguarded([dp(0x0), dp(0x0), dp(0x0)], 1, 2)).toBe(1);
    expect(togetherUnguarded([dp(0x0), dp(0x0), dp(0x0)], 1, 3)).toBe(2);
  });
});

describe("CTRL/STAT through a batch", () => {
  const write = (a: 0x4 | 0x8, ...words: readonly number[]): DapOp => ({ op: "write", reg: { port: "dp", a }, words });

  it("is in reach where bank 0 is selected and stays so", () => {
    expect(staysInBank0([], 0)).toBe(true);
    expect(staysInBank0([write(0x8, 0, 0xf0, 0x0100_0000)], 0)).toBe(true);
    expect(staysInBank0([write(0x4, 1)], 0)).toBe(true);
    expect(staysInBank0([{ op: "write", reg: { port: "ap", a: 0x8 }, words: [1] }], 0)).toBe(true);
    expect(staysInBank0([{ op: "read", reg: { port: "dp", a: 0x8 }, count: 1 }], 0)).toBe(true);
  });

  it("is out of reach where another bank is selected, before or in the batch", () => {
    expect(staysInBank0([], 1)).toBe(false);
    expect(staysInBank0([write(0x8, 0, 1, 0)], 0)).toBe(false);
    expect(staysInBank0([write(0x8, 0), write(0x8, 0xf)], 0)).toBe(false);
  });
});

describe("a WAIT that the probe reports", () => {
  const ORUN = 0x2;

  it("is the target's where STICKYORUN is set, and unknown where CTRL/STAT can't be read", () => {
    expect(() => assertOverrun({ ack: "ok", word: ORUN })).not.toThrow();
    for (const ack of ["none", "fault", "parity"] as const) expect(() => assertOverrun({ ack, word: 0 })).not.toThrow();
  });

  it("is refused as the probe's own where STICKYORUN is clear", () => {
    expect(() => assertOverrun({ ack: "ok", word: 0xffff_ffff & ~ORUN })).toThrow(
      expect.objectContaining({ code: "probe-protocol", message: expect.stringContaining("WAIT") }),
    );
  });
});
