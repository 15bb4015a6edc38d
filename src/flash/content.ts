import type { Memory } from "../adi/memory.ts";
import { address32 } from "../base/u32.ts";
import type { FlashGeometry } from "../chips/chip.ts";
import type { Image } from "../image/image.ts";

/**
 * What stands in one sector: its bytes, and which of them could be read (a phrase with a broken ECC can not).
 * `known` is undefined when every byte could.
 */
export interface SectorContent {
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Offsets of phrases that could not be read; empty when all could. */
  readonly unreadable: readonly number[];
}

/** What stands on a chip, by sector address; a sector that is missing was not looked at. */
export type ChipContent = ReadonlyMap<number, SectorContent>;

/** The half of a memory that looking needs. */
export type Readable = Pick<Memory, "read">;

/** Memory as it was when its sectors were read; throws `RangeError` for what was not read, or could not be. */
export const contentMemory = (content: ChipContent, { sectorSize }: FlashGeometry): Readable => ({
  read: async (address, count) => {
    const bytes = new Uint8Array(count);
    for (let at = address; at < address + count; ) {
      const offset = at % sectorSize;
      const sector = content.get(at - offset);
      if (!sector || sector.unreadable.length > 0) throw new RangeError(`nothing has read ${address32(at)}`);
      const piece = sector.bytes.subarray(offset, offset + address + count - at);
      bytes.set(piece, at - address);
      at += piece.length;
    }
    return bytes;
  },
});

/** Addresses of the sectors that an image touches, ascending. */
export function touchedSectors(image: Image, flash: FlashGeometry): readonly number[] {
  const addresses = new Set<number>();
  for (const { address, bytes } of image.segments) {
    const first = address - ((address - flash.start) % flash.sectorSize);
    for (let at = first; at < address + bytes.length; at += flash.sectorSize) addresses.add(at);
  }
  return [...addresses].sort((a, b) => a - b);
}

/** Whether an image leaves bytes of a sector unnamed: what stands there may be kept, so it is not just compared. */
export function leavesRest(image: Image, address: number, { sectorSize }: FlashGeometry): boolean {
  const named = image.segments.map((segment) => {
    const to = Math.min(segment.address + segment.bytes.length, address + sectorSize);
    return Math.max(0, to - Math.max(segment.address, address));
  });
  return named.reduce((sum, bytes) => sum + bytes, 0) < sectorSize;
}

/** Whether every byte of an array has the erased value. */
export const isErased = (bytes: Uint8Array, flash: FlashGeometry): boolean =>
  bytes.every((b) => b === flash.erasedByte);
