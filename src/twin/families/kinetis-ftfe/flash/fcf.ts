import type { u32 } from "../../../../base/u32.ts";
import type { FlashArray } from "./flash-array.ts";
import { REGION_SIZE } from "../geometry.ts";
import { type Saved, type Stateful, savedFlag, savedNumber } from "../../../chip/saved.ts";

/** Where the flash configuration field lies (K24 reference, section 3). */
export const FCF = { key: 0x400, FPROT: 0x408, FSEC: 0x40c, FOPT: 0x40d, FEPROT: 0x40e, FDPROT: 0x40f } as const;

/** FSEC of a chip as it leaves the factory, and after a mass erase: unsecured, mass erase enabled, no backdoor. */
export const FSEC_UNSECURED = 0xfe;

/** SEC, FSEC[1:0]: the one pattern that leaves the chip open (NXP MK24F12 header). */
const SEC_UNSECURE = 0b10;
/** MEEN, FSEC[5:4]: the one pattern that disables mass erase while the chip is secure. */
const MEEN_DISABLED = 0b10;
/** KEYEN, FSEC[7:6]: the one pattern that enables the backdoor key. */
const KEYEN_ENABLED = 0b10;

/**
 * The registers that every reset's flash initialisation loads from the flash configuration field, and what they mean.
 *
 * Reprogramming the field changes nothing here until the next reset.
 */
export class Fcf implements Stateful {
  FSEC = 0xff;
  FOPT = 0xff;
  FPROT: u32 = 0xffffffff;
  FEPROT = 0xff;
  FDPROT = 0xff;
  /** Set by a wrong backdoor key: VFYKEY is refused until the next reset. */
  keyLocked = false;

  /** Loads the registers; the cells count, corrected or not (unsure for a phrase with bad ECC). */
  load(flash: FlashArray): void {
    const field = flash.peek(FCF.FPROT, 8);
    this.FPROT = new DataView(field.buffer).getUint32(0, true);
    this.FSEC = field[4];
    this.FOPT = field[5];
    this.FEPROT = field[6];
    this.FDPROT = field[7];
    this.keyLocked = false;
  }

  get secure(): boolean {
    return (this.FSEC & 3) !== SEC_UNSECURE;
  }

  /** Whether the MDM-AP may mass-erase. MEEN only counts while the chip is secure. */
  get massEraseEnabled(): boolean {
    return !this.secure || ((this.FSEC >>> 4) & 3) !== MEEN_DISABLED;
  }

  get backdoorEnabled(): boolean {
    return this.FSEC >>> 6 === KEYEN_ENABLED;
  }

  /** Opens the chip until the next reset (VFYKEY, ERSALL): SEC := 10 in the register only. */
  unsecure(): void {
    this.FSEC = (this.FSEC & ~3) | SEC_UNSECURE;
  }

  /** A write to FPROT: regions can be protected (1 to 0) but not freed before the next reset. */
  protect(value: u32): void {
    this.FPROT = (this.FPROT & value) >>> 0;
  }

  /** Whether any region that the range touches is protected. */
  protects(start: u32, length: number): boolean {
    for (let region = Math.floor(start / REGION_SIZE); region * REGION_SIZE < start + length; region++) {
      if (((this.FPROT >>> region) & 1) === 0) return true;
    }
    return false;
  }

  save(): Saved {
    const { FSEC, FOPT, FPROT, FEPROT, FDPROT, keyLocked } = this;
    return { FSEC, FOPT, FPROT, FEPROT, FDPROT, keyLocked };
  }

  restore(saved: Saved): void {
    this.FSEC = savedNumber(saved, "FSEC");
    this.FOPT = savedNumber(saved, "FOPT");
    this.FPROT = savedNumber(saved, "FPROT");
    this.FEPROT = savedNumber(saved, "FEPROT");
    this.FDPROT = savedNumber(saved, "FDPROT");
    this.keyLocked = savedFlag(saved, "keyLocked");
  }
}
