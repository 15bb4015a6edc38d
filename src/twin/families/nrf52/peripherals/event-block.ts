import type { u32 } from "../../../../base/u32.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { type Saved, savedNumber } from "../../../chip/saved.ts";
import type { AccessSize } from "../../../cpu/seam.ts";

/** Where the three registers of the interrupt enable bits are, in every peripheral. */
const INTEN = { SELF: 0x300, SET: 0x304, CLR: 0x308 } as const;
/** Events begin here, a word each; bit n of INTEN is the event at 0x100 + 4n. */
const EVENTS = 0x100;
const EVENTS_END = 0x180;

/** What a peripheral with events asks of the chip around it. */
export interface BlockHooks {
  setInterrupt(asserted: boolean): void;
  /** An event happened, by its offset; for the PPI. */
  fired?(offset: number): void;
}

/**
 * A Nordic peripheral: tasks below 0x100 that a write of 1 starts, events from 0x100 on, INTEN with one bit for each event,
 * and registers that keep what is written. What is no register reads 0 and ignores writes (unsure).
 */
export class EventBlock implements Peripheral {
  readonly name: string;
  private readonly events = new Uint8Array((EVENTS_END - EVENTS) / 4);
  private inten = 0;
  private readonly values = new Map<number, u32>();
  private readonly resets: { readonly [offset: number]: u32 };
  private readonly hooks: BlockHooks;

  /** `resets` are the registers that are not 0 after a reset, by offset. */
  constructor(name: string, hooks: BlockHooks, resets: { readonly [offset: number]: u32 } = {}) {
    this.name = name;
    this.hooks = hooks;
    this.resets = resets;
    this.clear();
  }

  read(offset: number, size: AccessSize): number {
    const word = this.readWord(offset & ~3) >>> (8 * (offset & 3));
    return size === 4 ? word >>> 0 : word & ((1 << (8 * size)) - 1);
  }

  isStable(_offset: number, _size: AccessSize): boolean {
    return true;
  }

  /** Registers are words; a narrower write is taken for one of the word with the other bytes 0 (unsure). */
  write(offset: number, _size: AccessSize, value: number): number {
    const at = offset & ~3;
    const word = (value << (8 * (offset & 3))) >>> 0;
    if (at < EVENTS) {
      if (word & 1) this.task(at);
    } else if (at < EVENTS_END) this.events[(at - EVENTS) >> 2] = word & 1;
    else if (!this.writeInten(at, word)) this.wrote(at, word);
    this.update();
    return 0;
  }

  reset(): void {
    this.clear();
    this.update();
  }

  save(): Saved {
    const values = Object.fromEntries([...this.values].map(([offset, value]) => [String(offset), value]));
    return { events: [...this.events], inten: this.inten, values };
  }

  restore(saved: Saved): void {
    this.events.set(saved["events"] as number[]);
    this.inten = savedNumber(saved, "inten");
    this.values.clear();
    for (const [offset, value] of Object.entries(saved["values"] as { [offset: string]: number }))
      this.values.set(Number(offset), value);
  }

  /** A task was started. */
  protected task(_offset: number): void {}

  /** A register was written; keeps it unless a subclass does otherwise. */
  protected wrote(offset: number, value: u32): void {
    this.set(offset, value);
  }

  /** What a register reads. */
  protected readRegister(offset: number): u32 {
    return this.get(offset);
  }

  /** A register's value by its offset. */
  protected get(offset: number): u32 {
    return this.values.get(offset) ?? 0;
  }

  protected set(offset: number, value: u32): void {
    this.values.set(offset, value >>> 0);
  }

  /** An event happened: its register reads 1, and its interrupt is pending where it is enabled. */
  protected fire(offset: number): void {
    this.events[(offset - EVENTS) >> 2] = 1;
    this.update();
    this.hooks.fired?.(offset);
  }

  /** Whether an event's interrupt is enabled. */
  protected enabled(offset: number): boolean {
    return ((this.inten >>> ((offset - EVENTS) >> 2)) & 1) === 1;
  }

  /** Whether an event has happened and was not cleared. */
  protected happened(offset: number): boolean {
    return this.events[(offset - EVENTS) >> 2] === 1;
  }

  private readWord(at: number): u32 {
    if (at < EVENTS) return 0;
    if (at < EVENTS_END) return this.events[(at - EVENTS) >> 2];
    return at >= INTEN.SELF && at <= INTEN.CLR ? this.inten : this.readRegister(at);
  }

  private writeInten(at: number, word: u32): boolean {
    if (at === INTEN.SELF) this.inten = word;
    else if (at === INTEN.SET) this.inten = (this.inten | word) >>> 0;
    else if (at === INTEN.CLR) this.inten = (this.inten & ~word) >>> 0;
    else return false;
    this.intenChanged();
    return true;
  }

  /** The enabled events changed. */
  protected intenChanged(): void {}

  private clear(): void {
    this.events.fill(0);
    this.inten = 0;
    this.values.clear();
    for (const [offset, value] of Object.entries(this.resets)) this.values.set(Number(offset), value);
  }

  private update(): void {
    this.hooks.setInterrupt(this.events.some((event, n) => event === 1 && ((this.inten >>> n) & 1) === 1));
  }
}
