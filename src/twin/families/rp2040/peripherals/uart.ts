import { type Saved, savedBytes, savedNumber } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import { type Word, Words, words } from "../words.ts";

const FIFO = 32;
const FR = { BUSY: 0x08, RXFE: 0x10, TXFF: 0x20, RXFF: 0x40, TXFE: 0x80 } as const;
const CR = { UARTEN: 0x001, TXE: 0x100, RXE: 0x200 } as const;
const RIS = { RX: 0x10, TX: 0x20, RT: 0x40 } as const;
const LCR_FEN = 0x10;
/** Start bit, eight data bits, stop bit. */
const FRAME_BITS = 10;
/** PL011's identity (Arm PrimeCell UART TRM, 3.3.13). */
const IDENTITY = [0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1];

/** What the UART asks of the chip around it. */
export interface UartHooks {
  /** CLK_PERI in hertz; 0 where it is off. */
  periHz(): number;
  send(byte: number): void;
  setInterrupt(asserted: boolean): void;
}

/** A UART of the RP2040, Arm's PL011: two FIFOs of 32 bytes, 8N1 whatever is set, no errors, no DMA. */
export class Uart extends Words {
  private readonly timeline: Timeline;
  private readonly hooks: UartHooks;
  private readonly event: string;
  private readonly arrived: string;
  private transmit: number[] = [];
  private received: number[] = [];
  private arriving: number[] = [];
  private shifting = false;

  constructor(name: string, timeline: Timeline, hooks: UartHooks) {
    super(name);
    this.define([
      {
        name: "DR",
        offset: 0x00,
        writable: 0,
        read: () => this.takeReceived(),
        wrote: (word) => this.put(word & 0xff),
        lively: true,
      },
      { name: "RSR", offset: 0x04, writable: 0 },
      { name: "FR", offset: 0x18, writable: 0, read: () => this.flags },
      { name: "ILPR", offset: 0x20, writable: 0xff },
      { name: "IBRD", offset: 0x24, writable: 0xffff },
      { name: "FBRD", offset: 0x28, writable: 0x3f },
      { name: "LCR_H", offset: 0x2c, writable: 0xff },
      { name: "CR", offset: 0x30, reset: 0x300, writable: 0xff87, wrote: () => this.pump() },
      { name: "IFLS", offset: 0x34, reset: 0x12, writable: 0x3f },
      { name: "IMSC", offset: 0x38, writable: 0x7ff, wrote: () => this.drive() },
      { name: "RIS", offset: 0x3c, writable: 0, read: () => this.raw },
      { name: "MIS", offset: 0x40, writable: 0, read: () => this.raw & this.get("IMSC") },
      { name: "ICR", offset: 0x44, writable: 0, wrote: (bits) => this.clear(bits) },
      { name: "DMACR", offset: 0x48, writable: 0x7 },
      ...words(8, 0xfe0, 4, (n): Omit<Word, "offset"> => ({ name: `ID${n}`, writable: 0, reset: IDENTITY[n] })),
    ]);
    this.timeline = timeline;
    this.hooks = hooks;
    this.event = `${name.toLowerCase()}Sent`;
    this.arrived = `${name.toLowerCase()}Arrived`;
    timeline.on(this.event, () => this.sent());
    timeline.on(this.arrived, () => this.arrive());
  }

  /** Bytes come in from outside, one a frame from now on. */
  receive(bytes: Uint8Array): void {
    if (this.arriving.length === 0 && bytes.length > 0) this.timeline.set(this.arrived, this.timeline.now + this.frame);
    this.arriving.push(...bytes);
  }

  override reset(): void {
    super.reset();
    this.transmit = [];
    this.received = [];
    this.shifting = false;
    this.timeline.clear(this.event);
    this.drive();
  }

  override save(): Saved {
    const { transmit, received, arriving } = this;
    return { ...super.save(), transmit, received, arriving, shifting: this.shifting ? 1 : 0 };
  }

  override restore(saved: Saved): void {
    super.restore(saved);
    this.transmit = savedBytes(saved, "transmit");
    this.received = savedBytes(saved, "received");
    this.arriving = savedBytes(saved, "arriving");
    this.shifting = savedNumber(saved, "shifting") === 1;
    this.drive();
  }

  private get depth(): number {
    return (this.get("LCR_H") & LCR_FEN) === 0 ? 1 : FIFO;
  }

  private get flags(): number {
    return (
      (this.shifting ? FR.BUSY : 0) |
      (this.received.length === 0 ? FR.RXFE : 0) |
      (this.transmit.length >= this.depth ? FR.TXFF : 0) |
      (this.received.length >= this.depth ? FR.RXFF : 0) |
      (this.transmit.length === 0 ? FR.TXFE : 0)
    );
  }

  /** The transmitter asks for more at an eighth to seven eighths of its FIFO; the model always at half (unsure). */
  private get raw(): number {
    const wants = this.transmit.length <= this.depth / 2 ? RIS.TX : 0;
    return wants | (this.received.length > 0 ? RIS.RX | RIS.RT : 0);
  }

  /** The time of one frame; a baud rate that is not set, or no clock, sends at 115200 (unsure). */
  private get frame(): number {
    const divisor = this.get("IBRD") + this.get("FBRD") / 64;
    const baud = divisor === 0 ? 0 : this.hooks.periHz() / (16 * divisor);
    return Math.round((FRAME_BITS * 1e12) / (baud || 115_200));
  }

  private put(byte: number): void {
    if (this.transmit.length < this.depth) this.transmit.push(byte);
    this.pump();
  }

  private pump(): void {
    const on = CR.UARTEN | CR.TXE;
    if (!this.shifting && this.transmit.length > 0 && (this.get("CR") & on) === on && this.hooks.periHz() > 0) {
      this.shifting = true;
      this.timeline.set(this.event, this.timeline.now + this.frame);
    }
    this.drive();
  }

  private sent(): void {
    this.shifting = false;
    const byte = this.transmit.shift();
    if (byte !== undefined) this.hooks.send(byte);
    this.pump();
  }

  private arrive(): void {
    const byte = this.arriving.shift();
    const on = CR.UARTEN | CR.RXE;
    if (byte !== undefined && (this.get("CR") & on) === on && this.received.length < this.depth)
      this.received.push(byte);
    if (this.arriving.length > 0) this.timeline.set(this.arrived, this.timeline.now + this.frame);
    this.drive();
  }

  private takeReceived(): number {
    const byte = this.received.shift() ?? 0;
    this.drive();
    return byte;
  }

  private clear(_bits: number): void {
    this.drive();
  }

  private drive(): void {
    this.hooks.setInterrupt((this.raw & this.get("IMSC")) !== 0);
  }
}
