import { ownValue } from "../../base/own-value.ts";
import { type FileFinding, type Image, ImageError, type ImageFormat } from "../image.ts";
import { TextLines } from "../text-lines.ts";

/** How to read a file: its content decides what it is, its name where the content does not. */
export interface ReadImageOptions {
  /** The file's name, with or without its path. */
  readonly name: string;
  /** Overrules content and name. */
  readonly format?: ImageFormat;
  /** Where a raw file lies (0 by default); for the other formats, what is added to every address. */
  readonly address?: number;
  /** J-Link's rule: a file named `.bin` is raw whatever it holds, and what can't be recognized is raw, too. */
  readonly nameDecides?: true;
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

/** Reads one format: bytes, the file's name without its path, and where they lie or what is added. Throws `ImageError`. */
export type ImageReader = (bytes: Uint8Array, name: string, address: number) => Image;

/** A file whose format is known. */
export interface OpenedFile {
  readonly format: ImageFormat;
  /** Reads it by its format's reader; a name that says another format than the content becomes a finding. */
  readonly read: (reader: ImageReader) => Image;
}

/** Finds a file's format; throws `ImageError` `image-empty` and what `detectFormat` throws. */
export function openFile(file: Uint8Array, options: ReadImageOptions): OpenedFile {
  // A plain view: a host's own kind of array (Node's Buffer) may share its bytes with what `slice` makes of it.
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.length === 0)
    throw new ImageError("image-empty", `${options.name} is empty`, { details: { file: options.name } });
  const name = baseName(options.name);
  const format = options.format ?? detectFormat(bytes, options);
  const read = (reader: ImageReader) => {
    const image = reader(bytes, name, options.address ?? 0);
    const finding = options.format === undefined ? nameFinding(bytes, name, format) : undefined;
    return finding ? { ...image, findings: [...(image.findings ?? []), finding] } : image;
  };
  return { format, read };
}

/** The format that a file's name says; undefined where it says none. */
export const nameFormat = (name: string): ImageFormat | undefined => ownValue(EXTENSIONS, extensionOf(name));

/** Whether a file's name says that it is an image. */
export const isImageName = (name: string): boolean => nameFormat(name) !== undefined;

const extensionOf = (name: string): string => /\.([^./\\]+)$/.exec(name)?.[1].toLowerCase() ?? "";

/**
 * The format by content, then by name; with `nameDecides` a `.bin` is raw whatever it holds.
 *
 * Throws `ImageError` `image-format`: where neither tells and no address is given, and for a `.bin` at an address that
 * holds another format, because neither its text nor its own addresses moved by that one can be meant.
 */
export function detectFormat(
  bytes: Uint8Array,
  options: Pick<ReadImageOptions, "name" | "address" | "nameDecides">,
): ImageFormat {
  const { name, address, nameDecides } = options;
  const byName = ownValue(EXTENSIONS, extensionOf(name));
  if (nameDecides && byName === "raw") return "raw";
  const content = contentFormat(bytes);
  if (content && byName === "raw" && address !== undefined) throw notRaw(name, content);
  const format = content ?? byName;
  if (format) return format;
  if (address !== undefined || nameDecides) return "raw";
  throw new ImageError("image-format", `The format of ${name} is unknown`, { details: { file: name } });
}

/** The format that a file's bytes show, whatever its name; undefined for raw bytes. */
export const contentFormat = (bytes: Uint8Array): ImageFormat | undefined => byMagic(bytes) ?? byText(bytes);

const notRaw = (file: string, content: ImageFormat) =>
  new ImageError("image-format", `${file} is named as a raw file, but holds ${FORMAT_WORDS[content]}`, {
    details: { file, content },
  });

/** What the formats are called. */
const FORMAT_WORDS: { readonly [Format in ImageFormat]: string } = {
  raw: "raw bytes",
  hex: "Intel HEX, which brings its own addresses",
  srec: "S-records, which bring their own addresses",
  elf: "ELF, which brings its own addresses",
  uf2: "UF2, which brings its own addresses",
};

/** Where a file's name says another format than its content. */
function nameFinding(bytes: Uint8Array, name: string, format: ImageFormat): FileFinding | undefined {
  const byName = ownValue(EXTENSIONS, extensionOf(name));
  const content = contentFormat(bytes);
  if (!byName || !content || byName === content) return undefined;
  const taken = format === content ? "it is read as that" : "its bytes are taken as they are";
  const what = `the name ${name} says otherwise, but the file holds ${FORMAT_WORDS[content]}: ${taken}`;
  return { id: "file-format", what, incomplete: false };
}

/** "UF2\n", the first word of a block (USB Flashing Format, github.com/microsoft/uf2, "File format"). */
export const UF2_FIRST_MAGIC = 0x0a324655;

/** "\x7FELF", the first word of a file (System V ABI, "ELF Header"). */
const ELF_MAGIC = 0x464c457f;

function byMagic(bytes: Uint8Array): ImageFormat | undefined {
  if (startsWith(bytes, ELF_MAGIC)) return "elf";
  return startsWith(bytes, UF2_FIRST_MAGIC) ? "uf2" : undefined;
}

const startsWith = (bytes: Uint8Array, word: number): boolean =>
  bytes.length >= 4 && [0, 8, 16, 24].every((shift, i) => bytes[i] === ((word >>> shift) & 0xff));

/** How much of a file is looked at for its first record. */
const HEAD_LENGTH = 4096;

/** What the first line that is neither blank nor a comment looks like. */
function byText(bytes: Uint8Array): ImageFormat | undefined {
  const lines = new TextLines(bytes.subarray(0, HEAD_LENGTH));
  if (!lines.next()) return undefined;
  const start = String.fromCharCode(...lines.text.subarray(lines.from, Math.min(lines.to, lines.from + 16)));
  if (/^:[0-9a-f]{8}/i.test(start)) return "hex";
  return /^s[0-9][0-9a-f]{6}/i.test(start) ? "srec" : undefined;
}

const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
