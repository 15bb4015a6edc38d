import type { Memory } from "../adi/memory.ts";
import { address32 } from "../base/u32.ts";
import { bankAt } from "../chips/banks.ts";
import type { Chip } from "../chips/chip.ts";
import type { FlashBank, Range } from "../chips/flash-bank.ts";
import { type Sector, sectorAt, sectorsIn } from "../chips/sectors.ts";
import type { Image } from "../image/image.ts";

/** What stands in one sector: its bytes, and which of them could be read (a write unit with a broken ECC can not). */
export interface SectorContent {
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Offsets of write units that could not be read; empty when all could. */
  readonly unreadable: readonly number[];
}

/** What stands on a chip, by sector address; a sector that is missing was not looked at. */
export type ChipContent = ReadonlyMap<number, SectorContent>;

/** The half of a memory that looking needs. */
export type Readable = Pick<Memory, "read">;

/** The sector at an address, of any bank; a bank that is not cut into sectors is one. */
export function sectorOf(chip: Pick<Chip, "banks">, address: number): Sector | undefined {
  const bank = bankAt(chip, address);
  return bank && (sectorAt(bank, address) ?? wholeBank(bank));
}

const wholeBank = (bank: FlashBank): Sector => ({ bank, address: bank.start, size: bank.length, run: 0 });

/** The sectors that hold any byte of a range, ascending. */
export const sectorsOf = (chip: Pick<Chip, "banks">, range: Range): readonly Sector[] =>
  [...chip.banks]
    .sort((a, b) => a.start - b.start)
    .flatMap((bank) => {
      if (bank.sectors.length > 0) return sectorsIn(bank, range);
      const isTouched = range.start < bank.start + bank.length && range.start + range.length > bank.start;
      return isTouched ? [wholeBank(bank)] : [];
    });

/** Memory as it was when its sectors were read; throws `RangeError` for what was not read, or could not be. */
export const contentMemory = (content: ChipContent, chip: Pick<Chip, "banks">): Readable => ({
  read: async (address, count) => {
    const bytes = new Uint8Array(count);
    for (let at = address; at < address + count; ) {
      const start = sectorOf(chip, at)?.address ?? at;
      const sector = content.get(start);
      if (!sector || sector.unreadable.length > 0) throw new RangeError(`nothing has read ${address32(at)}`);
      const piece = sector.bytes.subarray(at - start, at - start + address + count - at);
      bytes.set(piece, at - address);
      at += piece.length;
    }
    return bytes;
  },
});

/** The sectors that an image touches, ascending. */
export function touchedSectors(image: Image, chip: Pick<Chip, "banks">): readonly Sector[] {
  const sectors = new Map<number, Sector>();
  for (const { address, bytes } of image.segments) {
    for (const sector of sectorsOf(chip, { start: address, length: bytes.length })) sectors.set(sector.address, sector);
  }
  return [...sectors.values()].sort((a, b) => a.address - b.address);
}

/** Whether an image leaves bytes of a sector unnamed: what stands there may be kept, so it is not just compared. */
export function leavesRest(image: Image, { address, size }: Sector): boolean {
  const named = image.segments.map((segment) => {
    const to = Math.min(segment.address + segment.bytes.length, address + size);
    return Math.max(0, to - Math.max(segment.address, address));
  });
  return named.reduce((sum, bytes) => sum + bytes, 0) < size;
}

/** Whether every byte of an array has the bank's erased value. */
export const isErased = (bytes: Uint8Array, { erased }: Pick<FlashBank, "erased">): boolean =>
  bytes.every((byte) => byte === erased);
