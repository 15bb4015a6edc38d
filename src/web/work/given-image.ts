import { address32 } from "../../base/u32.ts";
import type { Chip } from "../../chips/chip.ts";
import { checkComplete, type Image } from "../../image/image.ts";
import { openFile } from "../../image/formats/file-format.ts";
import { loadReader } from "../../image/formats/load-reader.ts";
import type { GivenFile } from "../protocol.ts";

/** An image, and what of it was guessed. */
export interface GivenImage {
  readonly image: Image;
  readonly guesses: readonly string[];
}

/** Reads a file as an image; a raw one goes where its vectors fit. Throws `ImageError`. */
export async function givenImage({ name, bytes }: GivenFile, chip: Chip | undefined): Promise<GivenImage> {
  const { format, read } = openFile(bytes, { name });
  const reader = await loadReader(format);
  if (format !== "raw") return { image: read(reader), guesses: [] };
  const { guessPlace } = await import("../../protection/guess-place.ts");
  const { place, how } = guessPlace(bytes, chip);
  const guesses = [`${name} has no address of its own: taken for ${address32(place)}, ${how}`];
  return { image: openFile(bytes, { name, format: "raw", address: place }).read(reader), guesses };
}

/** Reads a file as an image that is complete. Throws `ImageError`. */
export async function givenWholeImage(file: GivenFile, chip: Chip): Promise<GivenImage> {
  const given = await givenImage(file, chip);
  checkComplete(given.image);
  return given;
}
