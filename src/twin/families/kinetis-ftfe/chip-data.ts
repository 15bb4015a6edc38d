import type { u32 } from "../../../base/u32.ts";

/** What tells one Kinetis of 1 MB with an FTFE from another, for the twin: a new one is a file of this shape. */
export interface KinetisChip {
  readonly name: string;
  /** SIM_SDID. */
  readonly sdid: u32;
  /** SIM_SOPT1 at reset, with RAMSIZE. */
  readonly sopt1: u32;
  /** SRAM on the code bus, which ends where SRAM_U begins. */
  readonly sramL: { readonly base: u32; readonly size: number };
  /** SRAM on the system bus. */
  readonly sramU: { readonly base: u32; readonly size: number };
}
