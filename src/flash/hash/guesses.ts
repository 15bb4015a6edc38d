import type { Chip } from "../../chips/chip.ts";
import type { Sector } from "../../chips/sectors.ts";
import { openSector } from "../baseline.ts";
import { isErased } from "../content.ts";
import type { Image } from "../../image/image.ts";
import type { Guess, Proof } from "./proven-memory.ts";

/** Checks go over whole words. */
const WORD = 4;

/** Whether the core reads a sector's cells as a debugger does, erased ones, too. */
export const canBeChecked = ({ bank }: Sector): boolean =>
  (bank.kind === "main" || bank.kind === "external") &&
  bank.eraseNeeded &&
  bank.readErased === "value" &&
  bank.sectors.length > 0 &&
  bank.complements === undefined;

/**
 * What sectors may hold: the image's bytes where it has any, erased ones beside them, cut where the image ends; of a named
 * chip, too, what keeps it open where it is blank.
 */
export const sectorGuesses = (
  image: Pick<Image, "segments">,
  sectors: readonly Sector[],
  chip?: Chip,
): readonly Guess[] =>
  sectors.filter(canBeChecked).flatMap((sector) => piecesOf(image, sector, chip && openSector(chip, sector)));

function piecesOf(
  { segments }: Pick<Image, "segments">,
  { bank, address, size }: Sector,
  open: Uint8Array | undefined,
): readonly Guess[] {
  const content = new Uint8Array(size).fill(bank.erased);
  const borders = new Set([address, address + size]);
  for (const { address: start, bytes } of segments) {
    const from = Math.max(start, address);
    const to = Math.min(start + bytes.length, address + size);
    if (from >= to) continue;
    content.set(bytes.subarray(from - start, to - start), from - address);
    borders.add(from - (from % WORD)).add(Math.ceil(to / WORD) * WORD);
  }
  const sorted = [...borders].sort((a, b) => a - b);
  return sorted.slice(0, -1).map((from, i) => {
    const [start, end] = [from - address, sorted[i + 1] - address];
    const asShipped = open?.subarray(start, end);
    const isOther = asShipped !== undefined && !isErased(asShipped, bank);
    return { bank, address: from, bytes: content.subarray(start, end), ...(isOther && { asShipped }) };
  });
}

/**
 * Sectors that hold something else for certain, and were not left half done: nothing of them has to be read where nothing
 * of them stays. A sector with more erased words than are wanted may be half done.
 */
export function differing(sectors: readonly Sector[], proofs: readonly Proof[]): ReadonlySet<number> {
  const differ = sectors.filter((sector) => {
    const own = proofs.filter((proof) => isIn(sector, proof));
    const isSure = own.every(({ holds, isPartlyErased }) => holds !== "unknown" && !isPartlyErased);
    return isSure && own.some(({ holds }) => holds === "other");
  });
  return new Set(differ.map(({ address }) => address));
}

/** Whether a proof is about a sector. */
export const isIn = ({ address, size }: Sector, proof: Proof): boolean =>
  proof.address >= address && proof.address < address + size;
