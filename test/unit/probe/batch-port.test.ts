import { describe, expect, it } from "vitest";
import { MILLISECOND, within } from "../../../src/base/clock.ts";
import type { DapAck } from "../../../src/probe/probe-error.ts";
import type { DapOp, DapReg } from "../../../src/probe/probe.ts";
import { BatchPort } from "../../../src/probe/swd/batch-port.ts";
import type { RunResult, TransferLink, TransferRun } from "../../../src/probe/swd/transfer-link.ts";
import { FakeClock } from "./fake-clock.ts";

const dp = (a: DapReg["a"]): DapReg => ({ port: "dp", a });
const ap = (a: DapReg["a"]): DapReg => ({ port: "ap", a });
const read = (reg: DapReg, count = 1): DapOp => ({ op: "read", reg, count });
const write = (reg: DapReg, ...words: number[]): DapOp => ({ op: "write", reg, words });

/** What the link answers to its nth run, from 0; a run that the test says nothing of is done to its end. */
type Answer = (n: number, run: TransferRun) => Exclude<DapAck, "ok"> | undefined;

/** A link that carries runs out and keeps which transfers each of them had. */
class FakeLink implements TransferLink {
  readonly posted = "by the probe" as const;
  readonly transfersPerRoundTrip = 100;
  readonly pollsPerRoundTrip = 2;
  readonly runs: (readonly [from: number, to: number])[] = [];
  readonly calls: string[] = [];
  wake?: TransferLink["wake"] & {};
  private readonly answer: Answer;

  constructor(answer: Answer = () => undefined) {
    this.answer = answer;
  }

  async send(run: TransferRun, progress: Parameters<TransferLink["send"]>[1]): Promise<RunResult> {
    const { transfers, from, to } = run;
    const failed = this.answer(this.runs.push([from, to]) - 1, run);
    if (failed) return { done: from, ack: failed, pending: false };
    const part = transfers.slice(from, to);
    progress.take(
      part,
      part.map(() => ({ ack: "ok", word: 0x1234 })),
    );
    return { done: to, ack: "ok", pending: false };
  }

  async readFlags() {
    return { ack: "ok", word: 2 } as const;
  }

  async abort(word: number) {
    this.calls.push(`abort ${word}`);
  }

  async resynchronise() {
    this.calls.push("resynchronise");
  }

  async clockOut() {
    this.calls.push("clock out");
  }

  async clockRuns() {
    return [];
  }
}

describe("a port that wakes a target in one round trip", () => {
  const waking = (ack: DapAck, answer?: Answer) => {
    const link = new FakeLink(answer);
    link.wake = async () => ({ ack, word: 0x2ba01477 });
    return { link, port: new BatchPort(link, new FakeClock()) };
  };

  it("is one whose link can", () => {
    expect(new BatchPort(new FakeLink(), new FakeClock()).wake).toBeUndefined();
    expect(waking("ok").port.wake).toBeDefined();
  });

  it("answers the DPIDR that came, and reads it again only where none did", async () => {
    const { link, port } = waking("ok");
    expect(await port.wake?.(new Uint8Array(8), 64)).toBe(0x2ba01477);
    expect(link.runs).toEqual([]);
    expect(await waking("parity").port.wake?.(new Uint8Array(8), 64)).toBe(0x1234);
  });

  it("fails at DPIDR where nothing answers", async () => {
    const { port } = waking("none", () => "none");
    await expect(port.wake?.(new Uint8Array(8), 64)).rejects.toMatchObject({
      code: "dap-no-ack",
      message: "The target did not acknowledge (DP register 0x0)",
    });
  });

  it("knows nothing of the target any more, so that its transfers wait for each other again", async () => {
    const overrun: boolean[] = [];
    const { port } = waking("ok", (_, run) => void overrun.push(run.overrunDetection));
    await port.transfer([write(dp(4), 0x50000001)]);
    await port.transfer([read(dp(4))]);
    await port.wake?.(new Uint8Array(8), 64);
    await port.transfer([read(dp(4))]);
    expect(overrun).toEqual([false, true, false]);
  });
});

describe("an ABORT among transfers", () => {
  const runsOf = async (...ops: readonly DapOp[]) => {
    const link = new FakeLink();
    await new BatchPort(link, new FakeClock()).transfer(ops);
    return link.runs;
  };
  const ABORT = write(dp(0), 0x1e);

  it("begins a run, and the first of a batch is no run of nothing before it", async () => {
    expect(await runsOf(ABORT, write(ap(4), 0), ABORT, write(ap(4), 4))).toEqual([
      [0, 2],
      [2, 4],
    ]);
    expect(await runsOf(write(dp(8), 0), ABORT)).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  it("is a write of DP register 0: a read of it, and an AP's register 0, are none", async () => {
    expect(await runsOf(write(ap(4), 0), write(ap(0), 1), write(ap(4), 1))).toEqual([[0, 3]]);
    expect(await runsOf(read(dp(4)), read(dp(0)), read(dp(4)))).toHaveLength(1);
  });
});

describe("a target that answers WAIT", () => {
  const WAITING = write(ap(4), 0);

  it("is asked for one transfer at a time until it answers, then for all the rest", async () => {
    const link = new FakeLink((n) => (n < 2 ? "wait" : undefined));
    await new BatchPort(link, new FakeClock()).transfer([WAITING, WAITING, WAITING]);
    expect(link.runs).toEqual([
      [0, 3],
      [0, 1],
      [0, 1],
      [1, 3],
    ]);
  });

  it("can be called off between two tries, as aborted and by the name of the batch", async () => {
    const [controller, clock] = [new AbortController(), new FakeClock()];
    const link = new FakeLink((n) => {
      clock.pass(100 * MILLISECOND);
      if (n === 2) controller.abort();
      return "wait";
    });
    const work = new BatchPort(link, clock).transfer([WAITING], { signal: controller.signal });
    await expect(work).rejects.toMatchObject({
      code: "aborted",
      message: expect.stringContaining("the transfers of a batch"),
    });
    expect(link.runs).toHaveLength(3);
  });

  it("is given up with dap-wait, not left with a timeout, at the caller's deadline", async () => {
    const clock = new FakeClock();
    const link = new FakeLink(() => {
      clock.pass(6 * MILLISECOND);
      return "wait";
    });
    const work = new BatchPort(link, clock).transfer([WAITING], within(clock, 10));
    await expect(work).rejects.toMatchObject({ code: "dap-wait" });
    expect(link.runs).toHaveLength(2);
  });

  it("is given up after a second where the caller has no deadline", async () => {
    const clock = new FakeClock();
    const link = new FakeLink(() => {
      clock.pass(501 * MILLISECOND);
      return "wait";
    });
    await expect(new BatchPort(link, clock).transfer([WAITING])).rejects.toMatchObject({ code: "dap-wait" });
    expect(link.runs).toHaveLength(3);
  });
});

describe("a register that is waited for", () => {
  const UNTIL: DapOp = { op: "until", reg: dp(4), mask: 1, value: 1 };

  const polled = (calledOffAt?: number) => {
    const [controller, clock] = [new AbortController(), new FakeClock()];
    const link = new FakeLink((n) => {
      clock.pass(300 * MILLISECOND);
      if (n === calledOffAt) controller.abort();
      return undefined;
    });
    return { link, work: new BatchPort(link, clock).transfer([UNTIL], { signal: controller.signal }) };
  };

  it("can be called off between two polls", async () => {
    const { link, work } = polled(1);
    await expect(work).rejects.toMatchObject({ code: "aborted" });
    expect(link.runs).toHaveLength(2);
  });

  it("is waited for a second where the caller has no deadline", async () => {
    await expect(polled().work).rejects.toMatchObject({ code: "dap-until-timeout", opIndex: 0 });
  });
});
