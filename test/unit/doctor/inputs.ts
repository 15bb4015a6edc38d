import { findChip } from "../../../src/chips/list.ts";
import type { DifferenceInput } from "../../../src/doctor/evidence.ts";
import type { Difference } from "../../../src/flash/verify.ts";
import { buildImage } from "../../../src/image/build-image.ts";
import type { Image } from "../../../src/image/image.ts";

/** The chip of these tests. */
export const K24 = findChip("MK24FN1M0xxx12");

/** Bytes without a pattern, the same every time: a linear congruential generator's high bytes. */
export function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

/** An image of noise from address 0, with an open security byte. */
export function noisyImage(length = 0x2000, fsec = 0xfe): Image {
  const bytes = noise(length);
  bytes.set([0xff, 0xff, 0xff, 0xff, fsec, 0xff, 0xff, 0xff], 0x408);
  return buildImage({ format: "raw", segments: [{ name: "f", address: 0, bytes }] });
}

/** What a chip holds that differs from an image, byte runs joined; `unreadable` addresses cannot be read. */
export function compare(
  image: Image,
  chip: Uint8Array,
  unreadable: (address: number) => boolean = () => false,
): Difference[] {
  const [{ bytes }] = image.segments;
  const kind = (i: number) => (unreadable(i) ? "unreadable" : bytes[i] === chip[i] ? "same" : "other");
  const list: Difference[] = [];
  for (let i = 0; i < bytes.length; ) {
    const start = i;
    const what = kind(i);
    while (i < bytes.length && kind(i) === what) i++;
    const actual = what === "unreadable" ? undefined : chip.slice(start, i);
    if (what !== "same") list.push({ address: start, expected: bytes.slice(start, i), actual });
  }
  return list;
}

/** The input of a verify whose chip holds the image, changed by `change`. */
export function inputAfter(
  image: Image,
  change: (chip: Uint8Array) => Uint8Array | undefined,
  unreadable?: (address: number) => boolean,
): DifferenceInput {
  const held = image.segments[0].bytes.slice();
  return { chip: K24, image, differences: compare(image, change(held) ?? held, unreadable) };
}

/** The input for one security byte, in an image that holds the field and nothing else. */
export function fsecInput(fsec: number, chip: number): DifferenceInput {
  const image = buildImage({
    format: "raw",
    segments: [{ name: "f", address: 0x408, bytes: Uint8Array.of(0xff, 0xff, 0xff, 0xff, fsec, 0xff, 0xff, 0xff) }],
  });
  return {
    chip: K24,
    image,
    differences: [{ address: 0x40c, expected: Uint8Array.of(fsec), actual: Uint8Array.of(chip) }],
  };
}
