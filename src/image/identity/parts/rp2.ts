import type { Image } from "../../image.ts";
import { covers, imageBytes } from "../../image-bytes.ts";
import type { ImagePart } from "../part.ts";

/** The RP2040's second stage: 252 bytes and their CRC, at the start of its flash (RP2040 data sheet, 2.8.1.3.1). */
const BOOT2_LENGTH = 256;
const CRC_POLYNOMIAL = 0x04c1_1db7;

/** The boot2 block and the RP2350's image definition at the segments' beginnings. */
export const rp2Parts = (image: Pick<Image, "segments">): readonly ImagePart[] =>
  image.segments.flatMap(({ address }) => [boot2At(image, address) ?? [], imageDefAt(image, address) ?? []].flat());

/** Whether 256 bytes are a boot2 block: their CRC is right, and they are not blank. */
export function isBoot2(bytes: Uint8Array): boolean {
  if (bytes.length < BOOT2_LENGTH) return false;
  const stored = new DataView(bytes.buffer, bytes.byteOffset, BOOT2_LENGTH).getUint32(BOOT2_LENGTH - 4, true);
  const code = bytes.subarray(0, BOOT2_LENGTH - 4);
  return code.some((byte) => byte !== 0xff && byte !== 0) && crc32(code) === stored;
}

function boot2At(image: Pick<Image, "segments">, address: number): ImagePart | undefined {
  if (!covers(image, address, BOOT2_LENGTH)) return undefined;
  if (!isBoot2(imageBytes(image, address, BOOT2_LENGTH))) return undefined;
  const text = ["its CRC is right: the RP2040's boot ROM starts it, and it sets up the flash chip"];
  return { name: "boot2", address, length: BOOT2_LENGTH, text, family: "rp2040", weight: 6 };
}

/** As the boot ROM counts it: most significant bit first, all ones to begin with, nothing reversed. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000_0000 ? (crc << 1) ^ CRC_POLYNOMIAL : crc << 1;
  }
  return crc >>> 0;
}

/** The RP2350's block of settings within the first 4 KB (RP2350 data sheet, 5.9). */
const Block = { start: 0xffff_ded3, within: 0x1000, imageType: 0x42 } as const;

function imageDefAt(image: Pick<Image, "segments">, address: number): ImagePart | undefined {
  const length = Math.min(Block.within, (image.segments.find((s) => s.address === address)?.bytes.length ?? 0) & ~3);
  if (length < 20) return undefined;
  const view = new DataView(imageBytes(image, address, length).buffer);
  for (let at = 0; at + 8 <= length; at += 4) {
    if (view.getUint32(at, true) !== Block.start || view.getUint8(at + 4) !== Block.imageType) continue;
    const text = [
      `image type 0x${view
        .getUint16(at + 6, true)
        .toString(16)
        .toUpperCase()}`,
    ];
    return { name: "IMAGE_DEF block", address: address + at, length: 20, text, family: "rp2350", weight: 6 };
  }
  return undefined;
}
