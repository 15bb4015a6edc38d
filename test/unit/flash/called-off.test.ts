import { describe, expect, it } from "vitest";
import { FlashproofError, WaitError } from "../../../src/base/errors.ts";
import type { Chip } from "../../../src/chips/chip.ts";
import { calledOffWithin, describeBefore, describeVerified, describeWritten } from "../../../src/flash/called-off.ts";
import { FlashError } from "../../../src/flash/flash-error.ts";
import type { FlashPlan } from "../../../src/flash/plan/plan.ts";
import type { FlashStep } from "../../../src/flash/plan/steps.ts";
import { LOCKING, UNEVEN } from "./made-up-chips.ts";

const CAUSE = new WaitError("aborted", "Ctrl-C");
const [first, second] = LOCKING.banks;
const erase = (bank: FlashStep["bank"], address: number): FlashStep => ({
  step: "erase-sector",
  bank,
  address,
  atOnce: [],
});
const program = (bank: FlashStep["bank"], address: number): FlashStep => ({
  step: "program",
  bank,
  address,
  bytes: new Uint8Array(16),
});
const planOf = (chip: Chip, steps: readonly FlashStep[]) => ({ chip, steps }) as unknown as FlashPlan;

/** Two sectors of the first bank, each erased and programmed, then one of the second, in which the security byte is. */
const PLAN = planOf(LOCKING, [
  erase(first, 0),
  program(first, 0x10),
  erase(first, 0x800),
  program(first, 0x800),
  program(first, 0xff0),
  erase(second, 0x2800),
  program(second, 0x2900),
]);

const calledOff = (done: number, plan = PLAN) => {
  const { message, details, code, cause } = calledOffWithin(plan, done, CAUSE);
  return { message: message.replace(/^.*; the chip is half done: /, ""), details, code, cause };
};

describe("a job that is called off between two steps", () => {
  it("has changed nothing before the first", () => {
    expect(calledOff(0)).toEqual({
      message: "Called off before anything was erased or programmed; the flash is as it was",
      details: { flash: "untouched", next: "repeat-whole-job" },
      code: "aborted",
      cause: CAUSE,
    });
  });

  it.each([
    [
      1,
      "erased but not whole is 0x00000000 to 0x00000800 (1 sector); as before is 0x00000800 to 0x00001000, 0x00002800 to 0x00003000 (2 sectors); the security byte is as before",
      [0, 1, 2],
    ],
    [
      2,
      "done is 0x00000000 to 0x00000800 (1 sector); as before is 0x00000800 to 0x00001000, 0x00002800 to 0x00003000 (2 sectors); the security byte is as before",
      [1, 0, 2],
    ],
    [
      4,
      "done is 0x00000000 to 0x00000800 (1 sector); erased but not whole is 0x00000800 to 0x00001000 (1 sector); as before is 0x00002800 to 0x00003000 (1 sector); the security byte is as before",
      [1, 1, 1],
    ],
    [
      5,
      "done is 0x00000000 to 0x00001000 (2 sectors); as before is 0x00002800 to 0x00003000 (1 sector); the security byte is as before",
      [2, 0, 1],
    ],
    [
      6,
      "done is 0x00000000 to 0x00001000 (2 sectors); erased but not whole is 0x00002800 to 0x00003000 (1 sector); the security byte is written",
      [2, 1, 0],
    ],
  ])("has named what is done, begun and left after step %i", (done, message, [finished, begun, left]) => {
    expect(calledOff(done)).toEqual({
      message,
      details: {
        flash: "in-part",
        next: "repeat-job",
        sectors: { done: finished, begun, left },
      },
      code: "aborted",
      cause: CAUSE,
    });
  });

  it("has written everything after the last", () => {
    const { message, details } = calledOff(7);
    expect(message).toBe(
      "done is 0x00000000 to 0x00001000, 0x00002800 to 0x00003000 (3 sectors); the security byte is written",
    );
    expect(details).toEqual({ flash: "written", next: "repeat-job", sectors: { done: 3, begun: 0, left: 0 } });
  });

  it("counts each sector of a bank or a block that is erased at once", () => {
    const plan = planOf(LOCKING, [{ step: "erase-bank", bank: first, atOnce: [] }, program(first, 0x800)]);
    expect(calledOff(1, plan).message).toContain(
      "done is 0x00000000 to 0x00000800, 0x00001000 to 0x00002000 (3 sectors); erased but not whole is 0x00000800 to 0x00001000 (1 sector)",
    );
    const block = planOf(LOCKING, [
      { step: "erase-block", bank: first, address: 0x800, length: 0x1000, atOnce: [] },
      program(first, 0x800),
    ]);
    expect(calledOff(1, block).message).toContain(
      "done is 0x00001000 to 0x00001800 (1 sector); erased but not whole is",
    );
  });

  it("has at most four ranges spelled out, and no word of a security byte where there is none", () => {
    const [flash] = UNEVEN.banks;
    const addresses = [0x08000000, 0x08008000, 0x08010000, 0x08040000, 0x08080000, 0x080c0000];
    const plan = planOf(UNEVEN, [...addresses.map((at) => erase(flash, at)), erase(flash, 0x080e0000)]);
    expect(calledOff(6, plan).message).toBe(
      "done is 0x08000000 to 0x08004000, 0x08008000 to 0x0800C000, 0x08010000 to 0x08020000, 0x08040000 to 0x08060000, and 2 more ranges (6 sectors); as before is 0x080E0000 to 0x08100000 (1 sector)",
    );
    expect(calledOff(4, plan).message).not.toContain("more ranges;");
    expect(calledOff(4, plan).message).toMatch(/0x08040000 to 0x08060000 \(4 sectors\)/);
  });
});

describe("a job that is called off before, behind and after its steps", () => {
  const called = async (work: Promise<unknown>): Promise<unknown> => {
    const error = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof FlashproofError)) return error;
    return { code: error.code, details: error.details, isCause: error.cause === CAUSE };
  };
  const abort = () => Promise.reject(CAUSE);

  it.each<[string, () => Promise<unknown>, { flash: string; next: string }]>([
    ["before", () => describeBefore(abort), { flash: "untouched", next: "repeat-whole-job" }],
    ["before a mass erase", () => describeBefore(abort, () => false), { flash: "untouched", next: "repeat-whole-job" }],
    ["after a mass erase", () => describeBefore(abort, () => true), { flash: "erased", next: "repeat-whole-job" }],
    ["after the last step", () => describeWritten(abort), { flash: "written", next: "repeat-or-verify" }],
    ["after the verify", () => describeVerified(abort), { flash: "written", next: "run-core" }],
  ])("%s has what became of the flash, and how to continue", async (_, work, details) => {
    expect(await called(work())).toEqual({ code: "aborted", details, isCause: true });
  });

  it("keeps the words of an error that has them already, and errors that are no abort", async () => {
    const known = calledOffWithin(PLAN, 3, CAUSE);
    const wrapped = new WaitError("aborted", "again", { cause: known });
    const other = new FlashError("verify-differs", "differs");
    for (const error of [known, wrapped, other, new Error("x")])
      for (const describe of [describeBefore, describeWritten, describeVerified])
        await expect(describe(() => Promise.reject(error))).rejects.toBe(error);
  });

  it("answers what the work answers", async () => {
    expect([
      await describeBefore(async () => 1),
      await describeWritten(async () => 2),
      await describeVerified(async () => 3),
    ]).toEqual([1, 2, 3]);
  });
});
