import { type Picoseconds, SECOND } from "../../../../base/clock.ts";
import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";
import { type Saved, savedBytes, savedPart } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { RegisterBank, readOnly, register, registers } from "../../../chip/peripherals/register-bank.ts";

/** Register offsets (NXP MK24F12 header, SPI_Type). */
const OFFSET = { MCR: 0x00, SR: 0x2c, PUSHR: 0x34, POPR: 0x38 } as const;
const MCR = { HALT: 0x1, CLR_RXF: 0x400, CLR_TXF: 0x800, MDIS: 0x4000, MSTR: 0x80000000 } as const;
const SR = {
  TCF: 0x80000000,
  TXRXS: 0x40000000,
  EOQF: 0x10000000,
  TFFF: 0x02000000,
  RFOF: 0x00080000,
  RFDF: 0x00020000,
  FLAGS: 0x9a0a0000,
  RXCTR_SHIFT: 4,
} as const;
const EOQ = 0x08000000;
/** Requests that RSER turns into interrupts; TFFF and RFDF may go to the DMA instead, which isn't modelled. */
const REQUESTS = 0x9a0a0000;
const FIFO_DEPTH = 4;
/** Values of CTAR.BR. */
const SCALERS = [2, 4, 6, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768] as const;
const PRESCALERS = [2, 3, 5, 7] as const;

/** What the DSPI asks of the chip around it. */
export interface DspiHooks {
  busHz(): number;
  setInterrupt(asserted: boolean): void;
}

/** A DSPI as master with nothing on its pins: a frame takes its time and brings ones in (unsure: SIN floats). */
export class Dspi implements Peripheral {
  readonly name: string;
  private readonly bank: RegisterBank;
  private readonly timeline: Timeline;
  private readonly hooks: DspiHooks;
  private readonly event: string;
  private received: number[] = [];
  private waiting: number[] = [];

  constructor(name: string, timeline: Timeline, hooks: DspiHooks) {
    this.name = name;
    this.timeline = timeline;
    this.hooks = hooks;
    this.event = `${name.toLowerCase()}Frame`;
    this.bank = new RegisterBank(name, [
      register("MCR", OFFSET.MCR, 4, 0x00004001),
      register("TCR", 0x08, 4, 0),
      register("CTAR0", 0x0c, 4, 0x78000000),
      register("CTAR1", 0x10, 4, 0x78000000),
      readOnly("SR", OFFSET.SR, 4, SR.TFFF),
      register("RSER", 0x30, 4, 0),
      register("PUSHR", OFFSET.PUSHR, 4, 0),
      readOnly("POPR", OFFSET.POPR, 4, 0),
      ...registers("TXFR", 0x3c, 4, 4, 4, 0, 0),
      ...registers("RXFR", 0x7c, 4, 4, 4, 0, 0),
    ]);
    timeline.on(this.event, () => this.sent());
  }

  read(offset: number, size: AccessSize): number {
    if (offset === OFFSET.POPR) this.bank.set("POPR", this.received.shift() ?? 0);
    this.update();
    return this.bank.read(offset, size);
  }

  isStable(offset: number): boolean {
    return offset !== OFFSET.POPR;
  }

  write(offset: number, size: AccessSize, value: number): number {
    if (this.bank.write(offset, size, value) === BUS_FAULT) return BUS_FAULT;
    if (offset === OFFSET.SR) this.bank.set("SR", (this.bank.get("SR") & ~(value & SR.FLAGS)) >>> 0);
    if (offset === OFFSET.MCR) this.command();
    if (offset === OFFSET.PUSHR) this.push(this.bank.get("PUSHR"));
    this.update();
    return 0;
  }

  reset(): void {
    this.bank.reset();
    this.received = [];
    this.waiting = [];
    this.timeline.clear(this.event);
    this.update();
  }

  save(): Saved {
    return { bank: this.bank.save(), received: this.received, waiting: this.waiting };
  }

  restore(saved: Saved): void {
    this.bank.restore(savedPart(saved, "bank"));
    this.received = savedBytes(saved, "received");
    this.waiting = savedBytes(saved, "waiting");
  }

  private command(): void {
    const mcr = this.bank.get("MCR");
    if (mcr & MCR.CLR_RXF) this.received = [];
    if (mcr & MCR.CLR_TXF && this.waiting.length > 1) this.waiting.length = 1;
    this.bank.set("MCR", mcr & ~(MCR.CLR_RXF | MCR.CLR_TXF));
    this.begin();
  }

  private push(word: number): void {
    if (this.waiting.length > FIFO_DEPTH) return;
    this.waiting.push(word);
    if (this.waiting.length === 1) this.begin();
  }

  private get runs(): boolean {
    return (this.bank.get("MCR") & (MCR.HALT | MCR.MDIS)) === 0 && this.bank.get("MCR") >= MCR.MSTR;
  }

  private begin(): void {
    if (this.runs && this.waiting.length > 0) this.timeline.set(this.event, this.timeline.now + this.frame);
  }

  private sent(): void {
    const word = this.waiting.shift() ?? 0;
    if (this.received.length < FIFO_DEPTH) this.received.push(this.allOnes(word));
    else this.raise(SR.RFOF);
    this.raise(SR.TCF | (word & EOQ ? SR.EOQF : 0));
    this.begin();
    this.update();
  }

  private raise(flags: number): void {
    this.bank.set("SR", (this.bank.get("SR") | flags) >>> 0);
  }

  /** The CTAR that a word of PUSHR names. */
  private attributes(word: number): number {
    return this.bank.get((word >>> 28) & 1 ? "CTAR1" : "CTAR0");
  }

  private bitsOf(word: number): number {
    return ((this.attributes(word) >>> 27) & 0xf) + 1;
  }

  private allOnes(word: number): number {
    return 2 ** this.bitsOf(word) - 1;
  }

  /** One frame without the delays before and after it. */
  private get frame(): Picoseconds {
    const ctar = this.attributes(this.waiting[0]);
    const divider = (PRESCALERS[(ctar >>> 16) & 3] * SCALERS[ctar & 0xf]) / (ctar >>> 31 ? 2 : 1);
    return Math.round((this.bitsOf(this.waiting[0]) * divider * SECOND) / this.hooks.busHz());
  }

  private update(): void {
    const flags = this.bank.get("SR") & (SR.TCF | SR.EOQF | SR.RFOF);
    const queued = Math.max(0, this.waiting.length - 1);
    const status =
      flags |
      (this.runs ? SR.TXRXS : 0) |
      (this.waiting.length <= FIFO_DEPTH ? SR.TFFF : 0) |
      (this.received.length > 0 ? SR.RFDF : 0) |
      (queued << 12) |
      (this.received.length << SR.RXCTR_SHIFT);
    this.bank.set("SR", status >>> 0);
    this.hooks.setInterrupt((status & this.bank.get("RSER") & REQUESTS) !== 0);
  }
}
