import { FlashproofError } from "../base/errors.ts";

/** A run of bytes at an address, with the name its file gives it (an ELF segment's sections, else the file's). */
export interface Segment {
  readonly name: string;
  readonly address: number;
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
  readonly format: ImageFormat;
  readonly segments: readonly Segment[];
  readonly symbols: readonly ImageSymbol[];
  /** The start address that the file names, if it does. */
  readonly entry?: number;
  /** What the reader let pass, in words: `the file ends without an end record`. */
  readonly notes?: readonly string[];
}

/** Codes of the image readers; they are part of the `--json` contract. */
export type ImageErrorCode =
  | "image-empty"
  | "image-outside-chip"
  | "image-overlap"
  | "image-format"
  | "hex-checksum"
  | "hex-record"
  | "srec-checksum"
  | "srec-record"
  | "elf-truncated"
  | "elf-wrong-machine"
  | "uf2-block";

/** A file that cannot be read as an image; text formats carry `line` in their details. */
export class ImageError extends FlashproofError<ImageErrorCode> {}
