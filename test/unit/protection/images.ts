import { findChip } from "../../../src/chips/list.ts";
import { buildImage } from "../../../src/image/build-image.ts";
import type { Image } from "../../../src/image/image.ts";

/** The chip of these tests. */
export const K24 = findChip("MK24FN1M0xxx12");

/** Stack pointer and reset vector that fit a K24, little-endian. */
export const GOOD_VECTORS = [0x00, 0x00, 0x03, 0x20, 0x11, 0x04, 0x00, 0x00];

/** A field of FF with its last bytes from FSEC on replaced. */
export const fieldWith = (...fromFsec: number[]): number[] => [
  ...Array(12).fill(0xff),
  ...fromFsec,
  ...[0xff, 0xff, 0xff, 0xff].slice(fromFsec.length),
];

/** An image of some runs of bytes. */
export const imageOf = (...runs: [address: number, bytes: readonly number[]][]): Image =>
  buildImage({
    format: "raw",
    segments: runs.map(([address, bytes]) => ({ name: "f", address, bytes: Uint8Array.from(bytes) })),
  });

/** A small image that a K24 could run, with the given FSEC and what follows it. */
export const bootable = (...fromFsec: number[]): Image =>
  imageOf([0, GOOD_VECTORS], [0x400, fieldWith(...fromFsec)], [0x410, [0, 0xbf]]);
