import type { FlashBank, Range } from "./flash-bank.ts";

/** One sector of a bank: what one erase takes. */
export interface Sector {
  readonly bank: FlashBank;
  readonly address: number;
  readonly size: number;
  /** Which of the bank's runs it belongs to. */
  readonly run: number;
}

/** The sector that holds an address; undefined where the bank has none there. */
export function sectorAt(bank: FlashBank, address: number): Sector | undefined {
  let start = bank.start;
  for (const [run, { size, count }] of bank.sectors.entries()) {
    const end = start + size * count;
    if (address >= start && address < end) {
      return { bank, address: start + Math.floor((address - start) / size) * size, size, run };
    }
    start = end;
  }
  return undefined;
}

/** The sectors of a bank that hold any byte of a range, ascending. */
export function sectorsIn(bank: FlashBank, { start, length }: Range): readonly Sector[] {
  const end = Math.min(start + length, bank.start + bank.length);
  const sectors: Sector[] = [];
  for (let at = Math.max(start, bank.start); at < end; ) {
    const sector = sectorAt(bank, at);
    if (!sector) break;
    sectors.push(sector);
    at = sector.address + sector.size;
  }
  return sectors;
}

/** Whether two ranges share a byte. */
export const overlap = (a: Range, b: Range): boolean => a.start < b.start + b.length && b.start < a.start + a.length;

/** Whether an address lies in a range. */
export const holds = ({ start, length }: Range, address: number): boolean =>
  address >= start && address < start + length;
