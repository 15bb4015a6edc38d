import { type Picoseconds, SECOND } from "../../../../base/clock.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { RegisterBank, readOnly, register } from "../../../chip/peripherals/register-bank.ts";
import { type Saved, savedBytes, savedNumber, savedPart } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";

const OFFSET = { SR: 0x00, DR: 0x04 } as const;
const SR = { ORE: 0x08, RXNE: 0x20, TC: 0x40, TXE: 0x80 } as const;
const CR1 = { RE: 0x0004, TE: 0x0008, ENABLES: 0x00e0, M: 0x1000, UE: 0x2000, OVER8: 0x8000 } as const;
const CR2_STOP_2 = 0x2000;
const EMPTY = -1;

/** What the USART asks of the chip around it. */
export interface UsartHooks {
  /** PCLK1 or PCLK2. */
  clockHz(): number;
  /** One byte left the transmitter. */
  send(byte: number): void;
  setInterrupt(asserted: boolean): void;
}

/** A USART in its asynchronous mode: one data register in front of each shifter; interrupts for TXE, TC and RXNE. */
export class Usart implements Peripheral {
  readonly name: string;
  private readonly bank = new RegisterBank("USART", [
    register("SR", OFFSET.SR, 4, 0xc0, 0),
    readOnly("DR", OFFSET.DR, 4, 0),
    register("BRR", 0x08, 4, 0, 0xffff),
    register("CR1", 0x0c, 4, 0, 0xbfff),
    register("CR2", 0x10, 4, 0, 0x7f6f),
    register("CR3", 0x14, 4, 0, 0x0fff),
    register("GTPR", 0x18, 4, 0, 0xffff),
  ]);
  private readonly timeline: Timeline;
  private readonly hooks: UsartHooks;
  private readonly sentEvent: string;
  private readonly arrivedEvent: string;
  private shifting = EMPTY;
  private waiting = EMPTY;
  private received = EMPTY;
  private overrun = 0;
  /** TC, which the end of a byte sets and software clears. */
  private complete: number = SR.TC;
  private arriving: number[] = [];

  constructor(name: string, timeline: Timeline, hooks: UsartHooks) {
    this.name = name;
    this.timeline = timeline;
    this.hooks = hooks;
    this.sentEvent = `${name.toLowerCase()}Sent`;
    this.arrivedEvent = `${name.toLowerCase()}Arrived`;
    timeline.on(this.sentEvent, () => this.sent());
    timeline.on(this.arrivedEvent, () => this.arrive());
  }

  /** Bytes come in from outside, one a frame from now on. */
  receive(bytes: Uint8Array): void {
    if (this.arriving.length === 0 && bytes.length > 0)
      this.timeline.set(this.arrivedEvent, this.timeline.now + this.frame);
    this.arriving.push(...bytes);
  }

  read(offset: number, size: AccessSize): number {
    if ((offset & ~3) === OFFSET.DR) this.readData();
    return this.bank.read(offset, size);
  }

  isStable(offset: number): boolean {
    return (offset & ~3) !== OFFSET.DR;
  }

  write(offset: number, size: AccessSize, value: number): number {
    if (this.bank.write(offset, size, value) === BUS_FAULT) return BUS_FAULT;
    if (offset === OFFSET.DR) this.transmit(value & 0xff);
    // A 0 clears TC; RXNE can be cleared so, too.
    if (offset === OFFSET.SR) {
      this.complete &= value;
      if (!(value & SR.RXNE)) this.received = EMPTY;
    }
    this.update();
    return 0;
  }

  reset(): void {
    this.bank.reset();
    this.timeline.clear(this.sentEvent);
    this.timeline.clear(this.arrivedEvent);
    this.arriving = [];
    this.shifting = EMPTY;
    this.waiting = EMPTY;
    this.received = EMPTY;
    this.overrun = 0;
    this.complete = SR.TC;
    this.update();
  }

  save(): Saved {
    const { shifting, waiting, received, overrun, complete, arriving } = this;
    return { bank: this.bank.save(), shifting, waiting, received, overrun, complete, arriving };
  }

  restore(saved: Saved): void {
    this.bank.restore(savedPart(saved, "bank"));
    this.shifting = savedNumber(saved, "shifting");
    this.waiting = savedNumber(saved, "waiting");
    this.received = savedNumber(saved, "received");
    this.overrun = savedNumber(saved, "overrun");
    this.complete = savedNumber(saved, "complete");
    this.arriving = savedBytes(saved, "arriving");
  }

  private isOn(bit: number): boolean {
    const cr1 = this.bank.get("CR1");
    return (cr1 & CR1.UE) !== 0 && (cr1 & bit) !== 0;
  }

  private readData(): void {
    if (this.received !== EMPTY) this.bank.set("DR", this.received);
    this.received = EMPTY;
    this.overrun = 0;
    this.update();
  }

  /** Lost while the receiver is off, an overrun while the last byte is unread. */
  private arrive(): void {
    const byte = this.arriving.shift() ?? 0;
    if (this.arriving.length > 0) this.timeline.set(this.arrivedEvent, this.timeline.now + this.frame);
    if (!this.isOn(CR1.RE)) return;
    if (this.received === EMPTY) this.received = byte;
    else this.overrun = SR.ORE;
    this.update();
  }

  private transmit(byte: number): void {
    if (!this.isOn(CR1.TE)) return;
    this.complete = 0;
    if (this.shifting === EMPTY) this.shift(byte);
    else this.waiting = byte;
  }

  private shift(byte: number): void {
    this.shifting = byte;
    this.timeline.set(this.sentEvent, this.timeline.now + this.frame);
  }

  private sent(): void {
    const byte = this.shifting;
    this.shifting = EMPTY;
    if (this.waiting !== EMPTY) this.shift(this.waiting);
    else this.complete = SR.TC;
    this.waiting = EMPTY;
    this.update();
    this.hooks.send(byte);
  }

  /** One frame: BRR is the divider in sixteenths, or its fraction in eighths with OVER8 (RM0090, 30.3.4). */
  private get frame(): Picoseconds {
    const [brr, cr1, cr2] = ["BRR", "CR1", "CR2"].map((name) => this.bank.get(name));
    const clocks = cr1 & CR1.OVER8 ? (brr >>> 4) * 8 + (brr & 7) : brr;
    const bits = 10 + (cr1 & CR1.M ? 1 : 0) + (cr2 & CR2_STOP_2 ? 1 : 0);
    return Math.round((bits * Math.max(1, clocks) * SECOND) / this.hooks.clockHz());
  }

  private update(): void {
    const sr =
      (this.waiting === EMPTY ? SR.TXE : 0) | this.complete | (this.received === EMPTY ? 0 : SR.RXNE) | this.overrun;
    this.bank.set("SR", sr);
    // RXNEIE, TCIE and TXEIE stand at the same bits in CR1 as their flags do in SR; an overrun comes with RXNEIE.
    const cr1 = this.bank.get("CR1");
    const asked = sr & cr1 & CR1.ENABLES;
    const overrun = this.overrun !== 0 && (cr1 & SR.RXNE) !== 0;
    this.hooks.setInterrupt((cr1 & CR1.UE) !== 0 && (asked !== 0 || overrun));
  }
}
