import type { GuardedRange } from "../../chips/chip.ts";
import { FIELD_LENGTH } from "./protection.ts";
import { FSTAT } from "./registers-flash.ts";

const FLASHES = "it can start flash commands, which erase the chip or lock it for ever";

/** FTFE's slot on the peripheral bridge (NXP MK24F12.h; its size is (unsure)). */
const SLOT = { start: 0x40020000, length: 0x1000 } as const;

/** Where the bits of a peripheral's byte lie as words of their own (ARMv7-M ARM (DDI 0403E), B3.1; Cortex-M4 TRM, 3.7). */
const bitBandOf = (address: number): number => 0x42000000 + (address - 0x40000000) * 32;

/** Where a raw write to a Kinetis with FTFE can erase or lock it; `field` is the address of its flash configuration field. */
export const ftfeGuards = (field: number): readonly GuardedRange[] => [
  {
    name: "the flash controller FTFE",
    kind: "flash-controller",
    ...SLOT,
    // Writing 1 to CCIF starts the command in FCCOB.
    starts: { start: FSTAT.address, length: 1, mask: FSTAT.mask("CCIF") },
    can: FLASHES,
  },
  {
    name: "the bit-band alias of the flash controller FTFE",
    kind: "flash-controller",
    start: bitBandOf(SLOT.start),
    length: SLOT.length * 32,
    // Each write does: CCIF reads 1, and the byte is written back whole. Eight bits, a word each.
    starts: { start: bitBandOf(FSTAT.address), length: 8 * 4 },
    can: FLASHES,
  },
  {
    name: "the flash configuration field",
    kind: "options",
    start: field,
    length: FIELD_LENGTH,
    can: "it holds the security byte, which only flash and erase write as a plan says",
  },
];
