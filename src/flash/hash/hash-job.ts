import type { Range } from "../../chips/flash-bank.ts";
import type { CheckKeys, Checks } from "./checks.ts";

/** Bytes of neighbours of one length in a job: the first one's address, words of each, how many. */
const RUN_BYTES = 12;
/** Bytes of a range's answer: both checks, and how many words are erased. */
const ANSWER_BYTES = 12;
/** Bytes before the ranges, whose start is that of the job: its head, and random bytes that are checked, too. */
const HEAD_BYTES = 0x60;
const TEST_AT = 0x20;
const TEST_BYTES = HEAD_BYTES - TEST_AT;

/** Neighbours of one length. */
interface Run extends Range {
  readonly times: number;
}

/** What every range of a call is checked with. */
export interface Call {
  readonly nonce: number;
  readonly erasedWord: number;
}

/** The ranges of one call of the routine; the first is that of the test bytes. */
export interface HashJob {
  readonly ranges: readonly Range[];
  /** What is written at the job's address. */
  readonly bytes: Uint8Array;
  /** Where the ranges stand from there, with the answers behind them, and how many bytes both are. */
  readonly answers: Range;
}

/** Ranges cut into parts whose jobs have room in so many bytes each. */
export function partsOf(ranges: readonly Range[], room: number): readonly (readonly Range[])[] {
  const parts: Range[][] = [[]];
  for (const range of ranges) {
    const part = parts[parts.length - 1];
    if (part.length > 0 && sizeOf([...part, range]) > room) parts.push([range]);
    else part.push(range);
  }
  return parts;
}

/** Bytes that a job over these ranges takes, answers included. */
export const sizeOf = (ranges: readonly Range[]): number =>
  HEAD_BYTES + (runsOf(ranges).length + 1) * RUN_BYTES + (ranges.length + 1) * ANSWER_BYTES;

/** A job at an address; `test` is as many random words as `TEST_WORDS`. */
export function hashJob(
  at: number,
  asked: readonly Range[],
  test: Uint8Array,
  { key1, key2, key3 }: CheckKeys,
  { nonce, erasedWord }: Call,
): HashJob {
  const own = { start: at + TEST_AT, length: TEST_BYTES };
  const ranges = [own, ...asked];
  const runs = [{ ...own, times: 1 }, ...runsOf(asked)];
  const bytes = new Uint8Array(HEAD_BYTES + runs.length * RUN_BYTES);
  const view = new DataView(bytes.buffer);
  const head = [key1, key2, key3, nonce, erasedWord, at + HEAD_BYTES, at + bytes.length];
  for (const [i, word] of head.entries()) view.setUint32(4 * i, word, true);
  bytes.set(test, TEST_AT);
  for (const [i, { start, length, times }] of runs.entries()) {
    const place = HEAD_BYTES + i * RUN_BYTES;
    for (const [j, word] of [start, length / 4, times].entries()) view.setUint32(place + 4 * j, word, true);
  }
  const length = runs.length * RUN_BYTES + ranges.length * ANSWER_BYTES;
  return { ranges, bytes, answers: { start: at + HEAD_BYTES, length } };
}

/** Random words in RAM that each call checks with the ranges that were asked for. */
export const TEST_WORDS = TEST_BYTES / 4;

/** The checks range by range, the test's first; undefined where the routine did not have the ranges that were meant. */
export function answersIn({ ranges, bytes }: HashJob, found: Uint8Array): readonly Checks[] | undefined {
  const asked = bytes.subarray(HEAD_BYTES);
  if (asked.some((byte, i) => byte !== found[i])) return undefined;
  const view = new DataView(found.buffer, found.byteOffset + asked.length);
  const word = (range: number, at: number) => view.getUint32(range * ANSWER_BYTES + 4 * at, true);
  return ranges.map((_, i) => ({ first: word(i, 0), second: word(i, 1), erased: word(i, 2) }));
}

function runsOf(ranges: readonly Range[]): readonly Run[] {
  const runs: Run[] = [];
  for (const { start, length } of ranges) {
    const last = runs.at(-1);
    const isNext = last && last.length === length && last.start + last.times * length === start;
    if (isNext) runs[runs.length - 1] = { ...last, times: last.times + 1 };
    else runs.push({ start, length, times: 1 });
  }
  return runs;
}
