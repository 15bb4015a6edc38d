import { readElf } from "../elf.ts";
import { elfImage } from "../elf-image.ts";
import type { ImageReader } from "./file-format.ts";

/** Reads an ELF file's segments as an image. Throws what `readElf` and `elfImage` throw. */
export const readElfImage: ImageReader = (bytes, name, offset) => elfImage(readElf(bytes), name, offset);
