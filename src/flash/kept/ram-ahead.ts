import type { MemoryOp } from "../../adi/memory.ts";
import { wordReads } from "../../adi/word-ops.ts";
import { bytesOfWords, concatBytes } from "../../base/bytes.ts";
import type { Range } from "../../chips/flash-bank.ts";
import type { PieceWork } from "../../cortex/run-code.ts";
import type { KeptRam } from "./ram-back.ts";

/** Bytes of one piece: 4 ms by a J-Link on full speed. */
const PIECE = 0x200;

/** RAM that is read, piece by piece, before a loader needs it. */
export class RamAhead implements PieceWork {
  private readonly ranges: readonly Range[];
  /** What was read of each range, by its start. */
  private readonly read = new Map<number, Uint8Array>();
  private proofs: readonly ((bytes: Uint8Array) => boolean)[] | undefined;
  private piece: Range | undefined;

  constructor(ranges: readonly Range[]) {
    this.ranges = ranges;
  }

  /** The ranges where nothing proves them yet. */
  get unproven(): readonly Range[] {
    return this.proofs ? [] : this.ranges;
  }

  /** Takes what proves the bytes of each range. */
  prove(proofs: readonly ((bytes: Uint8Array) => boolean)[]): void {
    this.proofs = proofs;
  }

  next(): readonly MemoryOp[] | undefined {
    const range = this.ranges.find((each) => this.left(each).length > 0);
    if (!range) return undefined;
    const { start, length } = this.left(range);
    this.piece = { start, length: Math.min(PIECE, length) };
    return wordReads(start, this.piece.length);
  }

  take(words: Uint32Array): void {
    const { piece } = this;
    const range = this.ranges.find(
      ({ start, length }) => piece && piece.start >= start && piece.start < start + length,
    );
    if (range) this.read.set(range.start, concatBytes([this.known(range), bytesOfWords(words)]));
  }

  forget(): void {
    this.read.clear();
    this.proofs = undefined;
  }

  /** What was read of a range. */
  known({ start }: Range): Uint8Array {
    return this.read.get(start) ?? new Uint8Array();
  }

  /** What was not read of a range yet. */
  left(range: Range): Range {
    const { length } = this.known(range);
    return { start: range.start + length, length: range.length - length };
  }

  /** Whether the target's checks of a range prove these bytes. */
  isProven({ start, bytes }: KeptRam): boolean {
    const at = this.ranges.findIndex((range) => range.start === start && range.length === bytes.length);
    return this.proofs?.[at]?.(bytes) ?? false;
  }
}
