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

/** A register, and what it keeps. */
interface Register {
  readonly spec: Word;
  kept: u32;
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
  private readonly byOffset = new Map<number, Register>();
  private readonly byName = new Map<string, Register>();

  constructor(name: string, specs: readonly Word[] = []) {
    this.name = name;
    this.define(specs);
  }

  /** Adds registers, with their reset values. */
  protected define(specs: readonly Word[]): void {
    for (const spec of specs) {
      const register: Register = { spec, kept: spec.reset ?? 0 };
      this.byOffset.set(spec.offset, register);
      this.byName.set(spec.name, register);
    }
  }

  /** What a register keeps, by name; throws `RangeError` where there is none. */
  get(name: string): u32 {
    return this.named(name).kept;
  }

  /** The hardware's own change of a register. */
  set(name: string, value: u32): void {
    this.named(name).kept = value >>> 0;
  }

  read(offset: number, size: AccessSize): number {
    const register = this.byOffset.get(offset & 0xffc);
    if (!register) return BUS_FAULT;
    const { kept, spec } = register;
    const word = (spec.read ? spec.read(kept) : kept) >>> (8 * (offset & 3));
    return size === 4 ? word >>> 0 : word & ((1 << (8 * size)) - 1);
  }

  write(offset: number, size: AccessSize, value: number): number {
    const register = this.byOffset.get(offset & 0xffc);
    if (!register) return BUS_FAULT;
    const whole = size === 4 ? value : size === 2 ? value * 0x10001 : value * 0x01010101;
    const word = combined(register.kept, (offset >>> 12) & 3, whole) >>> 0;
    const { writable = 0xffffffff, wrote } = register.spec;
    register.kept = ((register.kept & ~writable) | (word & writable)) >>> 0;
    wrote?.(word, register.kept);
    return 0;
  }

  isStable(offset: number): boolean {
    const register = this.byOffset.get(offset & 0xffc);
    return register !== undefined && !register.spec.lively;
  }

  reset(): void {
    for (const register of this.byOffset.values()) register.kept = register.spec.reset ?? 0;
  }

  save(): Saved {
    return { words: Object.fromEntries(Array.from(this.byName, ([name, { kept }]) => [name, kept])) };
  }

  restore(saved: Saved): void {
    const part = savedPart(saved, "words");
    for (const [name, register] of this.byName) register.kept = savedNumber(part, name);
  }

  private named(name: string): Register {
    const register = this.byName.get(name);
    if (!register) throw new RangeError(`${this.name} has no register ${name}`);
    return register;
  }
}

/** Flip, set and clear start from what is kept, whose bits a lively read would not show. */
function combined(kept: u32, how: number, word: u32): number {
  if (how === 0) return word;
  if (how === 1) return kept ^ word;
  return how === 2 ? kept | word : kept & ~word;
}
