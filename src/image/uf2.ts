import { ByteReader } from "../base/bytes.ts";
import { buildImage } from "./build-image.ts";
import { type Image, ImageError, type Segment } from "./image.ts";

/** Magic words, sizes and flags of a UF2 block (USB Flashing Format, github.com/microsoft/uf2, "File format"). */
export const Uf2 = {
  blockSize: 512,
  firstMagic: 0x0a324655,
  secondMagic: 0x9e5d5157,
  lastMagic: 0x0ab16f30,
  maxPayload: 476,
  notMainFlash: 0x00000001,
} as const;

/** Reads UF2; throws `ImageError` `uf2-block` with the block's index, `image-overlap`, `image-empty`. */
export function readUf2(bytes: Uint8Array, name: string, offset = 0): Image {
  if (bytes.length % Uf2.blockSize !== 0) throw badBlock(Math.floor(bytes.length / Uf2.blockSize), "it is cut short");
  const segments: Segment[] = [];
  for (let index = 0; index * Uf2.blockSize < bytes.length; index++) {
    const block = readBlock(bytes.subarray(index * Uf2.blockSize, (index + 1) * Uf2.blockSize), index);
    if ((block.flags & Uf2.notMainFlash) === 0) segments.push({ name, address: block.address, bytes: block.payload });
  }
  return buildImage({ format: "uf2", segments }, offset);
}

function readBlock(block: Uint8Array, index: number) {
  const reader = new ByteReader(block);
  const magic = [reader.u32le(), reader.u32le(), new ByteReader(block.subarray(508)).u32le()];
  const [flags, address, length] = [reader.u32le(), reader.u32le(), reader.u32le()];
  if (magic.some((word, i) => word !== [Uf2.firstMagic, Uf2.secondMagic, Uf2.lastMagic][i])) {
    throw badBlock(index, "its magic words are wrong");
  }
  if (length > Uf2.maxPayload) throw badBlock(index, `a payload of ${length} bytes does not fit`);
  return { flags, address, payload: block.subarray(32, 32 + length) };
}

const badBlock = (index: number, why: string) =>
  new ImageError("uf2-block", `UF2 block ${index}: ${why}`, { details: { block: index } });
