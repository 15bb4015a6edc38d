import type { MemoryOp } from "../../adi/memory.ts";
import { wordReads, wordWrites } from "../../adi/word-ops.ts";
import { bytesOfWords, equalBytes } from "../../base/bytes.ts";
import type { PieceWork } from "../../cortex/run-code.ts";

/** Bytes that one piece reads back: less than 5 ms by a J-Link on full speed, of which 1 is the round trip. */
const PIECE = 0x200;

/** Code on its way into RAM: it is written, and then every byte is read back, in pieces or at once. */
export class CodeUpload implements PieceWork {
  private readonly at: number;
  private readonly code: Uint8Array;
  private isWritten = false;
  /** Bytes that were read back, and were right. */
  private proved = 0;
  private isWrong = false;

  constructor(at: number, code: Uint8Array) {
    this.at = at;
    this.code = code;
  }

  /** Whether the RAM holds all of it. */
  get isRight(): boolean {
    return this.isWritten && !this.isWrong && this.proved === this.code.length;
  }

  /** The write, and then one piece of the reading after the other. */
  next(): readonly MemoryOp[] | undefined {
    if (!this.isWritten) return this.write();
    const left = this.code.length - this.proved;
    return left === 0 || this.isWrong ? undefined : wordReads(this.at + this.proved, Math.min(PIECE, left));
  }

  /** All that is left. */
  rest(): readonly MemoryOp[] {
    // What was wrong once is written again, and read back as a whole.
    const write = this.isWritten && !this.isWrong ? [] : this.write();
    return [...write, ...wordReads(this.at + this.proved, this.code.length - this.proved)];
  }

  take(words: Uint32Array): void {
    const bytes = bytesOfWords(words);
    const wanted = this.code.subarray(this.proved, this.proved + bytes.length);
    if (equalBytes(bytes, wanted)) this.proved += bytes.length;
    else this.isWrong = true;
  }

  forget(): void {
    this.isWritten = false;
    this.proved = 0;
  }

  private write(): readonly MemoryOp[] {
    [this.isWritten, this.isWrong, this.proved] = [true, false, 0];
    return wordWrites(this.at, this.code);
  }
}
