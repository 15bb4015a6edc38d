import { concatBytes } from "../../base/bytes.ts";
import type { MailboxCommand } from "../ram-mailbox.ts";

/** How long a queue is: its ring, whose size is a power of two, and its buffers from an offset in the work RAM on. */
export interface QueueRoom {
  readonly stepCount: number;
  readonly buffers: number;
  readonly bufferCount: number;
  /** Steps whose data are neighbours become one, up to a buffer's bytes. */
  readonly bufferSize: number;
}

/** Why a loader with a queue did not begin a step, whatever its family; the target's side is `target/queue.h`. */
export const REFUSAL = {
  BAD_SETUP: 0x80000100,
  BAD_STEP: 0x80000200,
  BAD_DATA: 0x80000300,
  FORBIDDEN: 0x80000400,
} as const;

/** Each refusal as the end of a sentence. */
export const REFUSALS: ReadonlyMap<number, string> = new Map([
  [REFUSAL.BAD_SETUP, "its set-up did not arrive as it was sent"],
  [REFUSAL.BAD_STEP, "the step did not arrive as it was sent"],
  [REFUSAL.BAD_DATA, "the data did not arrive as they were sent"],
  [REFUSAL.FORBIDDEN, "the job does not change that sector"],
]);

/** Where a queue lies in the work RAM, from its start; the ring's size is a power of two. */
export interface QueueLayout {
  readonly start: number;
  readonly code: number;
  readonly setup: number;
  readonly stackTop: number;
  readonly steps: number;
  readonly stepCount: number;
  readonly buffers: number;
  readonly bufferSize: number;
  readonly bufferCounts: { readonly kept: number; readonly given: number };
  readonly end: number;
  /** Where RAM is given back, in place of the above: every byte of it crosses the wire twice. */
  readonly kept?: QueueRoom;
  /** Where RAM is not given back, in place of the above. */
  readonly given?: QueueRoom;
  /** Where a whole bank is erased and RAM is not given back: room for what comes in meanwhile. */
  readonly long?: QueueRoom & { readonly end: number };
}

/** The ring and the buffers of a job, in work RAM of so many bytes. */
export function roomFor(
  { long, given, kept, stepCount, buffers, bufferSize, bufferCounts }: QueueLayout,
  { isKept, isLong, ramLength }: { readonly isKept: boolean; readonly isLong: boolean; readonly ramLength: number },
): QueueRoom {
  if (isLong && !isKept && long && long.end <= ramLength) return long;
  if (!isKept && given) return given;
  if (isKept && kept) return kept;
  return { stepCount, buffers, bufferSize, bufferCount: isKept ? bufferCounts.kept : bufferCounts.given };
}

/** One step: its words in the target's order, with the place of the data in the one at `BUFFER`. */
export interface QueueStep {
  /** As its errors name it, and how long it may take. */
  readonly about: MailboxCommand;
  readonly command: number;
  readonly address: number;
  readonly length: number;
  readonly operands: readonly [address: number, word0: number, word1: number];
  readonly data?: Uint8Array;
}

/** The steps with one more, which becomes a part of the last one where the data of both fit one buffer without a gap. */
export function withStep(steps: readonly QueueStep[], step: QueueStep, size: number): readonly QueueStep[] {
  const last = steps.at(-1);
  const cut = (address: number) => address - (address % size);
  const isNext = last?.command === step.command && last.address + last.length === step.address;
  if (!last?.data || !step.data || !isNext || cut(last.address) !== cut(step.address)) return [...steps, step];
  const data = concatBytes([last.data, step.data]);
  return [...steps.slice(0, -1), { ...last, length: data.length, data }];
}

/** Whether steps are worth a transfer: half of the buffers, or two sectors where a buffer takes one. */
export function isWorthSending(
  steps: readonly QueueStep[],
  { stepCount, bufferCount, bufferSize }: QueueRoom,
): boolean {
  // One more may come before they go, and all have to fit the ring.
  if (steps.length >= Math.min(MOST_WAITING, stepCount - 1)) return true;
  const filled = steps.filter(({ data }) => data);
  const last = filled.at(-1);
  if (bufferCount <= SHORT) return filled.length >= Math.max(1, bufferCount / 2);
  return filled.length > 1 && last !== undefined && (last.address + last.length) % bufferSize === 0;
}

/** The most steps that wait on this side. */
const MOST_WAITING = 8;

/** The most buffers of which half go at once. */
const SHORT = 8;
