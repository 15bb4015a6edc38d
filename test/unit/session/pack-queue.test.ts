import { beforeAll, describe, expect, it } from "vitest";
import type { MemoryOp } from "../../../src/adi/memory.ts";
import { codeOf } from "../../../src/base/errors.ts";
import { placeInRams } from "../../../src/flash/algorithm/placement.ts";
import { CALL_WORDS, callWordsLength, SLOT_LENGTH, SLOT_WORDS, STOP } from "../../../src/flash/algorithm/call-words.ts";
import type { FlashJob, FlashReport } from "../../../src/session/flash-job.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import { connect } from "../../../src/session/connect.ts";
import type { Session } from "../../../src/session/session.ts";
import { createTwin, type TwinOptions, type TwinState } from "../../../src/twin/usb.ts";
import { hasJudge, requiredJudges } from "../../../tools/judges.mjs";
import { board, example, flashBoard, probeOf } from "../../support/board.ts";
import { Chance } from "../../support/chance.ts";
import { ownAlgorithm, ownChip } from "../../support/own-packs.ts";

const GCC = "arm-none-eabi-gcc";
const K24 = "MK24FN1M0xxx12";

let open: TwinState;
beforeAll(async () => {
  const twin = board({ flash: "zero" });
  await flashBoard(twin, example("bootloader-open.hex"), { massErase: true, policy: "keep-open" });
  open = twin.snapshot();
});

type Write = Extract<MemoryOp, { readonly op: "write" }>;

/** What went to the slots of calls: how many calls, how many of them while one before had not ended, in how many batches. */
interface Queued {
  calls: number;
  queued: number;
  batches: number;
}

interface Watched {
  readonly error?: unknown;
  readonly report?: FlashReport;
  readonly queued: Queued;
  readonly flash: Uint8Array;
}

/** Flashes 64 KB by our own algorithm at 0x80000, where all is blank, in 64 pages; `change` may spoil what is written to a slot. */
async function flashWatched(
  options: Partial<TwinOptions>,
  change: (write: Write, calls: number) => Write = (write) => write,
  algorithm = ownAlgorithm("kinetis-ftfe"),
): Promise<Watched> {
  const twin = createTwin({ chip: K24, state: open, ...options });
  const chip = ownChip("OWN-K24", algorithm);
  const words = placeInRams(algorithm, chip.workRam)?.words ?? 0;
  const probe = await probeOf(twin);
  const session = await connect({ probe, clock: twin.clock, chip, hz: 4_000_000, how: "halt" });
  const queued = { calls: 0, queued: 0, batches: 0 };
  watch(session, words, queued, change);
  const segments = [{ name: "random", address: 0x80000, bytes: new Chance(12).bytes(0x10000) }];
  const job: FlashJob = {
    image: { format: "raw", segments, symbols: [] },
    ...{ policy: "keep-open", permits: [], keepRest: false },
  };
  const ended = await flashImage(session, job).then(
    (report) => ({ report }),
    (error: unknown) => ({ error }),
  );
  await session.close();
  await probe.close();
  return { ...ended, queued, flash: twin.peekFlash(0, 0x100000) };
}

function watch({ core }: Session, words: number, queued: Queued, change: (write: Write, calls: number) => Write): void {
  const { memory } = core;
  const run = memory.run.bind(memory);
  const slotOf = (address: number) => address - words - CALL_WORDS.slots;
  const isFunction = (op: MemoryOp): op is Write =>
    op.op === "write" &&
    op.value > STOP &&
    slotOf(op.address) >= 0 &&
    op.address < words + callWordsLength(4) &&
    slotOf(op.address) % SLOT_LENGTH === SLOT_WORDS.function;
  memory.run = async (ops, io) => {
    const count = ops.filter(isFunction).length;
    if (count > 0) {
      const [ended] = await run([{ op: "read", address: words + CALL_WORDS.ended, width: 32 }], io);
      queued.queued += ended < queued.calls ? count : count - 1;
      queued.batches++;
      queued.calls += count;
    }
    return run(
      ops.map((op) => (op.op === "write" ? change(op, queued.calls) : op)),
      io,
    );
  };
}

describe.runIf(hasJudge(GCC) || requiredJudges().includes(GCC))("calls of a pack's algorithm", () => {
  // By full speed the wire is slower than this algorithm: only the second page of each batch waits for the first.
  it.each([
    ["jlink", { calls: 66, queued: 32, batches: 35, ms: 601 }],
    ["cmsis-dap-hs", { calls: 66, queued: 62, batches: 35, ms: 338 }],
  ] as const)("wait on the target, so that the next page begins as one ends: %s", async (probe, expected) => {
    const { report, error, queued } = await flashWatched({ probe });
    expect([error, report?.verify.verdict]).toEqual([undefined, "equal"]);
    expect({ ...queued, ms: Math.round(report?.phases.program ?? 0) }).toEqual(expected);
  });

  it("are not made where an argument comes changed to the target, nor is any behind it: nothing else is erased or programmed", async () => {
    let spoiled = 0;
    const { error, flash } = await flashWatched({}, (write, calls) => {
      if (calls < 20 || spoiled > 0 || write.value < 0x80000 || write.value >= 0x90000) return write;
      spoiled++;
      return { ...write, value: write.value ^ 0x20000 };
    });
    expect([spoiled, codeOf(error)]).toEqual([1, "loader-failed"]);
    expect(Buffer.from(flash.subarray(0x90000)).equals(Buffer.alloc(0x70000, 0xff))).toBe(true);
    expect(Buffer.from(flash.subarray(0x88000, 0x90000)).equals(Buffer.alloc(0x8000, 0xff))).toBe(true);
  });
});
