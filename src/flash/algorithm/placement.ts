import { alignUp } from "../../base/u32.ts";
import type { FlashAlgorithm } from "../../chips/flash-algorithm.ts";
import type { Range } from "../../chips/flash-bank.ts";
import { holds } from "../../chips/sectors.ts";
import { callWordsLength } from "./call-words.ts";
import { ALGORITHM_STUB } from "./stub-code.ts";

/** Bytes of stack where an algorithm does not say; none of those that were measured needs a quarter of it. */
const USUAL_STACK = 512;
/** The same where the RAM is too small for that: four times what was measured. */
const SMALL_STACK = 256;

/**
 * What an algorithm gets beside its code, the best first: calls that wait on the target, a power of two; buffers of a page;
 * `guard` is the length of memory that nothing has reason to write, around everything that the algorithm writes.
 */
const ROOMS = [
  { slots: 4, buffers: 4, guard: 16, stack: USUAL_STACK },
  { slots: 2, buffers: 2, guard: 16, stack: USUAL_STACK },
  { slots: 1, buffers: 1, guard: 16, stack: USUAL_STACK },
  { slots: 1, buffers: 1, guard: 8, stack: SMALL_STACK },
] as const;

/** The most bytes of buffers beyond two: what takes longer to write than to place is no gain. */
const MOST_BUFFERS = 0x2000;

type Room = (typeof ROOMS)[number];

/** Bytes of the stub's code. */
export const STUB_LENGTH = ALGORITHM_STUB.length / 2;

/** A guard, and what it stands behind or before. */
export interface Guard extends Range {
  readonly by: string;
}

/** Where an algorithm and all that it needs lie in RAM; addresses. */
export interface Placement {
  /** From the first byte that is used to the last one. */
  readonly all: Range;
  readonly blob: number;
  readonly stub: number;
  readonly words: number;
  readonly stack: Range;
  /** How many calls wait on the target. */
  readonly slots: number;
  /** One page each: several where there is room, so that some are filled while others are programmed. */
  readonly buffers: readonly number[];
  readonly guards: readonly Guard[];
}

/**
 * Places an algorithm in RAM: at its own address where it has one, else at the beginning, with as many buffers as there
 * is room for. Undefined where the RAM is too small or elsewhere.
 */
function placeAlgorithm(algorithm: FlashAlgorithm, ram: Range): Placement | undefined {
  for (const room of ROOMS) {
    if (room.buffers > 2 && room.buffers * algorithm.pageSize > MOST_BUFFERS) continue;
    const placement = placeWith(algorithm, ram, room);
    if (placement) return placement;
  }
  return undefined;
}

/** Places an algorithm in the first of a chip's RAMs that has room, from where it names RAM on before all others. */
export function placeInRams(algorithm: FlashAlgorithm, rams: readonly Range[]): Placement | undefined {
  for (const ram of ranked(algorithm, rams)) {
    const placement = placeAlgorithm(algorithm, ram);
    if (placement) return placement;
  }
  return undefined;
}

/** From where the algorithm names RAM to the end of that RAM, whose stated size is no bound; then all RAM as it is. */
function ranked({ ram }: FlashAlgorithm, rams: readonly Range[]): readonly Range[] {
  const named = ram && rams.find((range) => holds(range, ram.start));
  if (!ram || !named) return rams;
  return [{ start: ram.start, length: named.start + named.length - ram.start }, named, ...rams];
}

function placeWith(algorithm: FlashAlgorithm, ram: Range, room: Room): Placement | undefined {
  const { loadAddress } = algorithm;
  if (loadAddress === undefined) return within(ram, layOut(algorithm, ram.start, room));
  const end = loadAddress + algorithm.blob.length;
  if (loadAddress % 4 !== 0 || loadAddress < ram.start || end > ram.start + ram.length) return undefined;
  const behind = layOut(algorithm, end, room);
  const before = { start: ram.start, length: loadAddress - ram.start };
  const split =
    alignUp(ram.start, 8) + stubLength(room) <= loadAddress ? layOut(algorithm, end, room, ram.start) : behind;
  return within(ram, behind) ?? within(before, layOut(algorithm, ram.start, room), algorithm) ?? within(ram, split);
}

/** Bytes of the stub, its words and the guard behind them. */
const stubLength = ({ slots, guard }: Room): number => alignUp(STUB_LENGTH + callWordsLength(slots), 8) + guard;

/** A placement that lies in a range, with the blob where that has an address of its own. */
function within(range: Range, placed: Placement, own?: FlashAlgorithm): Placement | undefined {
  const { start, length } = placed.all;
  const from = own ? start : Math.min(start, placed.blob);
  if (from < range.start || start + length > range.start + range.length) return undefined;
  const end = Math.max(start + length, own ? placed.blob + own.blob.length : 0);
  return { ...placed, all: { start: from, length: end - from } };
}

/** Everything one behind the other, a guard after each part; the stub elsewhere where there is too little room. */
function layOut(algorithm: FlashAlgorithm, from: number, room: Room, stubFrom = from): Placement {
  const { slots, guard } = room;
  let at = alignUp(stubFrom, 8);
  const guards: Guard[] = [];
  const take = (length: number, by: string): number => {
    const start = at;
    guards.push({ start: start + alignUp(length, 8), length: guard, by });
    at = start + alignUp(length, 8) + guard;
    return start;
  };
  const isFixed = algorithm.loadAddress !== undefined;
  if (isFixed && stubFrom === from) take(0, "the algorithm's data");
  const stub = take(STUB_LENGTH + callWordsLength(slots), "the words of its calls");
  if (stubFrom !== from) {
    at = alignUp(from, 8);
    take(0, "the algorithm's data");
  }
  const blob = algorithm.loadAddress ?? take(algorithm.blob.length, "the algorithm's data");
  const stackLength = alignUp(Math.max(algorithm.stackSize ?? 0, room.stack), 8);
  // What stands before the stack is what an overflow reaches first.
  guards[guards.length - 1] = { ...guards[guards.length - 1], by: "the algorithm's data, below its stack" };
  const stack = { start: take(stackLength, "the stack"), length: stackLength };
  const buffers = Array.from({ length: room.buffers }, () => take(algorithm.pageSize, "a buffer"));
  const start = alignUp(stubFrom, 8);
  const words = stub + STUB_LENGTH;
  return { all: { start, length: at - start }, blob, stub, words, slots, stack, buffers, guards };
}
