import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { type Saved, savedPart } from "../../../chip/saved.ts";
import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";

/**
 * A peripheral whose registers keep what is written and do nothing else: what firmware sets up on its way to its first
 * words. Every register is 0 at reset (unsure for some).
 */
export class Plain implements Peripheral {
  readonly name: string;
  private readonly length: number;
  private words = new Map<number, number>();

  constructor(name: string, length: number) {
    this.name = name;
    this.length = length;
  }

  read(offset: number, size: AccessSize): number {
    if (offset + size > this.length) return BUS_FAULT;
    const word = this.words.get(offset & ~3) ?? 0;
    return size === 4 ? word : (word >>> (8 * (offset & 3))) & ((1 << (8 * size)) - 1);
  }

  isStable(): boolean {
    return true;
  }

  write(offset: number, size: AccessSize, value: number): number {
    if (offset + size > this.length) return BUS_FAULT;
    const shift = 8 * (offset & 3);
    const mask = size === 4 ? 0xffffffff : (((1 << (8 * size)) - 1) << shift) >>> 0;
    const old = this.words.get(offset & ~3) ?? 0;
    this.words.set(offset & ~3, ((old & ~mask) | ((value << shift) & mask)) >>> 0);
    return 0;
  }

  reset(): void {
    this.words.clear();
  }

  save(): Saved {
    return { words: Object.fromEntries([...this.words].map(([offset, value]) => [String(offset), value])) };
  }

  restore(saved: Saved): void {
    const words = savedPart(saved, "words");
    this.words = new Map(Object.entries(words).map(([offset, value]) => [Number(offset), Number(value)]));
  }
}
