import type { ImageFamilyId } from "./families.ts";
import type { VectorTable } from "./vectors.ts";

/** Something in an image that has a name: a header, a page of settings, a word that a boot ROM reads. */
export interface ImagePart {
  readonly name: string;
  readonly address: number;
  readonly length: number;
  /** What it text, one line each. What it says of security stands in `security`. */
  readonly text: readonly string[];
  /** What its security bytes say; only to be told of an image that is for that family. */
  readonly security?: readonly string[];
  /** The family that has such a part, and how much it weighs for it. */
  readonly family?: ImageFamilyId;
  readonly weight?: number;
}

/** What every search for parts knows beside the image. */
export interface PartContext {
  readonly vectors: readonly VectorTable[];
  /** The family that was found so far; searches for bytes that any image may have ask it. */
  readonly family?: ImageFamilyId;
}
