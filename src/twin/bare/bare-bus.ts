import type { u32 } from "../../base/u32.ts";
import type { AccessSize, CpuBus, CpuMemory } from "../cpu/seam.ts";

/** Accesses in a row of one kind to one address, outside of RAM. */
export interface BareAccess {
  readonly kind: "read" | "write";
  readonly address: u32;
  readonly size: AccessSize;
  /** What was read or written last. */
  readonly value: u32;
  readonly count: number;
}

type Counted = { -readonly [K in keyof BareAccess]: BareAccess[K] };

/** A range of addresses that reads as one byte: an erased flash. */
export interface BareFlash {
  readonly start: u32;
  readonly length: number;
  readonly erased: number;
}

/** Accesses that are kept one by one; what follows them is counted only. */
const MOST_KEPT = 1_000;
/** Registers whose last value is kept: code that writes more of them walks through the address space. */
const MOST_CELLS = 0x1_0000;

/** After how many reads of one address without a write to it all its bits are others: a status that is waited for comes. */
const PATIENCE = 1_000;

/**
 * A bus with RAM and nothing else. What is outside of RAM answers as cells do: with the byte that was written last, an erased
 * flash with its erased byte, everything else with 0, and with all bits inverted for every second thousand of reads; each
 * such access is kept in order.
 */
export class BareBus implements CpuBus {
  readonly memories: readonly CpuMemory[];
  private readonly flash: BareFlash | undefined;
  private readonly cells = new Map<u32, number>();
  private readonly reads = new Map<u32, number>();
  private list: Counted[] = [];
  private rest = 0;

  constructor(memories: readonly CpuMemory[], flash?: BareFlash) {
    this.memories = memories;
    this.flash = flash;
  }

  read(address: u32, size: AccessSize): number {
    let value = 0;
    const inverted = this.isInverted(address) ? 0xff : 0;
    for (let i = size - 1; i >= 0; i--) value = value * 0x100 + (this.cell((address + i) >>> 0) ^ inverted);
    this.note("read", address, size, value);
    return value;
  }

  write(address: u32, size: AccessSize, value: u32): number {
    this.reads.delete(address);
    // A flash is programmed by commands, so that a store alone changes nothing.
    if (!this.isFlash(address))
      for (let i = 0; i < size; i++) this.keep((address + i) >>> 0, (value >>> (8 * i)) & 0xff);
    this.note("write", address, size, value);
    return 0;
  }

  /** Every read is counted, so that none is left out. */
  stableUntil(): number {
    return 0;
  }

  /** The accesses since this was asked last, and how many more there were. */
  take(): { readonly accesses: readonly BareAccess[]; readonly more: number } {
    const taken = { accesses: this.list, more: this.rest };
    this.list = [];
    this.rest = 0;
    return taken;
  }

  private cell(address: u32): number {
    return this.cells.get(address) ?? (this.isFlash(address) ? (this.flash?.erased ?? 0) : 0);
  }

  /** Memory stays as it is: below the peripherals (ARMv7-M ARM B3.1) nothing is a status. */
  private isInverted(address: u32): boolean {
    if (address < 0x40000000 || this.isFlash(address)) return false;
    const count = this.reads.get(address) ?? 0;
    if (count > 0 || this.reads.size < MOST_CELLS) this.reads.set(address, count + 1);
    return Math.floor(count / PATIENCE) % 2 === 1;
  }

  private keep(address: u32, byte: number): void {
    if (this.cells.has(address) || this.cells.size < MOST_CELLS) this.cells.set(address, byte);
  }

  private isFlash(address: u32): boolean {
    return this.flash !== undefined && address >= this.flash.start && address - this.flash.start < this.flash.length;
  }

  private note(kind: BareAccess["kind"], address: u32, size: AccessSize, value: u32): void {
    const last = this.list.at(-1);
    if (last?.kind === kind && last.address === address && last.size === size) {
      last.value = value;
      last.count += 1;
    } else if (this.list.length < MOST_KEPT) this.list.push({ kind, address, size, value, count: 1 });
    else this.rest += 1;
  }
}
