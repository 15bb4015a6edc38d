import { joinedBanks } from "../chips/banks.ts";
import type { Chip } from "../chips/chip.ts";
import type { FlashBank, Range } from "../chips/flash-bank.ts";
import { sectorAt } from "../chips/sectors.ts";
import { FlashError } from "./flash-error.ts";
import { usableBanks } from "./plan/named-banks.ts";
import type { FlashStep } from "./plan/steps.ts";

/** A range of flash: `length` bytes from `start` on. */
export type FlashRange = Range;

/**
 * Throws `flash-range` for a range that is empty, runs backwards, or leaves the chip's flash; `what` says what was to be
 * done to it: `erased`. Banks beside the firmware's count only where `named` has their ids.
 */
export function checkFlashRange(range: FlashRange, chip: Chip, what: string, named: readonly string[] = []): void {
  const { start, length } = range;
  const flash = joinedBanks(usableBanks(chip, named));
  if (flash.some((part) => isInside(range, part))) return;
  const texts = flash.map((part) => `${hex(part.start)} to ${hex(part.start + part.length - 1)}`);
  const asked =
    length > 0
      ? `${hex(start)} to ${hex(start + length - 1)} was to be ${what}, but`
      : `The range to be ${what} begins at ${hex(start)} and ends before it holds a byte;`;
  const near = flash.find((part) => start >= part.start && start < part.start + part.length) ?? flash[0];
  throw new FlashError("flash-range", `${asked} the flash of the ${chip.name} is ${texts.join(" and ")}`, {
    details: { start: hex(start), length, flashStart: hex(near.start), flashEnd: hex(near.start + near.length - 1) },
  });
}

/** Throws `flash-range` for the first step that would leave its bank: no loader ever gets such an address. */
export function checkSteps(steps: readonly FlashStep[]): void {
  for (const step of steps) {
    const { bank } = step;
    if (step.step === "program") checkWrite(bank, step);
    else for (const write of step.atOnce) checkWrite(bank, write);
    if (step.step === "erase-sector" || step.step === "ensure-blank") checkSector(step.address, bank);
    if (step.step === "erase-block") checkBlock(step, bank);
  }
}

/** Throws `flash-range` unless an address is in a bank: what the layer of commands asks for itself, once more. */
export function checkFlashAddress(address: number, { start, length }: Range): void {
  if (Number.isInteger(address) && address >= start && address < start + length) return;
  throw outside(`No flash command is given for ${hex(address)}`, address, { start, length });
}

/** What was to be written leaves its bank, or is no whole number of its write units. */
function checkWrite(
  bank: FlashBank,
  { address, bytes }: { readonly address: number; readonly bytes: Uint8Array },
): void {
  if (!isInside({ start: address, length: bytes.length }, bank))
    throw outside(`${hex(address)} to ${hex(address + bytes.length - 1)} was to be programmed`, address, bank);
  const { unit } = bank.write;
  if ((address - bank.start) % unit === 0 && bytes.length % unit === 0) return;
  throw new FlashError("flash-unaligned", `${hex(address)} is not the start of a write unit`, {
    details: { address: hex(address), unit },
  });
}

/** An erase command takes any address of a sector, so one that isn't the sector's first is a plan's mistake. */
function checkSector(address: number, bank: FlashBank): void {
  const sector = sectorAt(bank, address);
  if (sector === undefined) throw outside(`${hex(address)} was to be erased`, address, bank);
  if (sector.address === address) return;
  throw new FlashError("flash-unaligned", `${hex(address)} is not the start of a sector`, {
    details: { address: hex(address), sectorSize: sector.size },
  });
}

/** A block is the bank's own, or the command would erase another one. */
function checkBlock({ address, length }: { readonly address: number; readonly length: number }, bank: FlashBank): void {
  if (!isInside({ start: address, length }, bank)) throw outside(`${hex(address)} was to be erased`, address, bank);
  const size = bank.block?.size;
  if (size === length && (address - bank.start) % size === 0) return;
  throw new FlashError("flash-unaligned", `${hex(address)} is not the start of a block`, {
    details: { address: hex(address), sectorSize: length },
  });
}

const outside = (what: string, address: number, { start, length }: Range) =>
  new FlashError("flash-range", `${what}: the flash is ${hex(start)} to ${hex(start + length - 1)}`, {
    details: { start: hex(address), flashStart: hex(start), flashEnd: hex(start + length - 1) },
  });

const isInside = ({ start, length }: FlashRange, flash: Range): boolean =>
  Number.isSafeInteger(start) &&
  Number.isSafeInteger(length) &&
  length > 0 &&
  start >= flash.start &&
  start + length <= flash.start + flash.length;

/** An address that may lie beyond 32 bits, which `address32` would wrap into the flash. */
const hex = (value: number): string =>
  value < 0 ? `-${hex(-value)}` : `0x${Math.trunc(value).toString(16).toUpperCase().padStart(8, "0")}`;
