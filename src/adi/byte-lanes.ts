import type { u32 } from "../base/u32.ts";
import type { Width } from "./memory.ts";

/** Bytes of one access. */
export const bytesIn = (width: Width): 1 | 2 | 4 => (width / 8) as 1 | 2 | 4;

/** Where in DRW the data of an access lies: in the byte lanes that its address names (ADIv5.2 (IHI 0031F), C2.2.6). */
const byteLaneShift = (address: u32, width: Width): number => (address & (4 - bytesIn(width))) * 8;

/** The largest value that one access carries. */
const accessMask = (width: Width): u32 => (width === 32 ? 0xffffffff : (1 << width) - 1);

/** A value moved to its lanes. */
export const toByteLanes = (value: u32, address: u32, width: Width): u32 =>
  ((value & accessMask(width)) << byteLaneShift(address, width)) >>> 0;

/** A value taken from its lanes. */
export const fromByteLanes = (word: u32, address: u32, width: Width): u32 =>
  ((word >>> byteLaneShift(address, width)) & accessMask(width)) >>> 0;

/** The words for DRW that write `bytes` from `address` on, one for each access. */
export function wordsForByteLanes(address: u32, bytes: Uint8Array, width: Width): Uint32Array {
  const step = bytesIn(width);
  const words = new Uint32Array(bytes.length / step);
  for (let i = 0; i < words.length; i++) {
    words[i] = toByteLanes(littleEndian(bytes, i * step, step), address + i * step, width);
  }
  return words;
}

/** The bytes that DRW brought when read from `address` on, one word for each access. */
export function bytesFromByteLanes(address: u32, words: Uint32Array, width: Width): Uint8Array {
  const step = bytesIn(width);
  const bytes = new Uint8Array(words.length * step);
  words.forEach((word, i) => {
    const value = fromByteLanes(word, address + i * step, width);
    for (let k = 0; k < step; k++) bytes[i * step + k] = value >>> (8 * k);
  });
  return bytes;
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let k = 0; k < count; k++) value |= bytes[at + k] << (8 * k);
  return value >>> 0;
}
