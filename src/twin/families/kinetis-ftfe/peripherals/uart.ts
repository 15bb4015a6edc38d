import { type Picoseconds, SECOND } from "../../../../base/clock.ts";
import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";
import { type Saved, savedBytes, savedNumber, savedPart } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { RegisterBank, readOnly, register } from "../../../chip/peripherals/register-bank.ts";

const OFFSET = { S1: 0x04, D: 0x07 } as const;
const C2 = { TIE: 0x80, TCIE: 0x40, RIE: 0x20, TE: 0x08, RE: 0x04 } as const;
const S1 = { TDRE: 0x80, TC: 0x40, RDRF: 0x20, OR: 0x08 } as const;
/** Start bit, eight data bits, stop bit. */
const FRAME_BITS = 10;
const EMPTY = -1;

const holdsData = (offset: number, size: AccessSize): boolean => offset <= OFFSET.D && offset + size > OFFSET.D;

/** What the UART asks of the chip around it. */
export interface UartHooks {
  /** The module clock: the core clock for UART0 and UART1, the bus clock for the others. */
  moduleHz(): number;
  /** One byte left the transmitter. */
  send(byte: number): void;
  setInterrupt(asserted: boolean): void;
}

/** A UART: 8N1, one data register in front of the shifter (the FIFO stays off), interrupts for TDRE, TC and RDRF. */
export class Uart implements Peripheral {
  readonly name: string;
  private readonly sentEvent: string;
  private readonly arrivedEvent: string;
  private readonly bank = new RegisterBank("UART", [
    register("BDH", 0x00, 1, 0x00),
    register("BDL", 0x01, 1, 0x04),
    register("C1", 0x02, 1, 0x00),
    register("C2", 0x03, 1, 0x00),
    readOnly("S1", OFFSET.S1, 1, 0xc0),
    register("S2", 0x05, 1, 0x00),
    register("C3", 0x06, 1, 0x00),
    readOnly("D", OFFSET.D, 1, 0x00),
    register("MA1", 0x08, 1, 0x00),
    register("MA2", 0x09, 1, 0x00),
    register("C4", 0x0a, 1, 0x00),
    register("C5", 0x0b, 1, 0x00),
    readOnly("ED", 0x0c, 1, 0x00),
    register("MODEM", 0x0d, 1, 0x00),
    register("IR", 0x0e, 1, 0x00),
    register("PFIFO", 0x10, 1, 0x22, 0x00),
    register("CFIFO", 0x11, 1, 0x00, 0x07),
    readOnly("SFIFO", 0x12, 1, 0xc0),
    register("TWFIFO", 0x13, 1, 0x00),
    readOnly("TCFIFO", 0x14, 1, 0x00),
    register("RWFIFO", 0x15, 1, 0x01),
    readOnly("RCFIFO", 0x16, 1, 0x00),
  ]);
  private readonly timeline: Timeline;
  private readonly hooks: UartHooks;
  private shifting = EMPTY;
  private waiting = EMPTY;
  private received = EMPTY;
  private overrun = 0;
  private arriving: number[] = [];

  constructor(name: string, timeline: Timeline, hooks: UartHooks) {
    this.name = name;
    this.timeline = timeline;
    this.hooks = hooks;
    // UART0's events have the names that states of the first version know.
    const prefix = name === "UART0" ? "uart" : name.toLowerCase();
    this.sentEvent = `${prefix}Sent`;
    this.arrivedEvent = `${prefix}Arrived`;
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
    if (holdsData(offset, size)) this.readData();
    return this.bank.read(offset, size);
  }

  isStable(offset: number, size: AccessSize): boolean {
    return !holdsData(offset, size);
  }

  write(offset: number, size: AccessSize, value: number): number {
    if (this.bank.write(offset, size, value) === BUS_FAULT) return BUS_FAULT;
    if (offset === OFFSET.D) this.transmit(value & 0xff);
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
    this.update();
  }

  save(): Saved {
    const { shifting, waiting, received, overrun, arriving } = this;
    return { bank: this.bank.save(), shifting, waiting, received, overrun, arriving };
  }

  restore(saved: Saved): void {
    this.bank.restore(savedPart(saved, "bank"));
    this.shifting = savedNumber(saved, "shifting");
    this.waiting = savedNumber(saved, "waiting");
    this.received = savedNumber(saved, "received");
    this.overrun = savedNumber(saved, "overrun");
    this.arriving = savedBytes(saved, "arriving");
  }

  private readData(): void {
    if (this.received !== EMPTY) this.bank.set("D", this.received);
    this.received = EMPTY;
    this.overrun = 0;
    this.update();
  }

  /** Dropped while the receiver is off, an overrun while the last byte is unread. */
  private arrive(): void {
    const byte = this.arriving.shift() ?? 0;
    if (this.arriving.length > 0) this.timeline.set(this.arrivedEvent, this.timeline.now + this.frame);
    if (!(this.bank.get("C2") & C2.RE)) return;
    if (this.received === EMPTY) this.received = byte;
    else this.overrun = S1.OR;
    this.update();
  }

  private transmit(byte: number): void {
    if (!(this.bank.get("C2") & C2.TE)) return;
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
    this.waiting = EMPTY;
    this.update();
    this.hooks.send(byte);
  }

  /** One frame: the baud rate is clock / (16 x (SBR + BRFA / 32)). */
  private get frame(): Picoseconds {
    const sbr = ((this.bank.get("BDH") & 0x1f) << 8) | this.bank.get("BDL");
    const divider = 16 * ((sbr || 1) + (this.bank.get("C4") & 0x1f) / 32);
    return Math.round((FRAME_BITS * divider * SECOND) / this.hooks.moduleHz());
  }

  private update(): void {
    const s1 =
      (this.waiting === EMPTY ? S1.TDRE : 0) |
      (this.shifting === EMPTY && this.waiting === EMPTY ? S1.TC : 0) |
      (this.received === EMPTY ? 0 : S1.RDRF) |
      this.overrun;
    this.bank.set("S1", s1);
    // TIE, TCIE and RIE stand at the same bits in C2 as TDRE, TC and RDRF do in S1.
    this.hooks.setInterrupt((s1 & this.bank.get("C2") & (C2.TIE | C2.TCIE | C2.RIE)) !== 0);
  }
}
