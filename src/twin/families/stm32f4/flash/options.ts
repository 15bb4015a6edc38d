import type { u32 } from "../../../../base/u32.ts";
import type { Prng } from "../../../chip/prng.ts";
import { type Saved, type Stateful, savedBytes } from "../../../chip/saved.ts";

/** Read protection: 0 open, 1 flash closed to debuggers, 2 no debugger for ever. */
export type ReadProtection = 0 | 1 | 2;

/** The RDP bytes that are levels of their own; any other is level 1 (RM0090, table 11). */
const RDP = { level0: 0xaa, level2: 0xcc } as const;

/** User bits of OPTCR, as the option byte has them; its other bits are ones there. */
const USER_BITS = 0xec;
/** OPTCR's bits beside the lock, the start and those above nWRP. */
const RDP_AND_USER = 0xffec;

/** The half-words of the option bytes: RDP with the user byte, nWRP of bank 1, nWRP of bank 2. */
const WORD = { user: 0, wrp: 1, wrp2: 2 } as const;
type WordName = keyof typeof WORD;

/** As shipped: level 0, nothing protected, watchdog by software, no brown-out reset, no resets by stop and standby. */
const SHIPPED = [0xaaff, 0x0fff, 0x0fff] as const;
/** nWRP of all sectors and, on F42x, the bits above it, which are kept as written. */
const WRP_MASK = 0x0fff;
/** OPTCR of F42x: nWRP's bits mean read-out protection instead. */
const SPRMOD = 0x80000000;

/** What the option registers say; each is a word without its lock and start bits. */
export interface OptionValues {
  readonly optcr: u32;
  readonly optcr1: u32;
}

/**
 * The option bytes: three half-words, each beside its complement. A half-word whose complement disagrees, as a power cut
 * leaves it, counts as level 1 and as no protection of sectors (unsure).
 */
export class OptionCells implements Stateful {
  /** Half-word and complement of each word. */
  private readonly cells: number[];
  /** DB1M and SPRMOD of OPTCR on F42x, which stand in the nWRP half-word (unsure). */
  private readonly upperBits: u32;

  constructor(isF42x: boolean) {
    this.upperBits = isF42x ? 0xc0000000 : 0;
    this.cells = SHIPPED.flatMap((value) => [value, ~value & 0xffff]);
  }

  /** The byte RDP as loaded. */
  get rdp(): number {
    return this.isSound("user") ? this.cells[0] >>> 8 : 0xff;
  }

  get level(): ReadProtection {
    const { rdp } = this;
    return rdp === RDP.level0 ? 0 : rdp === RDP.level2 ? 2 : 1;
  }

  /** WDG_SW = 0: the independent watchdog starts by itself at each reset. */
  get watchdogByHardware(): boolean {
    return this.isSound("user") && (this.cells[0] & 0x20) === 0;
  }

  /** Sectors of a bank that may be erased and programmed, one bit each; with SPRMOD a 1 protects (RM0090, PCROP). */
  writable(bank: 0 | 1): number {
    const own = this.wrpBits(bank);
    const isInverted = (this.load().optcr & SPRMOD & this.upperBits) !== 0;
    return isInverted ? ~own & WRP_MASK : own;
  }

  /** OPTCR and OPTCR1 as a reset loads them. */
  load(): OptionValues {
    const user = (this.isSound("user") ? this.cells[0] & 0xff : 0xff) & USER_BITS;
    const wrp = this.wrpBits(0);
    const upper = this.isSound("wrp") ? (this.cells[2 * WORD.wrp] & 0xf000) << 16 : 0;
    const optcr = ((upper & this.upperBits) | (wrp << 16) | (this.rdp << 8) | user) >>> 0;
    return { optcr, optcr1: (this.wrpBits(1) << 16) >>> 0 };
  }

  /** Programs what the registers say. */
  program(values: OptionValues): void {
    this.cells.splice(0, this.cells.length, ...this.targetOf(values));
  }

  /** A change that lost its power: each bit that was to change is old, erased or new. */
  cut(values: OptionValues, progress: number, prng: Prng): void {
    const target = this.targetOf(values);
    // The first half of the time is the erase, towards ones; the second programs.
    const from = progress < 0.5 ? this.cells.slice() : this.cells.map(() => 0xffff);
    const to = progress < 0.5 ? this.cells.map(() => 0xffff) : target;
    const share = (progress % 0.5) * 2;
    for (const [i, old] of from.entries()) this.cells[i] = old ^ ((old ^ to[i]) & prng.mask(share) & 0xffff);
  }

  /** What memory shows: the two words of bank 1, or the one of bank 2, at an offset. */
  byteAt(bank: 0 | 1, offset: number): number {
    const word = bank === 0 ? (offset < 4 ? "user" : offset >= 8 && offset < 12 ? "wrp" : undefined) : undefined;
    const name: WordName | undefined = bank === 1 && offset >= 8 && offset < 12 ? "wrp2" : word;
    if (name === undefined) return 0xff;
    return (this.cells[2 * WORD[name] + ((offset & 2) >> 1)] >>> (8 * (offset & 1))) & 0xff;
  }

  save(): Saved {
    return { cells: [...this.cells] };
  }

  restore(saved: Saved): void {
    this.cells.splice(0, this.cells.length, ...savedBytes(saved, "cells"));
  }

  private wrpBits(bank: 0 | 1): number {
    const name = bank === 0 ? "wrp" : "wrp2";
    return this.isSound(name) ? this.cells[2 * WORD[name]] & WRP_MASK : WRP_MASK;
  }

  private isSound(name: WordName): boolean {
    const at = 2 * WORD[name];
    return ((this.cells[at] ^ this.cells[at + 1]) & 0xffff) === 0xffff;
  }

  private targetOf({ optcr, optcr1 }: OptionValues): number[] {
    const upper = (optcr & this.upperBits) >>> 16;
    const halves = [(optcr & RDP_AND_USER) | 0x13, ((optcr >>> 16) & WRP_MASK) | upper, (optcr1 >>> 16) & WRP_MASK];
    return halves.flatMap((value) => [value & 0xffff, ~value & 0xffff]);
  }
}

/** The level that an OPTCR asks for. */
export const levelOf = (optcr: u32): ReadProtection => {
  const rdp = (optcr >>> 8) & 0xff;
  return rdp === RDP.level0 ? 0 : rdp === RDP.level2 ? 2 : 1;
};
