import type { AccessSize } from "../../../cpu/seam.ts";
import { type Saved, savedFlag, savedPart } from "../../../chip/saved.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { RegisterBank, readOnly, register } from "../../../chip/peripherals/register-bank.ts";

const PMPROT = 0;
/** PMPROT.AVLP allows very-low-power modes. */
const AVLP = 0x20;
/** PMCTRL.RUNM = 10 asks for VLPR. */
const RUNM = 0x60;
const RUNM_VLPR = 0x40;
/** PMSTAT values (the latter from OpenOCD's use of it). */
const PMSTAT = { RUN: 0x01, VLPR: 0x04 } as const;

/** System mode controller: RUN and VLPR; stop modes aren't modelled. */
export class Smc implements Peripheral {
  readonly name = "SMC";
  private readonly bank = new RegisterBank("SMC", [
    register("PMPROT", PMPROT, 1, 0x00, 0x2a),
    register("PMCTRL", 1, 1, 0x00, 0x67),
    register("VLLSCTRL", 2, 1, 0x03, 0x27),
    readOnly("PMSTAT", 3, 1, PMSTAT.RUN),
  ]);
  private protectionWritten = false;

  /** Whether the chip runs at full power, as flash commands need. */
  get isRun(): boolean {
    return this.bank.get("PMSTAT") === PMSTAT.RUN;
  }

  read(offset: number, size: AccessSize): number {
    return this.bank.read(offset, size);
  }

  isStable(): boolean {
    return true;
  }

  write(offset: number, size: AccessSize, value: number): number {
    const before = this.bank.get("PMPROT");
    const result = this.bank.write(offset, size, value);
    // PMPROT can be written once after each reset.
    if (offset === PMPROT && this.protectionWritten) this.bank.set("PMPROT", before);
    if (offset === PMPROT) this.protectionWritten = true;
    const wantsVlpr = (this.bank.get("PMCTRL") & RUNM) === RUNM_VLPR && (this.bank.get("PMPROT") & AVLP) !== 0;
    this.bank.set("PMSTAT", wantsVlpr ? PMSTAT.VLPR : PMSTAT.RUN);
    return result;
  }

  reset(): void {
    this.bank.reset();
    this.protectionWritten = false;
  }

  save(): Saved {
    return { bank: this.bank.save(), protectionWritten: this.protectionWritten };
  }

  restore(saved: Saved): void {
    this.bank.restore(savedPart(saved, "bank"));
    this.protectionWritten = savedFlag(saved, "protectionWritten");
  }
}
