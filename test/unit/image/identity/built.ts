import { buildImage } from "../../../../src/image/build-image.ts";
import type { Image } from "../../../../src/image/image.ts";

/** Little-endian words as bytes. */
export function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value, true);
  return bytes;
}

/** Runs of bytes one behind the other. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Bytes with others put over them at an offset. */
export function withAt(bytes: Uint8Array, offset: number, part: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy.set(part, offset);
  return copy;
}

/** An image of runs at addresses. */
export const image = (...runs: readonly (readonly [address: number, bytes: Uint8Array])[]): Image =>
  buildImage({ format: "raw", segments: runs.map(([address, bytes]) => ({ name: "run", address, bytes })) });

/** PUSH {LR}; BX LR: what a function begins with. */
const FUNCTION = words(0x4770_b500);

/**
 * A program: a vector table at its beginning whose faults lead to a function at 0x200, and behind it the constants that
 * its code names. Filled with FF.
 */
export function program(base: number, stack: number, constants: readonly number[] = [], length = 0x800): Uint8Array {
  const entry = base + 0x201;
  const table = words(stack, entry, entry, entry);
  return withAt(
    withAt(withAt(new Uint8Array(length).fill(0xff), 0, table), 0x200, FUNCTION),
    0x220,
    words(...constants),
  );
}

/** CRC-32 as the RP2040's boot ROM counts it: most significant bit first, from all ones (RP2040 data sheet, 2.8.1.3.1). */
export function bootCrc(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes)
    for (let bit = 7; bit >= 0; bit--) {
      const feedback = (crc >>> 31) ^ ((byte >> bit) & 1);
      crc = ((crc << 1) ^ (feedback ? 0x04c1_1db7 : 0)) >>> 0;
    }
  return crc;
}
