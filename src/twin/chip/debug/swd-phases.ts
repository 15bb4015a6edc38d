/** What the next edge means to a port. JTAG, DORMANT and UNSELECTED are silent; UNSELECTED ends with a line reset. */
export const PHASE = {
  JTAG: 0,
  UNSELECTED: 1,
  RESET: 2,
  IDLE: 3,
  HEADER: 4,
  TURNAROUND: 5,
  ACKNOWLEDGE: 6,
  READ: 7,
  READ_END: 8,
  WRITE_TURNAROUND: 9,
  WRITE: 10,
  /** The data phase of a TARGETSEL write, whose acknowledge no target drives (ADIv5.2, B4.3.4). */
  TARGETSEL: 11,
  DORMANT: 12,
} as const;

/** Ones in a row that reset the line (ADIv5.2, B4.3.3); one less does not. */
export const LINE_RESET_ONES = 50;

/** Edges of a request (ADIv5.2, B4.2.1). */
export const REQUEST_EDGES = 8;
/** Edges of a transfer with its data phase, where a turnaround takes one clock. */
export const TRANSFER_EDGES = 46;

/** 1 where a word has an odd number of ones: SWD's parity bit (ADIv5.2, B4.1.6). */
export function parity32(word: number): number {
  let folded = word ^ (word >>> 16);
  folded ^= folded >>> 8;
  folded ^= folded >>> 4;
  return (0x6996 >>> (folded & 0xf)) & 1;
}

/** 1 where the five bits have odd parity, by value. */
const ODD = Uint8Array.from({ length: 32 }, (_, n) => parity32(n));

/** Whether five bits, a request with its parity, have an odd number of ones. */
export const isOdd = (bits: number): boolean => ODD[bits] === 1;

/** Whether eight bits, the first one lowest, are a request: start, stop and park bit, and the parity right. */
export const isRequest = (bits: number): boolean => (bits & 0xc1) === 0x81 && !isOdd((bits >>> 1) & 0x1f);

/** Ones in a row at the end of a read that was acknowledged OK: the pull-up behind the parity bit, that, and the word's. */
export const onesAfterRead = (word: number, parityBit: number): number => (parityBit === 0 ? 1 : 2 + Math.clz32(~word));

/** The same of a write: its parity bit, the word's, and the pull-up before them. */
export const onesAfterWrite = (word: number, parityBit: number): number =>
  parityBit === 0 ? 0 : 1 + Math.clz32(~word) + (~word === 0 ? 1 : 0);
