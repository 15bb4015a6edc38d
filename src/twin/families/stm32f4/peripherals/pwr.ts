import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { RegisterBank, register } from "../../../chip/peripherals/register-bank.ts";
import { type Saved, savedPart } from "../../../chip/saved.ts";
import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";

/** CR's ODEN and ODSWEN, and CSR's VOSRDY, ODRDY and ODSWRDY. */
const OVER_DRIVE = 0x00030000;
const VOSRDY = 1 << 14;
/** CR's CWUF and CSBF read 0. */
const CLEARING = 0x0c;

/** Power control: voltages are ready at once, over-drive follows its enables. */
export class Pwr implements Peripheral {
  readonly name = "PWR";
  private readonly bank = new RegisterBank("PWR", [
    register("CR", 0x00, 4, 0x0000c000, 0x003fffff),
    register("CSR", 0x04, 4, 0x00000000, 0x00000300),
  ]);

  read(offset: number, size: AccessSize): number {
    const over = this.bank.get("CR") & OVER_DRIVE;
    this.bank.set("CSR", (this.bank.get("CSR") & ~OVER_DRIVE) | VOSRDY | over);
    return this.bank.read(offset, size);
  }

  isStable(): boolean {
    return true;
  }

  write(offset: number, size: AccessSize, value: number): number {
    if (this.bank.write(offset, size, value) === BUS_FAULT) return BUS_FAULT;
    this.bank.set("CR", this.bank.get("CR") & ~CLEARING);
    return 0;
  }

  reset(): void {
    this.bank.reset();
  }

  save(): Saved {
    return { bank: this.bank.save() };
  }

  restore(saved: Saved): void {
    this.bank.restore(savedPart(saved, "bank"));
  }
}
