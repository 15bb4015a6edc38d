import { readElfImage } from "./formats/elf-reader.ts";
import { type ImageReader, openFile, type ReadImageOptions } from "./formats/file-format.ts";
import type { Image, ImageFormat } from "./image.ts";
import { readIntelHex } from "./intel-hex.ts";
import { readSRecord } from "./s-record.ts";
import { readRaw } from "./formats/raw-reader.ts";
import { readUf2 } from "./uf2.ts";

export type { ReadImageOptions } from "./formats/file-format.ts";

const READERS: { readonly [Format in ImageFormat]: ImageReader } = {
  raw: readRaw,
  hex: readIntelHex,
  srec: readSRecord,
  elf: readElfImage,
  uf2: readUf2,
};

/**
 * Reads a file's bytes as an image; a name that says another format than the content becomes a finding.
 *
 * Throws `ImageError`, never anything else: `image-format` where the format cannot be told, or where a file named
 * `.bin` is given an address and holds a format that brings its own, and what each reader throws.
 */
export function readImage(file: Uint8Array, options: ReadImageOptions): Image {
  const { format, read } = openFile(file, options);
  return read(READERS[format]);
}
