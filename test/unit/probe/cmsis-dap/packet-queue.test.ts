import { describe, expect, it } from "vitest";
import { DapLink } from "../../../../src/probe/cmsis-dap/dap-link.ts";
import { runPackets } from "../../../../src/probe/cmsis-dap/packet-queue.ts";
import { BatchProgress } from "../../../../src/probe/swd/batch-progress.ts";
import type { SwdTransfer } from "../../../../src/probe/swd/swd-transfer.ts";
import { FakeClock } from "../fake-clock.ts";
import { FakePipe } from "./fake-pipe.ts";

const DP = { port: "dp", a: 0x4 } as const;
const AP = { port: "ap", a: 0xc } as const;

/** Reads of so many words; a packet of 64 bytes holds 15, and the one behind it 14. */
const reads = (count: number, reg: SwdTransfer["reg"] = DP): readonly SwdTransfer[] =>
  Array.from({ length: count }, (_, result) => ({ reg, op: 0, result }));

/** The answer to DAP_Transfer: so many done, acknowledged so, and their words. */
const ANSWER = { ok: 1, wait: 2 } as const;
const answer = (done: number, ack: keyof typeof ANSWER = "ok", words = done) => [
  ...[0x05, done, ANSWER[ack]],
  ...Array.from({ length: words }, (_, i) => [i + 1, 0, 0, 0]).flat(),
];

interface Setup {
  readonly answers: readonly (readonly number[])[];
  readonly transfers?: readonly SwdTransfer[];
  readonly overrunDetection?: boolean;
  /** The check that calls the run off, counted from 1. */
  readonly offAt?: number;
  readonly count?: number;
}

function run({ answers, transfers = reads(44), overrunDetection = true, offAt = 0, count = 2 }: Setup) {
  const pipe = new FakePipe(answers);
  const link = new DapLink(pipe, new FakeClock(), "exact", "Probe");
  link.limits = { size: 64, count };
  let checks = 0;
  const check = () => {
    if (++checks === offAt) throw new Error("called off");
  };
  const progress = new BatchProgress(transfers.length);
  const work = runPackets(link, { transfers, from: 0, to: transfers.length, overrunDetection, check }, progress);
  return { pipe, work, progress };
}

describe("packets of a run", () => {
  it("bring every word to its place", async () => {
    const { work, progress, pipe } = run({ answers: [answer(15), answer(14), answer(15)] });
    expect(await work).toEqual({ done: 44, ack: "ok", pending: false });
    expect([progress.words[0], progress.words[15], progress.words[28], progress.words[43]]).toEqual([1, 1, 14, 15]);
    expect(pipe.written).toHaveLength(3);
  });

  it("bring the words of reads that stand behind writes", async () => {
    const transfers: readonly SwdTransfer[] = [
      { reg: AP, word: 7, op: 0 },
      { reg: DP, op: 1, result: 0 },
    ];
    const { work, progress } = run({ answers: [answer(2, "ok", 1)], transfers });
    expect(await work).toEqual({ done: 2, ack: "ok", pending: false });
    expect([...progress.words]).toEqual([1, 0]);
  });

  it("end with the first that fails, and what is under way is read", async () => {
    const { work, pipe } = run({ answers: [answer(3, "wait"), answer(0, "wait")] });
    expect(await work).toEqual({ done: 3, ack: "wait", pending: false });
    expect([pipe.written.length, pipe.asked.length]).toEqual([2, 2]);
  });

  it("go out one by one without overrun detection", async () => {
    const { work, pipe } = run({ answers: [answer(3, "wait")], overrunDetection: false });
    expect(await work).toMatchObject({ done: 3, ack: "wait" });
    expect(pipe.written).toHaveLength(1);
  });

  it("leave an AP access pending whose value was not fetched", async () => {
    const all = reads(44, AP);
    const { work, progress } = run({ answers: [answer(3, "wait", 2), answer(0, "wait")], transfers: all });
    expect(await work).toEqual({ done: 3, ack: "wait", pending: true });
    expect([...progress.words.slice(0, 4)]).toEqual([1, 2, 0, 0]);
  });
});

describe("a run that is called off", () => {
  it("is so before its first packet, or between two, with every answer read", async () => {
    const first = run({ answers: [], offAt: 1 });
    await expect(first.work).rejects.toThrow("called off");
    expect(first.pipe.written).toHaveLength(0);
    const third = run({ answers: [answer(15), answer(14)], offAt: 3 });
    await expect(third.work).rejects.toThrow("called off");
    expect([third.pipe.written.length, third.pipe.asked.length]).toEqual([2, 2]);
  });

  it("is one that failed where the target refused a packet under way", async () => {
    const { work } = run({ answers: [answer(15), answer(2, "wait")], offAt: 3 });
    await expect(work).resolves.toMatchObject({ done: 17, ack: "wait" });
  });
});
