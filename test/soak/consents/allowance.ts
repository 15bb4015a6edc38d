import { type ImageFile, type Range, FSEC } from "./world.ts";

/** What one command line allowed, by a model that knows nothing of the product. */
export interface Allowance {
  /** Bytes that may change. */
  readonly ranges: readonly Range[];
  /** Everything may be erased. */
  readonly all?: boolean;
  /** The chip may end up locked so that a mass erase opens it. */
  readonly lock?: boolean;
  /** The chip may end up locked for ever. */
  readonly lockForEver?: boolean;
}

/** Nothing may change. */
export const NOTHING: Allowance = { ranges: [] };

/** Everything may be erased, and the chip stays open. */
export const EVERYTHING: Allowance = { ranges: [], all: true };

const SECTOR = 0x1000;

/** The flash configuration field, which an erase of its sector writes open. */
const FIELD: Range = [0x400, 0x410];

const touchesFieldSector = ([from, to]: Range): boolean => from < SECTOR && to > 0;

/** Ranges, with the field where its sector is touched. */
export const ranges = (list: readonly Range[]): readonly Range[] =>
  list.some(touchesFieldSector) ? [...list, FIELD] : list;

/** The bytes of an image. */
export const bytesOf = ({ segments }: ImageFile): readonly Range[] =>
  ranges(segments.map(({ address, bytes }) => [address, address + bytes.length] as const));

/** Every sector that an image touches: J-Link Commander keeps the rest of a sector only for small writes. */
export const sectorsOf = ({ segments }: ImageFile): readonly Range[] =>
  segments.map(({ address, bytes }) => [
    address - (address % SECTOR),
    Math.ceil((address + bytes.length) / SECTOR) * SECTOR,
  ]);

/** Several allowances of one script. */
export const together = (list: readonly Allowance[]): Allowance => ({
  ranges: list.flatMap((each) => each.ranges),
  all: list.some(({ all }) => all),
  lock: list.some(({ lock }) => lock),
  lockForEver: list.some(({ lockForEver }) => lockForEver),
});

/** What FSEC does after the next reset (NXP MK24F12.h): SEC = 10 is open, MEEN = 10 disables the mass erase. */
function severity(fsec: number): 0 | 1 | 2 {
  if ((fsec & 0x03) === 0x02) return 0;
  return (fsec & 0x30) === 0x20 ? 2 : 1;
}

/** What changed beyond the allowance: one line for each fault. */
export function beyond(allowed: Allowance, before: Uint8Array, after: Uint8Array): readonly string[] {
  const faults: string[] = [];
  if (!allowed.all) {
    // What may change is made equal; the first difference that is left is one too many.
    const rest = after.slice();
    for (const [from, to] of allowed.ranges) rest.set(before.subarray(Math.max(0, from), to), Math.max(0, from));
    if (Buffer.compare(before, rest) !== 0) {
      const changed = before.findIndex((byte, i) => byte !== rest[i]);
      faults.push(`0x${changed.toString(16)} changed from ${before[changed]} to ${after[changed]}`);
    }
  }
  const [was, is] = [severity(before[FSEC]), severity(after[FSEC])];
  if (is > was && is === 1 && !allowed.lock && !allowed.lockForEver) faults.push("the chip will be locked");
  if (is > was && is === 2 && !allowed.lockForEver) faults.push("the chip will be locked for ever");
  return faults;
}
