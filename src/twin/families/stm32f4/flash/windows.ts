import type { Picoseconds } from "../../../../base/clock.ts";
import { type FlashWindow, STALLED } from "../../../chip/bus.ts";
import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";
import { OTP, SYSTEM_BASE } from "../geometry.ts";
import type { FlashUnit } from "./flash-unit.ts";

/** The unique ID and the flash size in KB, as offsets from the start of system memory (RM0090, 39.1 and 39.2). */
const UID = 0x7a10;
const FLASH_SIZE = 0x7a22;
/** The boot loader's code, which no twin has: erased. */
const ABSENT = 0xff;

function joined(size: AccessSize, byteAt: (i: number) => number): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + byteAt(i);
  return value;
}

/** System memory: the boot loader's place, the one-time area with its locks, and the factory's words. */
export class SystemWindow implements FlashWindow {
  private readonly unit: FlashUnit;
  private readonly uid: readonly number[];

  constructor(unit: FlashUnit, uid: readonly number[]) {
    this.unit = unit;
    this.uid = uid;
  }

  get readyAt(): Picoseconds {
    return this.unit.operations.endsAt;
  }

  /** Factory words can be read at level 1, too (unsure). */
  read(offset: number, size: AccessSize): number {
    if (this.unit.operations.busy) return STALLED;
    return joined(size, (i) => this.byteAt(offset + i));
  }

  write(offset: number, size: AccessSize, value: number): number {
    const isOtp = offset >= OTP.offset && offset < OTP.end;
    return isOtp ? this.unit.write(SYSTEM_BASE + offset, size, value) : BUS_FAULT;
  }

  private byteAt(offset: number): number {
    if (offset >= OTP.offset && offset < OTP.end) return this.unit.otp.bytes[offset - OTP.offset];
    const kilobytes = this.unit.main.bytes.length / 1024;
    if (offset === FLASH_SIZE || offset === FLASH_SIZE + 1) return (kilobytes >>> (8 * (offset - FLASH_SIZE))) & 0xff;
    const at = offset - UID;
    return at >= 0 && at < 12 ? (this.uid[at >> 2] >>> (8 * (at & 3))) & 0xff : ABSENT;
  }
}

/** The option bytes of a bank as memory shows them; they are written through OPTCR alone. */
export const optionWindow = (unit: FlashUnit, bank: 0 | 1): FlashWindow => ({
  read: (offset, size) => (unit.operations.busy ? STALLED : joined(size, (i) => unit.cells.byteAt(bank, offset + i))),
  write: () => BUS_FAULT,
  get readyAt(): Picoseconds {
    return unit.operations.endsAt;
  },
});

/** Flash at address 0, where the core looks after reset with BOOT0 low; SYSCFG's other mappings are not modelled. */
export class BootAlias implements FlashWindow {
  private readonly flash: FlashWindow;

  constructor(flash: FlashWindow) {
    this.flash = flash;
  }

  get readyAt(): Picoseconds {
    return this.flash.readyAt ?? 0;
  }

  read(offset: number, size: AccessSize): number {
    return this.flash.read(offset, size, "core");
  }

  write(offset: number, size: AccessSize, value: number): number {
    return this.flash.write(offset, size, value, "core");
  }
}
