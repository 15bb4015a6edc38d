export { buildImage, joinImages, type LooseImage } from "./build-image.ts";
export { type ElfFile, type ElfSection, type ElfSegment, type ElfSymbol, readElf } from "./elf.ts";
export {
  checkComplete,
  type FileFinding,
  type FileFindingId,
  type Image,
  ImageError,
  type ImageErrorCode,
  type ImageFormat,
  type ImageSymbol,
  type Segment,
} from "./image.ts";
export {
  type AddressRange,
  checkInside,
  covers,
  imageBytes,
  imageRange,
  imageSize,
  type MemoryRange,
  readAt,
  touches,
  withBytes,
} from "./image-bytes.ts";
export { detectFormat } from "./formats/file-format.ts";
export { type ReadImageOptions, readImage } from "./read-image.ts";
export { writeHex } from "./write-hex.ts";
export { writeSrec } from "./write-srec.ts";
