import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import type { Saved } from "../../../chip/saved.ts";
import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";

/** The backup SRAM, which read protection closes like flash; its bytes are a part of the state file. */
export class BackupSram implements Peripheral {
  readonly name = "BKPSRAM";
  private readonly bytes: Uint8Array;
  private readonly isClosed: () => boolean;

  constructor(bytes: Uint8Array, isClosed: () => boolean) {
    this.bytes = bytes;
    this.isClosed = isClosed;
  }

  read(offset: number, size: AccessSize): number {
    if (this.isClosed()) return BUS_FAULT;
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.bytes[offset + i];
    return value;
  }

  write(offset: number, size: AccessSize, value: number): number {
    if (this.isClosed()) return BUS_FAULT;
    for (let i = 0; i < size; i++) this.bytes[offset + i] = value >>> (8 * i);
    return 0;
  }

  reset(): void {}

  save(): Saved {
    return {};
  }

  restore(): void {}
}
