import { type Picoseconds, SECOND } from "../../../../base/clock.ts";
import type { u32 } from "../../../../base/u32.ts";
import { type Saved, savedBytes, savedFlag, savedNumber, savedPart } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import { type BlockHooks, EventBlock } from "./event-block.ts";

/** UART and UARTE share slot and registers (MDK); ENABLE says which one it is. */
const TASK = { STARTRX: 0x00, STOPRX: 0x04, STARTTX: 0x08, STOPTX: 0x0c, FLUSHRX: 0x2c } as const;
const EVENT = {
  RXDRDY: 0x108,
  ENDRX: 0x110,
  TXDRDY: 0x11c,
  ENDTX: 0x120,
  ERROR: 0x124,
  RXTO: 0x144,
  RXSTARTED: 0x14c,
  TXSTARTED: 0x150,
  TXSTOPPED: 0x158,
} as const;
const REG = {
  SHORTS: 0x200,
  ERRORSRC: 0x480,
  ENABLE: 0x500,
  PSEL_RTS: 0x508,
  PSEL_TXD: 0x50c,
  PSEL_CTS: 0x510,
  PSEL_RXD: 0x514,
  RXD: 0x518,
  TXD: 0x51c,
  BAUDRATE: 0x524,
  RX_PTR: 0x534,
  RX_MAXCNT: 0x538,
  RX_AMOUNT: 0x53c,
  TX_PTR: 0x544,
  TX_MAXCNT: 0x548,
  TX_AMOUNT: 0x54c,
} as const;
const SHORT = { ENDRX_STARTRX: 1 << 5, ENDRX_STOPRX: 1 << 6 } as const;
const ENABLED = { uart: 4, uarte: 8 } as const;
/** Bytes that the receiver keeps before they are read. */
const RX_FIFO = 6;
/** Start bit, eight data bits, stop bit. */
const FRAME_BITS = 10;
const DISCONNECTED = 0xffffffff;
const OVERRUN = 1;

/** What a UARTE asks of the chip around it. */
export interface UarteHooks extends BlockHooks {
  /** One byte left the transmitter. */
  send(byte: number): void;
  /** A byte of RAM by EasyDMA; what lies elsewhere reads 0 (unsure). */
  readRam(address: u32): number;
  writeRam(address: u32, byte: number): void;
}

/** A UARTE, which is a UART too: 8N1, one byte a frame at the baud rate, EasyDMA in one piece. */
export class Uarte extends EventBlock {
  private readonly timeline: Timeline;
  private readonly uart: UarteHooks;
  private readonly sentEvent: string;
  private readonly arrivedEvent: string;
  /** Bytes that wait for the transmitter; the first one is on its way. */
  private sending: number[] = [];
  private transmits = false;
  private receives = false;
  private fifo: number[] = [];
  private received = 0;
  private arriving: number[] = [];

  constructor(name: string, timeline: Timeline, hooks: UarteHooks) {
    super(name, hooks, {
      [REG.PSEL_RTS]: DISCONNECTED,
      [REG.PSEL_TXD]: DISCONNECTED,
      [REG.PSEL_CTS]: DISCONNECTED,
      [REG.PSEL_RXD]: DISCONNECTED,
      [REG.BAUDRATE]: 0x04000000,
    });
    this.timeline = timeline;
    this.uart = hooks;
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

  override isStable(offset: number): boolean {
    return offset !== REG.RXD;
  }

  override reset(): void {
    this.timeline.clear(this.sentEvent);
    this.timeline.clear(this.arrivedEvent);
    this.sending = [];
    this.fifo = [];
    this.arriving = [];
    this.transmits = false;
    this.receives = false;
    this.received = 0;
    super.reset();
  }

  override save(): Saved {
    const { sending, fifo, arriving, transmits, receives, received } = this;
    return { block: super.save(), sending, fifo, arriving, transmits, receives, received };
  }

  override restore(saved: Saved): void {
    super.restore(savedPart(saved, "block"));
    this.sending = savedBytes(saved, "sending");
    this.fifo = savedBytes(saved, "fifo");
    this.arriving = savedBytes(saved, "arriving");
    this.transmits = savedFlag(saved, "transmits");
    this.receives = savedFlag(saved, "receives");
    this.received = savedNumber(saved, "received");
  }

  protected override task(offset: number): void {
    if (offset === TASK.STARTTX) this.startTx();
    if (offset === TASK.STOPTX) this.stopTx();
    if (offset === TASK.STARTRX) this.startRx();
    if (offset === TASK.STOPRX) this.stopRx();
    if (offset === TASK.FLUSHRX) this.endRx();
  }

  protected override readRegister(offset: number): u32 {
    return offset === REG.RXD ? this.takeByte() : super.readRegister(offset);
  }

  protected override wrote(offset: number, value: u32): void {
    if (offset === REG.ERRORSRC) this.set(offset, this.get(offset) & ~value);
    else if (offset === REG.TXD) this.queue([value & 0xff]);
    else super.wrote(offset, value);
  }

  private get isDma(): boolean {
    return this.get(REG.ENABLE) === ENABLED.uarte;
  }

  private get isOn(): boolean {
    return this.isDma || this.get(REG.ENABLE) === ENABLED.uart;
  }

  /** BAUDRATE is the rate in 16 MHz / 2^32. */
  private get frame(): Picoseconds {
    const baud = (this.get(REG.BAUDRATE) * 16_000_000) / 2 ** 32;
    return Math.round((FRAME_BITS * SECOND) / Math.max(1, baud));
  }

  private startTx(): void {
    if (!this.isOn) return;
    this.transmits = true;
    if (!this.isDma) return;
    const count = this.get(REG.TX_MAXCNT) & 0xffff;
    const from = this.get(REG.TX_PTR);
    this.fire(EVENT.TXSTARTED);
    this.set(REG.TX_AMOUNT, 0);
    if (count === 0) this.fire(EVENT.ENDTX);
    else this.queue(Array.from({ length: count }, (_, i) => this.uart.readRam(from + i)));
  }

  private stopTx(): void {
    this.transmits = false;
    if (this.sending.length > 1) this.sending = this.sending.slice(0, 1);
    if (this.sending.length === 0) this.fire(EVENT.TXSTOPPED);
  }

  private queue(bytes: readonly number[]): void {
    if (!this.transmits || !this.isOn) return;
    if (this.sending.length === 0) this.timeline.set(this.sentEvent, this.timeline.now + this.frame);
    this.sending.push(...bytes);
  }

  private sent(): void {
    const [byte, ...rest] = this.sending;
    this.sending = rest;
    if (rest.length > 0) this.timeline.set(this.sentEvent, this.timeline.now + this.frame);
    if (this.get(REG.PSEL_TXD) >>> 31 === 0) this.uart.send(byte);
    this.fire(EVENT.TXDRDY);
    if (this.isDma) this.set(REG.TX_AMOUNT, this.get(REG.TX_AMOUNT) + 1);
    if (rest.length > 0) return;
    if (this.isDma && this.transmits) this.fire(EVENT.ENDTX);
    if (!this.transmits) this.fire(EVENT.TXSTOPPED);
  }

  private startRx(): void {
    if (!this.isOn) return;
    this.receives = true;
    if (!this.isDma) return;
    this.received = 0;
    this.fire(EVENT.RXSTARTED);
    this.drain();
  }

  private stopRx(): void {
    if (!this.receives) return;
    this.receives = false;
    if (this.isDma) this.endRx();
    this.fire(EVENT.RXTO);
  }

  private endRx(): void {
    this.set(REG.RX_AMOUNT, this.received);
    this.fire(EVENT.ENDRX);
  }

  /** Dropped while the receiver is off, an overrun while its bytes are unread. */
  private arrive(): void {
    const byte = this.arriving.shift() ?? 0;
    if (this.arriving.length > 0) this.timeline.set(this.arrivedEvent, this.timeline.now + this.frame);
    if (!this.receives || this.get(REG.PSEL_RXD) >>> 31 !== 0) return;
    if (this.fifo.length >= RX_FIFO) this.overrun();
    else this.accept(byte);
  }

  private accept(byte: number): void {
    this.fifo.push(byte);
    this.fire(EVENT.RXDRDY);
    if (this.isDma) this.drain();
  }

  private overrun(): void {
    this.set(REG.ERRORSRC, this.get(REG.ERRORSRC) | OVERRUN);
    this.fire(EVENT.ERROR);
  }

  /** Bytes go to RAM until the buffer is full. */
  private drain(): void {
    const room = this.get(REG.RX_MAXCNT) & 0xffff;
    while (this.receives && this.fifo.length > 0 && this.received < room) {
      this.uart.writeRam(this.get(REG.RX_PTR) + this.received, this.fifo.shift() ?? 0);
      this.received += 1;
      if (this.received === room) this.bufferFull();
    }
  }

  private bufferFull(): void {
    const shorts = this.get(REG.SHORTS);
    this.endRx();
    if (shorts & SHORT.ENDRX_STARTRX) this.startRx();
    else if (shorts & SHORT.ENDRX_STOPRX) this.stopRx();
  }

  private takeByte(): number {
    const byte = this.fifo.shift() ?? this.get(REG.RXD);
    this.set(REG.RXD, byte);
    if (!this.isDma && this.fifo.length > 0) this.fire(EVENT.RXDRDY);
    return byte;
  }
}
