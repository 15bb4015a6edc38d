import { describe, expect, it } from "vitest";
import { BatchProgress } from "../../../src/probe/swd/batch-progress.ts";
import type { SwdUntil } from "../../../src/probe/swd/swd-plan.ts";
import type { SwdTransfer } from "../../../src/probe/swd/swd-transfer.ts";

const ABORT: SwdTransfer = { reg: { port: "dp", a: 0x0 }, word: 0x1e, op: 0 };
const DRW: SwdTransfer = { reg: { port: "ap", a: 0xc }, word: 1, op: 1 };

describe("error of a batch", () => {
  const failure = (transfers: readonly SwdTransfer[], failed: number, ack: "fault" | "wait") =>
    new BatchProgress(0).failure(transfers, failed, ack);

  it("names the transfer that failed", () =>
    expect(failure([ABORT, DRW], 1, "wait")).toMatchObject({ code: "dap-wait", opIndex: 1 }));
  it("attributes a FAULT to the AP access before it", () =>
    expect(failure([ABORT, DRW, ABORT], 2, "fault")).toMatchObject({ code: "dap-fault", opIndex: 1 }));
  it("attributes a FAULT behind the last transfer to that transfer where no AP was accessed", () =>
    expect(failure([ABORT], 1, "fault")).toMatchObject({ code: "dap-fault", opIndex: 0 }));
});

describe("words of a batch", () => {
  const read = (result?: number): SwdTransfer => ({ reg: { port: "ap", a: 0xc }, op: 0, result });
  const ok = (word: number) => ({ ack: "ok", word }) as const;
  const GOAL: SwdUntil = { reg: { port: "ap", a: 0xc }, mask: 0x8000_000f, value: 0x8000_0003, op: 1, result: 1 };

  it("are kept up to the first transfer that failed, whose acknowledge is the answer", () => {
    const progress = new BatchProgress(3);
    expect(progress.take([read(0), read(), read(1)], [ok(1), ok(9), ok(2)])).toBeUndefined();
    expect(progress.take([read(2), read(2)], [{ ack: "wait", word: 0 }, ok(3)])).toBe("wait");
    expect([...progress.words]).toEqual([1, 2, 0]);
    expect([...progress.failure([read(2)], 0, "wait").partial]).toEqual([1, 2]);
  });

  it("have the first one that matches the goal", () => {
    const progress = new BatchProgress(2);
    expect(progress.goalReached).toBe(false);
    progress.setGoal(GOAL);
    progress.take([read(0), read(1)], [ok(0x8000_0003), ok(0x8000_0002)]);
    expect(progress.goalReached).toBe(false);
    progress.take([read(1), read(1)], [ok(0x8000_0013), ok(0)]);
    expect([progress.goalReached, progress.words[1]]).toEqual([true, 0x8000_0013]);
    progress.setGoal(undefined);
    expect(progress.goalReached).toBe(false);
  });

  it("reach no goal whose word was not read, although it is 0 before", () => {
    const progress = new BatchProgress(2);
    progress.setGoal({ ...GOAL, value: 0 });
    progress.take([read(0)], [ok(0)]);
    expect(progress.goalReached).toBe(false);
    progress.take([read(1)], [ok(0)]);
    expect(progress.goalReached).toBe(true);
  });

  it("are in the error of a goal that was not reached in time, with its cause", () => {
    const progress = new BatchProgress(2);
    progress.take([read(0)], [ok(5)]);
    const cause = new Error("late");
    expect(progress.timeout(GOAL, cause)).toMatchObject({
      code: "dap-until-timeout",
      opIndex: 1,
      done: 0,
      ack: "ok",
      cause,
    });
    expect([...progress.timeout(GOAL, cause).partial]).toEqual([5]);
  });
});

describe("text of a batch's error", () => {
  const message = (ack: "wait" | "fault" | "none" | "parity") =>
    new BatchProgress(0).failure([{ reg: { port: "dp", a: 0xc }, op: 0 }], 0, ack);

  it.each([
    ["wait", "dap-wait", /WAIT/],
    ["fault", "dap-fault", /FAULT/],
    ["none", "dap-no-ack", /not acknowledge/],
    ["parity", "dap-parity", /parity/],
  ] as const)("has the acknowledge %s and the register", (ack, code, text) => {
    expect(message(ack)).toMatchObject({ code, ack, message: expect.stringMatching(text) });
    expect(message(ack).message).toMatch(/\(DP register 0xC\)$/);
  });

  it("has how many transfers of the same operation were done", () => {
    const at = (op: number, word?: number): SwdTransfer => ({ reg: { port: "ap", a: 0xc }, op, ...(word && { word }) });
    expect(new BatchProgress(0).failure([at(0), at(1), at(1), at(1)], 3, "wait")).toMatchObject({
      opIndex: 1,
      done: 2,
    });
  });
});
