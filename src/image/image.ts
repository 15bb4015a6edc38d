import { FlashproofError } from "../base/errors.ts";

/** A run of bytes at an address, with the name its file gives it (an ELF segment's sections, else the file's). */
export interface Segment {
  /** The section or file that it comes from. */
  readonly name: string;
  /** The address of its first byte. */
  readonly address: number;
  /** Its bytes. */
  readonly bytes: Uint8Array;
}

/**
 * A named range, from ELF sections and symbols; other formats have none. Sections lie where they are loaded (flash),
 * functions and objects where they run (`.data` and `.bss` objects in RAM), without the Thumb bit.
 */
export interface ImageSymbol {
  readonly name: string;
  readonly kind: "section" | "function" | "object";
  readonly address: number;
  readonly length: number;
}

/** Formats that an image can come in. */
export type ImageFormat = "raw" | "hex" | "srec" | "elf" | "uf2";

/** What a file wants in memory: segments sorted by address, none touching another, none empty. */
export interface Image {
  /** The format that it was read as. */
  readonly format: ImageFormat;
  /** Runs of bytes, ascending and apart. */
  readonly segments: readonly Segment[];
  /** Names of addresses, where the file has them. */
  readonly symbols: readonly ImageSymbol[];
  /** The start address that the file names, if it does. */
  readonly entry?: number;
  /** What the reader let pass. */
  readonly findings?: readonly FileFinding[];
  /** UF2 only: the family ids that its blocks name, which stand for chips. */
  readonly families?: readonly number[];
}

/** Names of what a reader lets pass; they are part of the `--json` contract. */
export type FileFindingId = "file-cut-short" | "file-blocks-missing" | "file-format";

/** Something about a file that its reader let pass. */
export interface FileFinding {
  readonly id: FileFindingId;
  /** What stands there, in one sentence without its full stop. */
  readonly what: string;
  /** Whether a part of the file may be missing; such an image is programmed only where that was agreed to. */
  readonly incomplete: boolean;
}

/** The finding of the text formats whose last record is missing. */
export const NO_END_RECORD: FileFinding = {
  id: "file-cut-short",
  what: "the file ends without an end record: it may have been cut short",
  incomplete: true,
};

/** Throws `ImageError` `image-incomplete` for the first finding that says that a part of the file is missing. */
export function checkComplete(image: Pick<Image, "findings">): void {
  const missing = image.findings?.find(({ incomplete }) => incomplete);
  if (!missing) return;
  const what = `${missing.what[0].toUpperCase()}${missing.what.slice(1)}`;
  throw new ImageError("image-incomplete", what, { details: { finding: missing.id } });
}

/** Codes of the image readers; they are part of the `--json` contract. */
export type ImageErrorCode =
  | "image-empty"
  | "image-outside-chip"
  | "image-overlap"
  | "image-format"
  | "image-incomplete"
  | "image-too-large"
  | "image-address"
  | "hex-checksum"
  | "hex-record"
  | "srec-checksum"
  | "srec-record"
  | "elf-truncated"
  | "elf-segment"
  | "elf-wrong-machine"
  | "uf2-block"
  | "uf2-family";

/** A file that cannot be read as an image; text formats carry `line` in their details. */
export class ImageError extends FlashproofError<ImageErrorCode> {}
