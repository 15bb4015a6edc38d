import type { Image } from "../../image.ts";
import { covers, imageBytes } from "../../image-bytes.ts";
import type { ImagePart, PartContext } from "../part.ts";

/** The flash configuration field of Kinetis and S32K1 (K24 sub-family reference manual, 29.3.1). */
const FIELD = { address: 0x400, length: 16, keyAndProtection: 12, security: 12 } as const;

/**
 * The flash configuration field: twelve bytes of FF, and a security byte that leaves the chip open. Any image may have
 * such bytes; one that is for another family has no field.
 */
export function kinetisParts(image: Pick<Image, "segments">, { family }: PartContext): readonly ImagePart[] {
  const isOther = family !== undefined && family !== "kinetis";
  if (isOther || !covers(image, FIELD.address, FIELD.length)) return [];
  const bytes = imageBytes(image, FIELD.address, FIELD.length);
  const isField =
    bytes.subarray(0, FIELD.keyAndProtection).every((byte) => byte === 0xff) && (bytes[FIELD.security] & 3) === 2;
  if (!isField) return [];
  const text = ["sixteen bytes for key, protection, security and options; --chip explains them"];
  const { address, length } = FIELD;
  return [{ name: "flash configuration field", address, length, text, family: "kinetis", weight: 3 }];
}
