import { type AccessSize, BUS_FAULT } from "../cpu/seam.ts";
import type { FlashModel, MarginLevel } from "./flash-model.ts";
import type { Prng } from "./prng.ts";

/** What a flash of one kind is like. */
export interface FlashCellsOptions {
  readonly size: number;
  /** What an erased byte reads. */
  readonly erased: 0xff | 0x00;
  /** Bytes that are programmed, and become unreadable, together. */
  readonly unit: number;
  /** Whether a unit that was left in between cannot be read at all (ECC); otherwise it reads as its cells are. */
  readonly ecc: boolean;
}

const SOUND = 0;
/** Every cell reads right at the normal level, and not at a margin. */
const WEAK = 1;
/** Neither old nor new. */
const BROKEN = 2;

/**
 * Flash cells without anything that only one family has, for families whose behaviour at a power cut no source tells:
 * the worst case of what is plausible (unsure). Each bit that was to change is old or new by chance; a unit with both
 * kinds is unreadable where there is ECC; one that got through is weak, so that a margin read fails.
 */
export class FlashCells implements FlashModel {
  readonly bytes: Uint8Array;
  /** One state a unit, for a state file. */
  readonly marks: Uint8Array;
  private readonly options: FlashCellsOptions;

  constructor(options: FlashCellsOptions) {
    this.options = options;
    this.bytes = new Uint8Array(options.size).fill(options.erased);
    this.marks = new Uint8Array(Math.ceil(options.size / options.unit));
  }

  read(offset: number, size: AccessSize): number {
    if (this.options.ecc && this.marks[Math.floor(offset / this.options.unit)] === BROKEN) return BUS_FAULT;
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.bytes[offset + i];
    return value;
  }

  /** Cells are changed by a controller, not by plain writes. */
  write(_offset: number, _size: AccessSize, _value: number): number {
    return BUS_FAULT;
  }

  program(offset: number, data: Uint8Array): boolean {
    for (const [i, byte] of data.entries()) this.bytes[offset + i] = this.programmed(this.bytes[offset + i], byte);
    return data.every((byte, i) => this.bytes[offset + i] === byte) && !this.has(offset, data.length, BROKEN);
  }

  erase(offset: number, length: number): void {
    this.bytes.fill(this.options.erased, offset, offset + length);
    this.mark(offset, length, () => SOUND);
  }

  cutErase(offset: number, length: number, progress: number, prng: Prng): void {
    const target = new Uint8Array(length).fill(this.options.erased);
    this.cut(offset, target, progress, prng);
  }

  cutProgram(offset: number, data: Uint8Array, progress: number, prng: Prng): void {
    this.cut(
      offset,
      data.map((byte, i) => this.programmed(this.bytes[offset + i], byte)),
      progress,
      prng,
    );
  }

  isErased(offset: number, length: number, margin: MarginLevel): boolean {
    const blank = this.bytes.subarray(offset, offset + length).every((byte) => byte === this.options.erased);
    return blank && !this.has(offset, length, BROKEN) && (margin === 0 || !this.has(offset, length, WEAK));
  }

  /** Programming moves bits away from the erased value only. */
  private programmed(old: number, wanted: number): number {
    return this.options.erased === 0xff ? old & wanted : old | wanted;
  }

  /** Each bit that differs from its target is old or new. */
  private cut(offset: number, target: Uint8Array, progress: number, prng: Prng): void {
    const old = this.bytes.slice(offset, offset + target.length);
    const now = target.map((byte, i) => old[i] ^ ((old[i] ^ byte) & prng.mask(progress) & 0xff));
    this.bytes.set(now, offset);
    this.mark(offset, target.length, (from, to, before) => {
      const differs = (other: Uint8Array) => now.subarray(from, to).some((byte, i) => byte !== other[from + i]);
      return !differs(old) ? before : differs(target) ? BROKEN : WEAK;
    });
  }

  private has(offset: number, length: number, mark: number): boolean {
    const { unit } = this.options;
    return this.marks.subarray(Math.floor(offset / unit), Math.ceil((offset + length) / unit)).includes(mark);
  }

  /** Marks each unit that a run touches; `of` gets the unit's part of the run. */
  private mark(offset: number, length: number, of: (from: number, to: number, before: number) => number): void {
    const { unit } = this.options;
    for (let n = Math.floor(offset / unit); n * unit < offset + length; n++) {
      const from = Math.max(0, n * unit - offset);
      const to = Math.min(length, (n + 1) * unit - offset);
      this.marks[n] = of(from, to, this.marks[n]);
    }
  }
}
