import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { type Saved, savedBytes, savedNumber } from "../../../chip/saved.ts";
import type { Pins } from "./pins.ts";

const FIFO_DEPTH = 8;
const SPINLOCKS = 0x100;

/** What both cores share of the SIO: the two FIFOs between them, and 32 spinlocks. */
export class SioShared {
  /** Words under way to each core. */
  readonly fifos: [number[], number[]] = [[], []];
  locks = 0;

  reset(): void {
    this.fifos[0].length = 0;
    this.fifos[1].length = 0;
    this.locks = 0;
  }
}

/** What the SIO of one core asks of the chip. */
export interface SioHooks {
  /** The interrupt of a core's FIFO. */
  setInterrupt(core: number, asserted: boolean): void;
}

/** The single-cycle I/O block as one core sees it: CPUID, pins, FIFO, spinlocks, divider (data sheet 2.3.1). */
export class Sio implements Peripheral {
  readonly name = "SIO";
  private readonly core: 0 | 1;
  private readonly shared: SioShared;
  private readonly pins: Pins;
  private readonly hooks: SioHooks;
  /** WOF and ROE. */
  private errors = 0;
  /** UDIVIDEND, UDIVISOR, SDIVIDEND, SDIVISOR are two words; quotient, remainder. */
  private divider = { dividend: 0, divisor: 0, quotient: 0, remainder: 0, dirty: 0 };
  private readonly interpolators = new Uint32Array(32);

  constructor(core: 0 | 1, shared: SioShared, pins: Pins, hooks: SioHooks) {
    this.core = core;
    this.shared = shared;
    this.pins = pins;
    this.hooks = hooks;
  }

  read(offset: number, size: AccessSize): number {
    const word = this.readWord(offset & ~3);
    if (word < 0) return word;
    const shifted = word >>> (8 * (offset & 3));
    return size === 4 ? shifted >>> 0 : shifted & ((1 << (8 * size)) - 1);
  }

  write(offset: number, size: AccessSize, value: number): number {
    const word = size === 4 ? value : size === 2 ? value * 0x10001 : value * 0x01010101;
    return this.writeWord(offset & ~3, word >>> 0);
  }

  /** Only the pins' levels stand still; the FIFO's state changes with what the other core does. */
  isStable(offset: number): boolean {
    return offset < 0x50;
  }

  reset(): void {
    this.errors = 0;
    this.divider = { dividend: 0, divisor: 0, quotient: 0, remainder: 0, dirty: 0 };
    this.interpolators.fill(0);
    this.pins.drive(0, 0);
    this.drive();
  }

  save(): Saved {
    const words = [this.errors, ...Object.values(this.divider), ...this.interpolators];
    const { out, enabled } = this.pins;
    return { words, fifo: this.shared.fifos[this.core], locks: this.shared.locks, out, enabled };
  }

  restore(saved: Saved): void {
    const [errors, dividend, divisor, quotient, remainder, dirty, ...rest] = savedBytes(saved, "words");
    this.errors = errors;
    this.divider = { dividend, divisor, quotient, remainder, dirty };
    this.interpolators.set(rest);
    this.shared.fifos[this.core].splice(0, FIFO_DEPTH, ...savedBytes(saved, "fifo"));
    this.shared.locks = Number(saved["locks"]);
    // States of the first version don't have the pins: they come as after a reset.
    if (saved["out"] === undefined) this.pins.drive(0, 0);
    else this.pins.drive(savedNumber(saved, "out"), savedNumber(saved, "enabled"));
    this.drive();
  }

  private get inbox(): number[] {
    return this.shared.fifos[this.core];
  }

  private get outbox(): number[] {
    return this.shared.fifos[this.core === 0 ? 1 : 0];
  }

  private readWord(offset: number): number {
    if (offset >= SPINLOCKS && offset < SPINLOCKS + 0x80) return this.claim((offset - SPINLOCKS) >> 2);
    if (offset >= 0x80 && offset < SPINLOCKS) return this.interpolators[(offset - 0x80) >> 2];
    switch (offset) {
      case 0x00:
        return this.core;
      case 0x04:
        return this.pins.levels;
      case 0x08:
        return 0;
      case 0x10:
        return this.pins.out;
      case 0x20:
        return this.pins.enabled;
      case 0x30:
      case 0x40:
        return 0;
      case 0x50:
        return this.fifoState;
      case 0x58:
        return this.pop();
      case 0x5c:
        return this.shared.locks >>> 0;
      default:
        return this.readDivider(offset);
    }
  }

  private writeWord(offset: number, word: number): number {
    if (offset >= SPINLOCKS && offset < SPINLOCKS + 0x80) {
      this.shared.locks &= ~(1 << ((offset - SPINLOCKS) >> 2));
      return 0;
    }
    if (offset >= 0x80 && offset < SPINLOCKS) {
      this.interpolators[(offset - 0x80) >> 2] = word;
      return 0;
    }
    if (offset >= 0x10 && offset < 0x30) return this.writePins(offset, word);
    if (offset >= 0x30 && offset < 0x50) return 0;
    if (offset === 0x50) return this.clearErrors(word);
    if (offset === 0x54) return this.push(word);
    return this.writeDivider(offset, word);
  }

  /** Plain, set, clear, flip, in this order of offsets. */
  private writePins(offset: number, word: number): number {
    const act = (old: number) => [word, old | word, old & ~word, old ^ word][(offset >> 2) & 3] >>> 0;
    if (offset < 0x20) this.pins.drive(act(this.pins.out), this.pins.enabled);
    else this.pins.drive(this.pins.out, act(this.pins.enabled));
    return 0;
  }

  /** VLD, RDY, WOF, ROE. */
  private get fifoState(): number {
    return (this.inbox.length > 0 ? 1 : 0) | (this.outbox.length < FIFO_DEPTH ? 2 : 0) | this.errors;
  }

  private push(word: number): number {
    if (this.outbox.length < FIFO_DEPTH) this.outbox.push(word);
    else this.errors |= 4;
    this.drive();
    return 0;
  }

  private pop(): number {
    const word = this.inbox.shift();
    if (word === undefined) this.errors |= 8;
    this.drive();
    return word ?? 0;
  }

  private clearErrors(word: number): number {
    this.errors &= ~(word & 0xc);
    this.drive();
    return 0;
  }

  /** A read claims the lock where it is free: its bit then, else 0. */
  private claim(lock: number): number {
    const bit = (1 << lock) >>> 0;
    if ((this.shared.locks & bit) !== 0) return 0;
    this.shared.locks |= bit;
    return bit;
  }

  private readDivider(offset: number): number {
    const { dividend, divisor, quotient, remainder, dirty } = this.divider;
    switch (offset) {
      case 0x60:
      case 0x68:
        return dividend;
      case 0x64:
      case 0x6c:
        return divisor;
      case 0x70:
        this.divider.dirty = 0;
        return quotient;
      case 0x74:
        return remainder;
      case 0x78:
        return 1 | (dirty << 1);
      default:
        return BUS_FAULT;
    }
  }

  private writeDivider(offset: number, word: number): number {
    const d = this.divider;
    if (offset < 0x60 || offset > 0x74) return offset === 0x78 ? 0 : BUS_FAULT;
    d.dirty = 1;
    if (offset === 0x70) d.quotient = word;
    else if (offset === 0x74) d.remainder = word;
    else {
      if ((offset & 4) === 0) d.dividend = word;
      else d.divisor = word;
      this.divide(offset >= 0x68);
    }
    return 0;
  }

  /** By zero the quotient is all ones, or 1 for a negative dividend; the remainder is the dividend (data sheet 2.3.1.5). */
  private divide(signed: boolean): void {
    const d = this.divider;
    const [a, b] = signed ? [d.dividend | 0, d.divisor | 0] : [d.dividend, d.divisor];
    const quotient = b === 0 ? (a < 0 ? 1 : -1) : Math.trunc(a / b);
    d.quotient = quotient >>> 0;
    d.remainder = (b === 0 ? a : a - quotient * b) >>> 0;
  }

  /** SIO_IRQ_PROCn: something to read, or an error. */
  private drive(): void {
    this.hooks.setInterrupt(this.core, this.inbox.length > 0 || this.errors !== 0);
    const other = this.core === 0 ? 1 : 0;
    if (this.outbox.length > 0) this.hooks.setInterrupt(other, true);
  }
}
