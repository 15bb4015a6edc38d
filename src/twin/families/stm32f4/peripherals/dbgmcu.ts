import type { u32 } from "../../../../base/u32.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { RegisterBank, readOnly, register } from "../../../chip/peripherals/register-bank.ts";
import { type Saved, savedPart } from "../../../chip/saved.ts";
import type { AccessSize } from "../../../cpu/seam.ts";

/** APB1_FZ.DBG_IWDG_STOP. */
const IWDG_STOP = 1 << 12;

/** The debug unit at 0xE0042000: who the chip is, and what stands still while the core is halted; only power-on resets it. */
export class Dbgmcu implements Peripheral {
  readonly name = "DBGMCU";
  private readonly bank: RegisterBank;
  private readonly changed: () => void;

  constructor(idcode: u32, changed: () => void) {
    this.changed = changed;
    this.bank = new RegisterBank(this.name, [
      readOnly("IDCODE", 0x0, 4, idcode),
      register("CR", 0x4, 4, 0, 0x000000e7),
      register("APB1_FZ", 0x8, 4, 0, 0x06e01dff),
      register("APB2_FZ", 0xc, 4, 0, 0x00070003),
    ]);
  }

  /** Whether PB3 is TRACESWO: TRACE_IOEN, and TRACE_MODE 00 (RM0090, 38.16.3). */
  get hasSwo(): boolean {
    return (this.bank.get("CR") & 0xe0) === 0x20;
  }

  /** Whether the independent watchdog stands still while the core is halted. */
  get stopsIwdg(): boolean {
    return (this.bank.get("APB1_FZ") & IWDG_STOP) !== 0;
  }

  read(offset: number, size: AccessSize): number {
    return this.bank.read(offset, size);
  }

  write(offset: number, size: AccessSize, value: number): number {
    const result = this.bank.write(offset, size, value);
    this.changed();
    return result;
  }

  /** A system reset leaves it alone. */
  reset(): void {}

  powerOn(): void {
    this.bank.reset();
  }

  save(): Saved {
    return { bank: this.bank.save() };
  }

  restore(saved: Saved): void {
    this.bank.restore(savedPart(saved, "bank"));
  }
}
