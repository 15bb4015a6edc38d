import type { Chip, GuardedRange } from "../chips/chip.ts";
import { FSTAT } from "../families/kinetis-ftfe/registers-flash.ts";

/** The range of a chip that a raw write would touch and that wants a consent of its own; undefined where there is none. */
export const guardedAt = (
  address: number,
  length: number,
  chips: readonly Pick<Chip, "guarded">[],
): GuardedRange | undefined =>
  chips.flatMap(({ guarded }) => guarded).find((range) => overlaps(range, address, length));

/** What a raw write does with the flash controller: `starts` a command, `touches` its registers, or neither. */
export function flashWrite(
  address: number,
  bytes: Uint8Array,
  chips: readonly Chip[],
): "starts" | "touches" | undefined {
  if (chips.some(({ flash }) => launches(address, bytes, flash.registers))) return "starts";
  const controllers = chips.map((chip) => ({
    guarded: chip.guarded.filter(({ kind }) => kind === "flash-controller"),
  }));
  return guardedAt(address, bytes.length, controllers) ? "touches" : undefined;
}

/** Writing 1 to CCIF starts the command in FCCOB; through the bit-band alias every write does, CCIF reads 1. */
function launches(address: number, bytes: Uint8Array, fstat: number): boolean {
  const at = fstat - address;
  if (at >= 0 && at < bytes.length) return (bytes[at] & FSTAT.mask("CCIF")) !== 0;
  return overlaps({ start: bitBandOf(fstat), length: BITS_OF_A_BYTE }, address, bytes.length);
}

/** Where the bits of a peripheral's byte lie as words of their own (ARMv7-M ARM (DDI 0403E), B3.1; Cortex-M4 TRM, 3.7). */
const bitBandOf = (address: number): number => 0x42000000 + (address - 0x40000000) * 32;

/** Eight bits, a word each. */
const BITS_OF_A_BYTE = 32;

const overlaps = (
  { start, length }: { readonly start: number; readonly length: number },
  address: number,
  bytes: number,
): boolean => address < start + length && address + bytes > start;
