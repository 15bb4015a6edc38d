import { type AccessSize, BUS_FAULT } from "../../cpu/seam.ts";
import type { Peripheral } from "../../chip/peripherals/peripheral.ts";
import { type Saved, savedPart, savedNumber } from "../../chip/saved.ts";
import type { u32 } from "../../../base/u32.ts";

/** One register of 32 bits: what a reset makes of it, which bits keep what is written, and what accesses do. */
export interface Word {
  readonly name: string;
  readonly offset: number;
  readonly reset?: u32;
  /** Bits that keep what is written; all unless given. */
  readonly writable?: u32;
  /** What it reads as; the kept value unless given. */
  readonly read?: (kept: u32) => u32;
  /** What a write did, after the writable bits were kept; `written` is the whole word. */
  readonly wrote?: (written: u32, kept: u32) => void;
  /** A second read may answer something else, or the read itself does something. */
  readonly lively?: true;
}

/** Registers of the same kind, `stride` bytes apart. */
export const words = (
  count: number,
  offset: number,
  stride: number,
  make: (n: number) => Omit<Word, "offset">,
): Word[] => Array.from({ length: count }, (_, n) => ({ ...make(n), offset: offset + n * stride }));

/**
 * The registers of a block on the RP2040's peripheral buses, in slots of 4 KB: plain, then those where a write flips, sets
 * or clears bits (data sheet 2.1.2). A narrow write reaches all byte lanes with its value repeated (2.1.4).
 */
export class Words implements Peripheral {
  readonly name: string;
  private readonly specs = new Map<number, Word>();
  private readonly kept = new Map<string, u32>();

  constructor(name: string, specs: readonly Word[] = []) {
    this.name = name;
    this.define(specs);
  }

  /** Adds registers, with their reset values. */
  protected define(specs: readonly Word[]): void {
    for (const spec of specs) {
      this.specs.set(spec.offset, spec);
      this.kept.set(spec.name, spec.reset ?? 0);
    }
  }

  /** What a register keeps, by name; throws `RangeError` where there is none. */
  get(name: string): u32 {
    const value = this.kept.get(name);
    if (value === undefined) throw new RangeError(`${this.name} has no register ${name}`);
    return value;
  }

  /** The hardware's own change of a register. */
  set(name: string, value: u32): void {
    this.get(name);
    this.kept.set(name, value >>> 0);
  }

  read(offset: number, size: AccessSize): number {
    const spec = this.specs.get(offset & 0xffc);
    if (!spec) return BUS_FAULT;
    const word = this.valueOf(spec) >>> (8 * (offset & 3));
    return size === 4 ? word >>> 0 : word & ((1 << (8 * size)) - 1);
  }

  write(offset: number, size: AccessSize, value: number): number {
    const spec = this.specs.get(offset & 0xffc);
    if (!spec) return BUS_FAULT;
    const whole = size === 4 ? value : size === 2 ? value * 0x10001 : value * 0x01010101;
    const word = this.combined(spec, (offset >>> 12) & 3, whole >>> 0);
    const { writable = 0xffffffff } = spec;
    const kept = ((this.get(spec.name) & ~writable) | (word & writable)) >>> 0;
    this.kept.set(spec.name, kept);
    spec.wrote?.(word, kept);
    return 0;
  }

  isStable(offset: number): boolean {
    const spec = this.specs.get(offset & 0xffc);
    return spec !== undefined && !spec.lively;
  }

  reset(): void {
    for (const { name, reset = 0 } of this.specs.values()) this.kept.set(name, reset);
  }

  save(): Saved {
    return { words: Object.fromEntries(this.kept) };
  }

  restore(saved: Saved): void {
    const part = savedPart(saved, "words");
    for (const name of this.kept.keys()) this.kept.set(name, savedNumber(part, name));
  }

  private valueOf({ name, read }: Word): u32 {
    const kept = this.get(name);
    return (read ? read(kept) : kept) >>> 0;
  }

  /** Flip, set and clear start from what is kept, whose bits a lively read would not show. */
  private combined({ name }: Word, how: number, word: u32): u32 {
    const kept = this.get(name);
    return [word, kept ^ word, kept | word, kept & ~word][how] >>> 0;
  }
}
