import type { Chip } from "../chips/chip.ts";
import type { FlashBank, Range } from "../chips/flash-bank.ts";
import { sectorAt } from "../chips/sectors.ts";
import { cut } from "./pack-banks.ts";

/**
 * A pack's bank without the sectors whose blank bytes lock the chip, and those as a bank of their own: they stay with the
 * family's own loader, which programs the bytes in the same breath as it erases; a foreign algorithm can't.
 */
export function withOwnSectors(bank: FlashBank, own: Chip | undefined): readonly FlashBank[] {
  const ownBank = own?.banks.find(({ start, controller }) => start === bank.start && controller !== undefined);
  const address = own && lockingAddress(own);
  const sector = address === undefined || !ownBank ? undefined : sectorAt(ownBank, address);
  if (!ownBank || !sector || sector.address + sector.size > bank.start + bank.length) return [bank];
  const range = { start: sector.address, length: sector.size };
  const behind = range.start + range.length;
  return [
    partOf(bank, { start: bank.start, length: range.start - bank.start }, ""),
    partOf(ownBank, range, "-lock", bank.id),
    partOf(bank, { start: behind, length: bank.start + bank.length - behind }, "-rest"),
  ].filter(({ length }) => length > 0);
}

/** Where the first field is that locks the chip while it is blank. */
const lockingAddress = ({ protection }: Chip): number | undefined =>
  protection?.groups
    .filter(({ place }) => place === "flash")
    .flatMap(({ fields }) => fields)
    .find(({ sequence }) => sequence?.withErase)?.address;

/** Some sectors of a bank as a bank. */
const partOf = (bank: FlashBank, range: Range, suffix: string, id = bank.id): FlashBank => ({
  ...bank,
  ...range,
  id: `${id}${suffix}`,
  sectors: range.length > 0 ? cut(bank, range) : [],
});
