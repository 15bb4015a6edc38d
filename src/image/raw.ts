import { buildImage } from "./build-image.ts";
import type { Image } from "./image.ts";

/** The bytes of a file without structure, at `address`; throws `ImageError` `image-empty`. */
export const readRaw = (bytes: Uint8Array, name: string, address = 0): Image =>
  buildImage({ format: "raw", segments: [{ name, address, bytes }] });
