import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { type Saved, savedBytes } from "../../../chip/saved.ts";
import { type Word, Words, words } from "../words.ts";

const DPRAM_SIZE = 0x1000;

/** Registers that show events of the bus, which a write of 1 clears: none ever happens. */
const EVENTS: readonly Word[] = [
  { name: "SIE_STATUS", offset: 0x50, writable: 0 },
  { name: "BUFF_STATUS", offset: 0x58, writable: 0 },
  { name: "BUFF_CPU_SHOULD_HANDLE", offset: 0x5c, writable: 0 },
  { name: "EP_STATUS_STALL_NAK", offset: 0x70, writable: 0 },
  { name: "INTR", offset: 0x8c, writable: 0 },
];

const KEPT: readonly Word[] = [
  ...words(16, 0x0, 4, (n) => ({ name: `ADDR_ENDP${n}` })),
  { name: "MAIN_CTRL", offset: 0x40 },
  { name: "SOF_WR", offset: 0x44 },
  { name: "SOF_RD", offset: 0x48, writable: 0 },
  { name: "SIE_CTRL", offset: 0x4c },
  { name: "INT_EP_CTRL", offset: 0x54 },
  { name: "EP_STALL_ARM", offset: 0x68 },
  { name: "NAK_POLL", offset: 0x6c, reset: 0x00100010 },
  { name: "USB_MUXING", offset: 0x74 },
  { name: "USB_PWR", offset: 0x78 },
  { name: "USBPHY_DIRECT", offset: 0x7c },
  { name: "USBPHY_DIRECT_OVERRIDE", offset: 0x80 },
  { name: "USBPHY_TRIM", offset: 0x84, reset: 0x00001f1f },
  { name: "EP_ABORT", offset: 0x60 },
];

/**
 * The USB controller without a cable: registers keep what is written, no event comes but a forced one (data sheet 4.1.4). In
 * reset it reads 0 and ignores writes: Raspberry Pi's start-up code looks at SIE_CTRL before it releases the controller.
 */
export class Usb extends Words {
  private readonly isReleased: () => boolean;
  private readonly setInterrupt: (asserted: boolean) => void;

  constructor(isReleased: () => boolean, setInterrupt: (asserted: boolean) => void) {
    super("USBCTRL", [...EVENTS, ...KEPT]);
    this.isReleased = isReleased;
    this.setInterrupt = setInterrupt;
    this.define([
      { name: "INTE", offset: 0x90, wrote: () => this.changed() },
      { name: "INTF", offset: 0x94, wrote: () => this.changed() },
      { name: "INTS", offset: 0x98, writable: 0, read: () => this.pending },
      { name: "EP_ABORT_DONE", offset: 0x64, writable: 0, read: () => this.get("EP_ABORT") },
    ]);
  }

  override read(offset: number, size: AccessSize): number {
    return this.isReleased() ? super.read(offset, size) : 0;
  }

  override write(offset: number, size: AccessSize, value: number): number {
    return this.isReleased() ? super.write(offset, size, value) : 0;
  }

  override reset(): void {
    super.reset();
    this.changed();
  }

  private get pending(): number {
    return this.get("INTF") & this.get("INTE");
  }

  private changed(): void {
    this.setInterrupt(this.pending !== 0);
  }
}

/** The controller's 4 KB of memory, which has no aliases for atomic writes (data sheet 4.1.2.5). */
export class UsbMemory implements Peripheral {
  readonly name = "USB_DPRAM";
  private readonly bytes = new Uint8Array(DPRAM_SIZE);
  private readonly isReleased: () => boolean;

  constructor(isReleased: () => boolean) {
    this.isReleased = isReleased;
  }

  read(offset: number, size: AccessSize): number {
    if (offset + size > DPRAM_SIZE) return BUS_FAULT;
    if (!this.isReleased()) return 0;
    let value = 0;
    for (let n = size - 1; n >= 0; n--) value = value * 0x100 + this.bytes[offset + n];
    return value;
  }

  write(offset: number, size: AccessSize, value: number): number {
    if (offset + size > DPRAM_SIZE) return BUS_FAULT;
    if (!this.isReleased()) return 0;
    for (let n = 0; n < size; n++) this.bytes[offset + n] = value >>> (8 * n);
    return 0;
  }

  isStable(): boolean {
    return true;
  }

  /** Its content outlives the controller's reset (unsure). */
  reset(): void {}

  save(): Saved {
    return { bytes: [...this.bytes] };
  }

  restore(saved: Saved): void {
    this.bytes.set(savedBytes(saved, "bytes"));
  }
}
