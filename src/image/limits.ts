import { ImageError } from "./image.ts";

/** The most bytes that one file may give for memory: 256 MB, far beyond the flash of any microcontroller. */
export const MAX_IMAGE_BYTES = 0x1000_0000;

/** The most separate segments of an image; each costs an object and is looked at by every query to the image. */
export const MAX_SEGMENTS = 0x1_0000;

/** One past the last address that a 32-bit bus has. */
export const ADDRESS_SPACE = 0x1_0000_0000;

/** Throws `ImageError` `image-too-large` where a file gives more bytes than `MAX_IMAGE_BYTES`. */
export function checkImageBytes(count: number): void {
  if (count > MAX_IMAGE_BYTES) throw tooLarge(count, MAX_IMAGE_BYTES, "bytes for memory");
}

/** Throws `ImageError` `image-too-large` where an image has more segments than `MAX_SEGMENTS`. */
export function checkSegmentCount(count: number): void {
  if (count > MAX_SEGMENTS) throw tooLarge(count, MAX_SEGMENTS, "separate segments");
}

const tooLarge = (found: number, limit: number, what: string) =>
  new ImageError("image-too-large", `The file gives ${found} ${what} or more; ${limit} are allowed`, {
    details: { found, limit, what },
  });
