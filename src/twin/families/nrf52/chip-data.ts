import type { u32 } from "../../../base/u32.ts";

/** What tells one nRF52 from another, for the twin: a new one is a file of this shape. */
export interface Nrf52Chip {
  readonly name: string;
  /** FICR INFO.PART. */
  readonly part: u32;
  /** FICR INFO.VARIANT: package code and build code, four letters, the first one in the highest byte. */
  readonly variant: string;
  /** FICR INFO.PACKAGE. */
  readonly package: u32;
  /** Words at FICR 0x130 and 0x134, by which Nordic's start-up code tells revisions (unsure). */
  readonly revision: readonly [part: u32, revision: u32];
  /** Part number in the ROM table's PIDR. */
  readonly romPart: number;
  readonly flashSize: number;
  readonly ramSize: number;
  /** GPIO ports. */
  readonly ports: 1 | 2;
  /** UARTE modules. */
  readonly uarts: 1 | 2;
  /** Access port protection of the later builds: open only with 0x5A in UICR and by the firmware. */
  readonly hardened: boolean;
}
