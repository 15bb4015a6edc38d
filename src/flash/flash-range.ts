import type { Chip, FlashGeometry } from "../chips/chip.ts";
import { FlashError } from "./flash-error.ts";
import type { FlashStep } from "./steps.ts";

/** A range of flash: `length` bytes from `start` on. */
export interface FlashRange {
  readonly start: number;
  readonly length: number;
}

/**
 * Throws `flash-range` for a range that is empty, runs backwards, or leaves the chip's flash; `what` says what was to be
 * done to it: `erased`.
 */
export function checkFlashRange(range: FlashRange, { flash, name }: Chip, what: string): void {
  const { start, length } = range;
  if (isInFlash(range, flash)) return;
  const bank = `the flash of the ${name} is ${hex(flash.start)} to ${hex(flash.start + flash.length - 1)}`;
  const asked =
    length > 0
      ? `${hex(start)} to ${hex(start + length - 1)} was to be ${what}, but`
      : `The range to be ${what} begins at ${hex(start)} and ends before it holds a byte;`;
  throw new FlashError("flash-range", `${asked} ${bank}`, {
    details: { start: hex(start), length, flashStart: hex(flash.start), flashEnd: hex(flash.start + flash.length - 1) },
  });
}

/** Throws `flash-range` for the first step that would leave the chip's flash: no loader ever gets such an address. */
export function checkSteps(steps: readonly FlashStep[], chip: Chip): void {
  for (const step of steps) {
    const opening = "opening" in step ? step.opening : undefined;
    if (opening) checkFlashRange({ start: opening.address, length: opening.bytes.length }, chip, "programmed");
    if ("bytes" in step) checkFlashRange({ start: step.address, length: step.bytes.length }, chip, "programmed");
    else if ("address" in step) checkSector(step.address, chip);
  }
}

/** Throws `flash-range` unless an address is in a chip's flash: what the layer of commands asks for itself, once more. */
export function checkFlashAddress(address: number, { start, length }: Pick<FlashGeometry, "start" | "length">): void {
  if (Number.isInteger(address) && address >= start && address < start + length) return;
  const bank = `${hex(start)} to ${hex(start + length - 1)}`;
  throw new FlashError("flash-range", `No flash command is given for ${hex(address)}: the flash is ${bank}`, {
    details: { start: hex(address), flashStart: hex(start), flashEnd: hex(start + length - 1) },
  });
}

/** An erase command takes any address of a sector, so one that isn't the sector's first is a plan's mistake. */
function checkSector(address: number, chip: Chip): void {
  const { flash } = chip;
  checkFlashRange({ start: address, length: flash.sectorSize }, chip, "erased");
  if ((address - flash.start) % flash.sectorSize === 0) return;
  throw new FlashError("flash-unaligned", `${hex(address)} is not the start of a sector`, {
    details: { address: hex(address), sectorSize: flash.sectorSize },
  });
}

const isInFlash = ({ start, length }: FlashRange, flash: FlashGeometry): boolean =>
  Number.isSafeInteger(start) &&
  Number.isSafeInteger(length) &&
  length > 0 &&
  start >= flash.start &&
  start + length <= flash.start + flash.length;

/** An address that may lie beyond 32 bits, which `address32` would wrap into the flash. */
const hex = (value: number): string =>
  value < 0 ? `-${hex(-value)}` : `0x${Math.trunc(value).toString(16).toUpperCase().padStart(8, "0")}`;
