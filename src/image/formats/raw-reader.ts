import { buildImage } from "../build-image.ts";
import type { ImageReader } from "./file-format.ts";

/** The bytes of a file without structure, at an address; throws `ImageError` `image-empty`. */
export const readRaw: ImageReader = (bytes, name, address) =>
  buildImage({ format: "raw", segments: [{ name, address, bytes }] });
