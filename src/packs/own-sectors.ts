import { address32 } from "../base/u32.ts";
import { bankAt } from "../chips/banks.ts";
import type { Chip } from "../chips/chip.ts";
import type { FlashBank, Range } from "../chips/flash-bank.ts";
import { overlap, type Sector, sectorAt, sectorsIn } from "../chips/sectors.ts";
import { invalidAlgorithm } from "./pack-error.ts";
import { cut } from "./pack-banks.ts";

/**
 * A pack's bank without the sectors whose blank bytes lock the chip, and those as banks of their own: they stay with the
 * family's own loader, which programs the bytes in the same breath as it erases; a foreign algorithm can't.
 *
 * Throws `algorithm-invalid` (`sectors-differ`) where a pack cuts the cells of a bank of ours in another way, because what
 * one of its sectors would erase, a sector that locks the chip among it, is not what the pack shows.
 */
export function withOwnSectors(bank: FlashBank, own: Chip | undefined): readonly FlashBank[] {
  if (!own) return [bank];
  checkSectors(bank, own);
  const locks = lockSectors(own).filter((sector) => overlap(bank, rangeOf(sector)));
  const parts: FlashBank[] = [];
  let from = bank.start;
  for (const [i, sector] of locks.entries()) {
    const range = rangeOf(sector);
    parts.push(partOf(bank, { start: from, length: range.start - from }, suffixOf("-rest", i - 1)));
    parts.push(partOf(sector.bank, range, suffixOf("-lock", i), bank.id));
    from = range.start + range.length;
  }
  const end = bank.start + bank.length;
  if (locks.length === 0) return [bank];
  return [...parts, partOf(bank, { start: from, length: end - from }, suffixOf("-rest", locks.length - 1))].filter(
    ({ length }) => length > 0,
  );
}

/** Every sector of ours with cells of the pack's bank has to be one of the pack's as a whole. */
function checkSectors(bank: FlashBank, { name, banks }: Chip): void {
  for (const sector of banks.flatMap((ownBank) => sectorsIn(ownBank, bank))) {
    const { address, size } = sector;
    const isWhole = address >= bank.start && address + size <= bank.start + bank.length;
    const theirs = sectorAt(bank, address);
    // A bank without sectors is programmed only.
    const isSame = bank.sectors.length === 0 || (theirs?.address === address && theirs.size === size);
    if (isWhole && isSame) continue;
    throw invalidAlgorithm(
      "sectors-differ",
      `The flash algorithm ${bank.algorithm?.name ?? bank.name} has other sectors than the ${name}, which has one of ${size} bytes at ${address32(address)}`,
      { chip: name, address: address32(address), size },
    );
  }
}

/** The sectors with fields that lock the chip while they are blank, ascending. */
function lockSectors(own: Chip): readonly Sector[] {
  const groups = own.protection?.groups.filter(({ place }) => place === "flash") ?? [];
  const sectors = groups
    .flatMap(({ fields }) => fields)
    .filter(({ sequence }) => sequence?.withErase)
    .flatMap(({ address }) => {
      const bank = bankAt(own, address);
      return (bank && sectorAt(bank, address)) ?? [];
    });
  return [...new Map(sectors.map((sector) => [sector.address, sector])).values()].sort((a, b) => a.address - b.address);
}

const rangeOf = ({ address, size }: Sector): Range => ({ start: address, length: size });

/** Nothing for the part before all others, `-rest`, `-rest2` behind. */
const suffixOf = (text: string, i: number): string => (i < 0 ? "" : i === 0 ? text : `${text}${i + 1}`);

/** Some sectors of a bank as a bank. */
const partOf = (bank: FlashBank, range: Range, suffix: string, id = bank.id): FlashBank => ({
  ...bank,
  ...range,
  id: `${id}${suffix}`,
  sectors: range.length > 0 ? cut(bank, range).sectors : [],
});
