import type { MemoryOp } from "../../adi/memory.ts";
import { wordWrites } from "../../adi/word-ops.ts";
import type { PieceWork } from "../../cortex/run-code.ts";

/** RAM as it was. */
export interface KeptRam {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** Bytes of one piece: 3 ms by a J-Link on full speed. */
const PIECE = 0x200;

/** RAM that is given back piece by piece. */
export class RamBack implements PieceWork {
  private readonly parts: readonly KeptRam[];
  /** How many bytes of each part are written, by its start. */
  private readonly written = new Map<number, number>();

  constructor(parts: readonly KeptRam[]) {
    this.parts = parts;
  }

  next(): readonly MemoryOp[] | undefined {
    const part = this.parts.find(({ start, bytes }) => this.count(start) < bytes.length);
    if (!part) return undefined;
    const { start, bytes } = part;
    const from = this.count(start);
    const to = Math.min(bytes.length, from + PIECE);
    this.written.set(start, to);
    return wordWrites(start + from, bytes.subarray(from, to));
  }

  take(): void {}

  forget(): void {
    this.written.clear();
  }

  /** What is not yet written of a part; undefined for one that is none of these. */
  left(part: KeptRam): readonly KeptRam[] | undefined {
    if (!this.parts.includes(part)) return undefined;
    const from = this.count(part.start);
    return from === part.bytes.length ? [] : [{ start: part.start + from, bytes: part.bytes.subarray(from) }];
  }

  private count(start: number): number {
    return this.written.get(start) ?? 0;
  }
}
