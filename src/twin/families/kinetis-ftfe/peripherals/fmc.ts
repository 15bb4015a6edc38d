import { RegisterBank, readOnly, register, registers } from "../../../chip/peripherals/register-bank.ts";

/** Bits of PFB0CR that stay: CLCK_WAY and 7:0. Wait states and width are read-only, CINV_WAY and S_B_INV read as 0. */
const PFB0CR_KEPT = 0x0f0000ff;

/**
 * The flash memory controller: access protection and cache settings at their reset values (NXP SVD).
 *
 * Its cache is always coherent here: the twin never serves stale lines, so forgetting to invalidate goes unpunished.
 */
export const createFmc = (): RegisterBank =>
  new RegisterBank("FMC", [
    register("PFAPR", 0x00, 4, 0x00f8003f),
    register("PFB0CR", 0x04, 4, 0x3004001f, PFB0CR_KEPT),
    readOnly("PFB1CR", 0x08, 4, 0x3004001f),
    // Tags and data of four ways, four sets, 16 bytes a line.
    ...registers("TAGVDW", 0x100, 4, 16, 4, 0),
    ...registers("DATA", 0x200, 4, 64, 4, 0),
  ]);
