import { address32 } from "../../base/u32.ts";
import type { Chip } from "../../chips/chip.ts";
import { checkComplete, type Image } from "../../image/image.ts";
import { detectFormat, readImage } from "../../image/read-image.ts";
import { guessPlace } from "../../protection/guess-place.ts";
import type { GivenFile } from "../protocol.ts";

/** An image, and what of it was guessed. */
export interface GivenImage {
  readonly image: Image;
  readonly guesses: readonly string[];
}

/** Reads a file as an image; a raw one goes where its vectors fit. Throws `ImageError`. */
export function givenImage({ name, bytes }: GivenFile, chip: Chip | undefined): GivenImage {
  if (bytes.length === 0 || detectFormat(bytes, { name }) !== "raw")
    return { image: readImage(bytes, { name }), guesses: [] };
  const { place, how } = guessPlace(bytes, chip);
  const guesses = [`${name} has no address of its own: taken for ${address32(place)}, ${how}`];
  return { image: readImage(bytes, { name, format: "raw", address: place }), guesses };
}

/** Reads a file as an image that is complete. Throws `ImageError`. */
export function givenWholeImage(file: GivenFile, chip: Chip): GivenImage {
  const given = givenImage(file, chip);
  checkComplete(given.image);
  return given;
}
