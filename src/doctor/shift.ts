import type { Image } from "../image/image.ts";
import { readAt } from "../image/image-bytes.ts";
import type { DifferingByte, Evidence } from "./evidence.ts";

/** Bytes of the chip that are looked for in the image: enough not to be found by chance. */
const WINDOW = 8;
/** Places from which such bytes are taken. */
const WINDOWS = 24;
/** Different values that they must have: blank flash and zeroes are found everywhere. */
const VARIED = 4;
/** Places in the image where the same bytes are taken to stand. */
const FINDS = 4;

/**
 * Distances that the image may lie beside its place, the most often found first: bytes of the chip are looked for in
 * the image. Positive is too high.
 */
export function shiftCandidates({ bytes, image, chipByte }: Evidence): readonly number[] {
  const counts = new Map<number, number>();
  const step = Math.max(1, Math.floor(bytes.length / WINDOWS));
  for (let i = 0; i < bytes.length; i += step) {
    const { address } = bytes[i];
    const window = Array.from({ length: WINDOW }, (_, at) => chipByte(address + at));
    if (new Set(window).size < VARIED || window.includes(undefined)) continue;
    for (const found of findAll(image, window as number[])) {
      counts.set(address - found, (counts.get(address - found) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([shift]) => shift);
}

/** The part of the bytes that are the image's from `shift` bytes away, of those for which it has one; 0 if few have. */
export function shiftFit(bytes: readonly DifferingByte[], image: Pick<Image, "segments">, shift: number): number {
  const looked = bytes.flatMap(({ address, actual }) => {
    const wanted = readAt(image, address - shift);
    return wanted === undefined ? [] : [wanted === actual];
  });
  return looked.length * 4 < bytes.length ? 0 : looked.filter(Boolean).length / looked.length;
}

function findAll({ segments }: Pick<Image, "segments">, window: readonly number[]): readonly number[] {
  const found: number[] = [];
  for (const { address, bytes } of segments) {
    for (let at = bytes.indexOf(window[0]); at >= 0 && found.length < FINDS; at = bytes.indexOf(window[0], at + 1)) {
      if (window.every((byte, i) => bytes[at + i] === byte)) found.push(address + at);
    }
  }
  return found;
}
