import { describe, expect, it } from "vitest";
import type { DapOp } from "../../../src/probe/probe.ts";
import { planBatch, pollTransfers, type PostedReads } from "../../../src/probe/swd/swd-plan.ts";
import type { SwdTransfer } from "../../../src/probe/swd/swd-transfer.ts";

type Port = "dp" | "ap";
type Address = 0x0 | 0x4 | 0x8 | 0xc;
const read = (port: Port, a: Address, count = 1): DapOp => ({ op: "read", reg: { port, a }, count });
const write = (port: Port, a: Address, ...words: readonly number[]): DapOp => ({
  op: "write",
  reg: { port, a },
  words,
});
const until = (port: Port, a: Address): DapOp => ({ op: "until", reg: { port, a }, mask: 1, value: 1 });

/** `ap r c ->2`: a read of 0xC whose word is the third of the result; `op` is which operation it is for. */
const shown = ({ reg, word, result, op }: SwdTransfer): string =>
  `${op}: ${reg.port} ${word === undefined ? "r" : "w"} ${reg.a.toString(16)}${result === undefined ? "" : ` ->${result}`}`;
const steps = (ops: readonly DapOp[], posted?: PostedReads) =>
  planBatch(ops, 0, posted).steps.map(({ transfers }) => transfers.map(shown));

/** ADIv5.2 (IHI 0031F), B4.2.3. */
describe("a batch on the wire", () => {
  it("fetches the value of each AP read with the next one, and the last one's from RDBUFF", () => {
    expect(steps([read("ap", 0xc, 3)])).toEqual([["0: ap r c", "0: ap r c ->0", "0: ap r c ->1", "0: dp r c ->2"]]);
    expect(steps([read("ap", 0x0), read("ap", 0x4)])).toEqual([["0: ap r 0", "1: ap r 4 ->0", "1: dp r c ->1"]]);
  });

  it("fetches the value of an AP read before a write, and before a read of the debug port", () => {
    expect(steps([read("ap", 0xc), write("ap", 0x4, 1)])).toEqual([
      ["0: ap r c", "0: dp r c ->0", "1: ap w 4", "1: dp r c"],
    ]);
    expect(steps([read("ap", 0xc), read("dp", 0x4)])).toEqual([["0: ap r c", "0: dp r c ->0", "1: dp r 4 ->1"]]);
    expect(steps([read("ap", 0xc), write("dp", 0x8, 0)])).toEqual([["0: ap r c", "0: dp r c ->0", "1: dp w 8"]]);
  });

  it("ends with RDBUFF behind an AP write, whose outcome another AP read fetches, too", () => {
    expect(steps([write("ap", 0xc, 1, 2)])).toEqual([["0: ap w c", "0: ap w c", "0: dp r c"]]);
    expect(steps([write("ap", 0x4, 1), read("ap", 0xc)])).toEqual([["0: ap w 4", "1: ap r c", "1: dp r c ->0"]]);
    expect(steps([write("ap", 0x4), write("dp", 0x8, 0)])).toEqual([["1: dp w 8"]]);
  });

  it("reads and writes the debug port's registers without RDBUFF", () => {
    expect(steps([read("dp", 0x0, 2), write("dp", 0x0, 0x1e)])).toEqual([
      ["0: dp r 0 ->0", "0: dp r 0 ->1", "1: dp w 0"],
    ]);
  });

  it("is cut at each poll, whose last value is a word of the result", () => {
    const { steps: cut, words } = planBatch([read("dp", 0x4), until("ap", 0xc), read("dp", 0x0)], 0);
    expect(cut.map(({ transfers }) => transfers.map(shown))).toEqual([["0: dp r 4 ->0"], ["2: dp r 0 ->2"]]);
    expect(cut[0].goal).toEqual({ reg: { port: "ap", a: 0xc }, mask: 1, value: 1, op: 1, result: 1 });
    expect([words, cut[1].goal]).toEqual([3, undefined]);
  });
});

describe("a batch whose AP reads the probe un-posts", () => {
  const byProbe = (...ops: readonly DapOp[]) => steps(ops, "by the probe");

  it("has one transfer for a read, and none behind the last access to an access port", () => {
    expect(byProbe(read("ap", 0xc, 2))).toEqual([["0: ap r c ->0", "0: ap r c ->1"]]);
    expect(byProbe(write("ap", 0xc, 1))).toEqual([["0: ap w c"]]);
    expect(byProbe(write("ap", 0x4, 1), read("ap", 0xc), read("dp", 0x4))).toEqual([
      ["0: ap w 4", "1: ap r c ->0", "2: dp r 4 ->1"],
    ]);
  });

  it("fetches the outcome of an AP write that a transfer to the debug port follows", () => {
    expect(byProbe(write("ap", 0x4, 1), write("dp", 0x8, 0))).toEqual([["0: ap w 4", "1: dp w 8", "0: dp r c"]]);
    expect(byProbe(write("ap", 0x4, 1), read("dp", 0x0))).toEqual([["0: ap w 4", "1: dp r 0 ->0", "0: dp r c"]]);
  });
});

describe("a batch's writes of the debug port", () => {
  const written = (bank: number, ...ops: readonly DapOp[]) =>
    planBatch(ops, bank).steps[0].transfers.map(({ word, startsOverrunDetection }) => [
      word,
      startsOverrunDetection ?? false,
    ]);

  it("switch overrun detection on with CTRL/STAT, in bank 0 only", () => {
    expect(written(0, write("dp", 0x4, 0x5000_0000))).toEqual([[0x5000_0001, true]]);
    expect(written(1, write("dp", 0x4, 0x5000_0000))).toEqual([[0x5000_0000, false]]);
    expect(written(1, write("dp", 0x8, 0), write("dp", 0x4, 0))).toEqual([
      [0, false],
      [1, true],
    ]);
    expect(written(0, write("dp", 0x8, 1), write("dp", 0x4, 0))).toEqual([
      [1, false],
      [0, false],
    ]);
    expect(written(0, write("ap", 0x4, 4))[0]).toEqual([4, false]);
  });

  it("leave the bank that SELECT was last written with", () => {
    expect(planBatch([], 3).dpBank).toBe(3);
    expect(planBatch([write("dp", 0x8, 0x0100_00f2)], 0).dpBank).toBe(2);
    expect(planBatch([write("dp", 0x8, 2, 0)], 1).dpBank).toBe(0);
    expect(planBatch([write("ap", 0x8, 2), read("dp", 0x8)], 1).dpBank).toBe(1);
  });
});

describe("the looks of a poll", () => {
  const looks = (port: Port, count: number, posted?: PostedReads) =>
    pollTransfers({ reg: { port, a: 0xc }, mask: 1, value: 1, op: 5, result: 7 }, count, posted).map(shown);

  it("bring the goal's word each, but for the first of an access port on the wire", () => {
    expect(looks("ap", 2)).toEqual(["5: ap r c", "5: ap r c ->7", "5: dp r c ->7"]);
    expect(looks("dp", 2)).toEqual(["5: dp r c ->7", "5: dp r c ->7"]);
    expect(looks("ap", 2, "by the probe")).toEqual(["5: ap r c ->7", "5: ap r c ->7"]);
  });
});
