import { readElf } from "./elf.ts";
import { elfImage } from "./elf-image.ts";
import { type Image, ImageError, type ImageFormat } from "./image.ts";
import { readIntelHex } from "./intel-hex.ts";
import { readRaw } from "./raw.ts";
import { readSRecord } from "./s-record.ts";
import { readUf2, Uf2 } from "./uf2.ts";

/** How to read a file: its name decides where its content does not. */
export interface ReadImageOptions {
  readonly name: string;
  /** Overrules content and name. */
  readonly format?: ImageFormat;
  /** Where a raw file lies (0 by default); for the other formats, what is added to every address. */
  readonly address?: number;
}

/** What the names of files end in, without the dot, in lower case. */
const EXTENSIONS: { readonly [extension: string]: ImageFormat } = {
  bin: "raw",
  hex: "hex",
  ihex: "hex",
  ihx: "hex",
  srec: "srec",
  s19: "srec",
  s28: "srec",
  s37: "srec",
  mot: "srec",
  s: "srec",
  elf: "elf",
  axf: "elf",
  out: "elf",
  uf2: "uf2",
};

/**
 * Reads a file's bytes as an image.
 *
 * Throws `ImageError`, never anything else: `image-format` where the format cannot be told, and what each reader
 * throws.
 */
export function readImage(bytes: Uint8Array, options: ReadImageOptions): Image {
  if (bytes.length === 0)
    throw new ImageError("image-empty", `${options.name} is empty`, { details: { file: options.name } });
  const format = options.format ?? detectFormat(bytes, options);
  return READERS[format](bytes, baseName(options.name), options.address ?? 0);
}

/** Whether a file's name says that it is an image. */
export const isImageName = (name: string): boolean => EXTENSIONS[extensionOf(name)] !== undefined;

const extensionOf = (name: string): string => /\.([^./\\]+)$/.exec(name)?.[1].toLowerCase() ?? "";

/** The format by content, then by name; a `.bin` is raw whatever it holds. Throws `ImageError` `image-format`. */
export function detectFormat(bytes: Uint8Array, options: Pick<ReadImageOptions, "name" | "address">): ImageFormat {
  const byName = EXTENSIONS[extensionOf(options.name)];
  if (byName === "raw") return "raw";
  const format = byMagic(bytes) ?? byName ?? byText(bytes);
  if (format) return format;
  if (options.address !== undefined) return "raw";
  throw new ImageError("image-format", `Cannot tell what format ${options.name} has`, {
    details: { file: options.name },
  });
}

const READERS: { readonly [Format in ImageFormat]: (bytes: Uint8Array, name: string, address: number) => Image } = {
  raw: readRaw,
  hex: readIntelHex,
  srec: readSRecord,
  elf: (bytes, name, offset) => elfImage(readElf(bytes), name, offset),
  uf2: readUf2,
};

function byMagic(bytes: Uint8Array): ImageFormat | undefined {
  if (startsWith(bytes, 0x464c457f)) return "elf";
  return startsWith(bytes, Uf2.firstMagic) ? "uf2" : undefined;
}

const startsWith = (bytes: Uint8Array, word: number): boolean =>
  bytes.length >= 4 && [0, 8, 16, 24].every((shift, i) => bytes[i] === ((word >>> shift) & 0xff));

function byText(bytes: Uint8Array): ImageFormat | undefined {
  const start = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart();
  if (/^:[0-9a-f]{8}/i.test(start)) return "hex";
  return /^s[0-9][0-9a-f]{6}/i.test(start) ? "srec" : undefined;
}

const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
