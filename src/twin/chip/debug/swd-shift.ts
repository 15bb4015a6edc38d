import type { SwdDp } from "./swd-dp.ts";
import { isRequest, TRANSFER_EDGES } from "./swd-phases.ts";

/** A run of clocks, bit 0 of byte 0 first: who drives the line, what the probe puts on it, and the levels after each edge. */
interface Shift {
  readonly direction: Uint8Array;
  readonly out: Uint8Array;
  readonly into: Uint8Array;
  readonly bits: number;
}

/** What a probe clocks: a debug port, or a wire with several. */
type Clocked = Pick<
  SwdDp,
  "clockRun" | "driven" | "isAtRest" | "request" | "readWord" | "readParity" | "endRead" | "endWriting"
>;

/** Who drives a transfer's first 32 edges, and its other 14: the probe the request, and a write's word and parity. */
const READ = { first: 0x000000ff, last: 0x0000 } as const;
const WRITE = { first: 0xffffe0ff | 0, last: 0x3fff } as const;

/** A write's word and its parity bit behind the turnaround; a read's are two edges earlier, as the levels after an edge. */
const WORD = { written: 13, read: 11 } as const;

/** Clocks a run of bits through a debug port, transfers and bytes at once, and gathers the levels after each edge. */
export function shiftThrough(dp: Clocked, shift: Shift): void {
  const { into, bits } = shift;
  into.fill(0);
  for (let at = 0; at < bits; ) {
    const left = bits - at;
    const isAtRest = left >= TRANSFER_EDGES && dp.isAtRest;
    const edges = isAtRest ? transferAt(dp, shift, at) : 0;
    at += edges > 0 ? edges : runAt(dp, shift, at, isAtRest ? idlesAt(shift, at) : Math.min(8, left));
  }
}

/** A transfer at rest: answers the edges that it took, or 0 where no transfer begins here. */
function transferAt(dp: Clocked, { direction, out, into }: Shift, at: number): number {
  const header = bits32(out, at) & 0xff;
  if (!isRequest(header)) return 0;
  const form = (header & 0x04) !== 0 ? READ : WRITE;
  if (bits32(direction, at) !== form.first || (bits16(direction, at + 32) & 0x3fff) !== form.last) return 0;
  if (!dp.request(header)) {
    put(into, at, header | ((dp.driven ?? 1) << 8));
    return 9;
  }
  if (form === READ) {
    const { readWord, readParity } = dp;
    dp.endRead();
    putTransfer(into, at, header | 0x100, readWord, WORD.read, readParity | 0x6);
  } else {
    const word = bits32(out, at + WORD.written);
    const parityBit = bits16(out, at + TRANSFER_EDGES - 1) & 1;
    dp.endWriting(word, parityBit);
    putTransfer(into, at, header | 0x1900, word, WORD.written, parityBit);
  }
  return TRANSFER_EDGES;
}

/** Edges before the next transfer at rest, at least one and at most eight: those of zeros, or eight where none are. */
function idlesAt({ out, direction }: Shift, at: number): number {
  const zeros = Math.min(8, lowestOne(bits16(out, at) | ~bits16(direction, at)));
  return zeros === 0 ? 8 : zeros;
}

/** At most `most` edges, which all have the probe drive the line, or none: a transfer often begins where it takes it. */
function runAt(dp: Clocked, { direction, out, into }: Shift, at: number, most: number): number {
  const driven = bits16(direction, at);
  const count = Math.min(most, lowestOne((driven & 1) === 0 ? driven : ~driven));
  const all = (1 << count) - 1;
  put(into, at, dp.clockRun(bits16(out, at) & all, driven & all, count));
  return count;
}

/** The number of a word's lowest bit that is 1; 32 for none. */
const lowestOne = (word: number): number => (word === 0 ? 32 : 31 - Math.clz32(word & -word));

/** At least 16 bits from bit `at` on, and zeros behind the last. */
function bits16(bytes: Uint8Array, at: number): number {
  const byte = at >>> 3;
  const behind = byte + 2 < bytes.length ? bytes[byte + 2] << 16 : 0;
  const high = byte + 1 < bytes.length ? bytes[byte + 1] << 8 : 0;
  return (bytes[byte] | high | behind) >>> (at & 7);
}

/** 32 bits from bit `at` on, of an array that has as many. */
function bits32(bytes: Uint8Array, at: number): number {
  const byte = at >>> 3;
  const shift = at & 7;
  const low = bytes[byte] | (bytes[byte + 1] << 8) | (bytes[byte + 2] << 16) | (bytes[byte + 3] << 24);
  return shift === 0 ? low : (low >>> shift) | (bytes[byte + 4] << (32 - shift));
}

/** Puts what a transfer left on the line: its first bits, the word from bit `from` on, and what follows that. */
function putTransfer(into: Uint8Array, at: number, first: number, word: number, from: number, behind: number): void {
  put(into, at, first | (word << from));
  put(into, at + 32, (word >>> (32 - from)) | (behind << from));
}

/** Sets the ones of 32 bits from bit `at` on. */
function put(into: Uint8Array, at: number, value: number): void {
  const shift = at & 7;
  const low = value << shift;
  let byte = at >>> 3;
  for (let rest = low; rest !== 0; rest >>>= 8) into[byte++] |= rest & 0xff;
  if (shift !== 0) into[(at >>> 3) + 4] |= value >>> (32 - shift);
}
