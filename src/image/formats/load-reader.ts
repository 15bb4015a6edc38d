import type { ImageFormat } from "../image.ts";
import type { ImageReader } from "./file-format.ts";
import { readRaw } from "./raw-reader.ts";

/** The readers, each loaded when a file of its format is given: a page fetches those that it needs. */
const READERS: { readonly [Format in ImageFormat]: () => Promise<ImageReader> } = {
  raw: async () => readRaw,
  hex: () => import("../intel-hex.ts").then(({ readIntelHex }) => readIntelHex),
  srec: () => import("../s-record.ts").then(({ readSRecord }) => readSRecord),
  elf: () => import("./elf-reader.ts").then(({ readElfImage }) => readElfImage),
  uf2: () => import("../uf2.ts").then(({ readUf2 }) => readUf2),
};

/** The reader of a format; `readImage` has all of them at hand. */
export const loadReader = (format: ImageFormat): Promise<ImageReader> => READERS[format]();
