import { address32 } from "../../base/u32.ts";
import { isForFirmware } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
import { holds, overlap, type Sector, sectorAt } from "../../chips/sectors.ts";
import { flashGroups } from "../../protection/chip-fields.ts";
import type { SectorContent } from "../content.ts";
import { rulesIn } from "../plan/field-rules.ts";

/** BKPT #0 (ARMv7-M ARM (DDI 0403E), A7.7.17); one halfword stops a 32-bit instruction too. */
export const BKPT: Uint8Array = Uint8Array.of(0x00, 0xbe);

/** Where a breakpoint in flash goes: the sector, and the address of its cells, whatever alias it was asked for by. */
export interface PatchPlace {
  readonly sector: Sector;
  readonly address: number;
}

/**
 * Where a breakpoint at an address would go; a text says why none may stand there: no sector for firmware, bytes that lock
 * the chip or belong to its protection, or that a boot ROM checks.
 */
export function patchPlace(chip: Chip, address: number): PatchPlace | string {
  const at = ownAddress(chip, address);
  const sector = at === undefined ? undefined : sectorFor(chip, at);
  if (at === undefined || !sector) return `${address32(address)} is in no flash that is erased sector by sector`;
  const { bank } = sector;
  const where = `the sector at ${address32(sector.address)}`;
  if (!bank.controller) return `Flashproof has no loader for ${bank.name}`;
  if (!chip.protection) return `the locks of the ${chip.name} are unknown to Flashproof`;
  const range = { start: sector.address, length: sector.size };
  if (rulesIn(chip, range).length > 0 || flashGroups(chip).some((group) => overlap(group, range)))
    return `${where} has the chip's security bytes`;
  if (chip.bootSum && overlap({ ...chip.bootSum, length: chip.bootSum.length + SUM_BYTES }, range))
    return `${where} has what the boot ROM checks`;
  return { sector, address: at };
}

/** The sum that a boot ROM compares stands behind the bytes that it counts. */
const SUM_BYTES = 4;

function sectorFor(chip: Chip, address: number): Sector | undefined {
  const bank = chip.banks.find((one) => holds(one, address));
  return bank && isForFirmware(bank) && bank.eraseNeeded ? sectorAt(bank, address) : undefined;
}

/** The address of the cells behind an address, which may be an alias of theirs. */
function ownAddress({ banks }: Pick<Chip, "banks">, address: number): number | undefined {
  for (const { start, length, aliases = [] } of banks)
    for (const base of [start, ...aliases]) if (holds({ start: base, length }, address)) return start + address - base;
  return undefined;
}

/** Every address by which cells are read: their own, and those of the bank's aliases. */
export function addressesOf({ banks }: Pick<Chip, "banks">, address: number): readonly number[] {
  const bank = banks.find((one) => holds(one, address));
  return bank ? [bank.start, ...(bank.aliases ?? [])].map((base) => base + address - bank.start) : [address];
}

/** A sector's bytes with a BKPT at each of these addresses. */
export function patched(original: Uint8Array, base: number, breakpoints: readonly number[]): Uint8Array {
  const bytes = original.slice();
  for (const at of breakpoints) bytes.set(BKPT, at - base);
  return bytes;
}

/** Whether a BKPT stands at an offset. */
export const isBkpt = (bytes: Uint8Array, offset: number): boolean =>
  BKPT.every((byte, i) => bytes[offset + i] === byte);

/**
 * A sector's own bytes, from those that stand there now: each breakpoint of ours that still stands gives way to what it
 * was set over; all else is the firmware's, which may have written it since.
 */
export function unpatched(
  { address, bytes }: Pick<SectorContent, "address" | "bytes">,
  original: Uint8Array,
  breakpoints: readonly number[],
): Uint8Array {
  const own = bytes.slice();
  for (const at of breakpoints) {
    const offset = at - address;
    if (isBkpt(bytes, offset)) own.set(original.subarray(offset, offset + BKPT.length), offset);
  }
  return own;
}
