import type { AccessSize } from "../../cpu/seam.ts";
import type { Saved } from "../saved.ts";
import type { Peripheral } from "./peripheral.ts";
import { RegisterBank, register, registers } from "./register-bank.ts";

const PFB0CR = 0x04;
/** Write-only bits of PFB0CR: CINV_WAY 23:20 and S_B_INV 19; they read as 0. */
const INVALIDATE = 0x00f80000;

/**
 * The flash memory controller: access protection and cache settings at their reset values.
 *
 * Its cache is always coherent here: the twin never serves stale lines, so forgetting to invalidate goes unpunished.
 */
export class Fmc implements Peripheral {
  readonly name = "FMC";
  private readonly bank = new RegisterBank("FMC", [
    register("PFAPR", 0x00, 4, 0x00f8003f),
    register("PFB0CR", PFB0CR, 4, 0x3004001f),
    register("PFB1CR", 0x08, 4, 0x3004001f),
    // Tags and data of four ways, four sets, 16 bytes a line.
    ...registers("TAGVDW", 0x100, 4, 16, 4, 0),
    ...registers("DATA", 0x200, 4, 64, 4, 0),
  ]);

  read(offset: number, size: AccessSize): number {
    return this.bank.read(offset, size);
  }

  write(offset: number, size: AccessSize, value: number): number {
    const result = this.bank.write(offset, size, value);
    this.bank.set("PFB0CR", this.bank.get("PFB0CR") & ~INVALIDATE);
    return result;
  }

  reset(): void {
    this.bank.reset();
  }

  save(): Saved {
    return this.bank.save();
  }

  restore(saved: Saved): void {
    this.bank.restore(saved);
  }
}
