import { address32 } from "../../../base/u32.ts";
import type { Image } from "../../image.ts";
import { covers, imageBytes } from "../../image-bytes.ts";
import type { ImagePart } from "../part.ts";

/** MCUboot's image format (docs.mcuboot.com, "Design", image format). */
const Header = { magic: 0x96f3_b83d, oldMagic: 0x96f3_b83c, length: 32 } as const;
const Tlv = { info: 0x6907, protectedInfo: 0x6908, infoLength: 4, entryLength: 4, most: 32 } as const;

const TYPES: { readonly [type: number]: string } = {
  0x01: "key hash",
  0x02: "public key",
  0x10: "SHA-256",
  0x11: "SHA-384",
  0x12: "SHA-512",
  0x20: "RSA-2048 signature",
  0x21: "ECDSA P-224 signature",
  0x22: "ECDSA signature",
  0x23: "RSA-3072 signature",
  0x24: "Ed25519 signature",
  0x30: "RSA-2048 encrypted key",
  0x31: "AES-wrapped key",
  0x32: "EC256 encrypted key",
  0x33: "X25519 encrypted key",
  0x40: "dependency",
  0x50: "security counter",
  0x60: "boot record",
};

/** MCUboot headers at the segments' beginnings, with the TLVs behind the image. */
export const mcubootParts = (image: Pick<Image, "segments">): readonly ImagePart[] =>
  image.segments.flatMap(({ address }) => headerAt(image, address) ?? []);

/** The length of the MCUboot header at an address; 0 where there is none. */
export function mcubootHeaderLength(image: Pick<Image, "segments">, address: number): number {
  if (!covers(image, address, Header.length)) return 0;
  const view = new DataView(imageBytes(image, address, Header.length).buffer);
  const magic = view.getUint32(0, true);
  return magic === Header.magic || magic === Header.oldMagic ? view.getUint16(8, true) : 0;
}

function headerAt(image: Pick<Image, "segments">, address: number): ImagePart | undefined {
  const headerLength = mcubootHeaderLength(image, address);
  if (headerLength === 0) return undefined;
  const view = new DataView(imageBytes(image, address, Header.length).buffer);
  const size = view.getUint32(12, true);
  const version = `${view.getUint8(20)}.${view.getUint8(21)}.${view.getUint16(22, true)}+${view.getUint32(24, true)}`;
  const tlvs = [
    ...tlvsAt(image, address + headerLength + size, view.getUint16(10, true) > 0 ? Tlv.protectedInfo : Tlv.info),
  ];
  const tlvWords =
    tlvs.length > 0 ? `TLVs: ${tlvs.join(", ")}` : "no TLVs behind it: not signed, and MCUboot will not start it";
  return {
    name: "MCUboot header",
    address,
    length: headerLength,
    text: [`version ${version}, ${size} bytes of program from ${address32(address + headerLength)} on`, tlvWords],
  };
}

/** The names of the TLVs of an area, and of the one behind a protected one. */
function* tlvsAt(image: Pick<Image, "segments">, address: number, magic: number): Generator<string> {
  if (!covers(image, address, Tlv.infoLength)) return;
  const info = new DataView(imageBytes(image, address, Tlv.infoLength).buffer);
  const [found, total] = [info.getUint16(0, true), info.getUint16(2, true)];
  if (found !== magic) return;
  let at = address + Tlv.infoLength;
  for (let count = 0; count < Tlv.most && at + Tlv.entryLength <= address + total; count++) {
    if (!covers(image, at, Tlv.entryLength)) return;
    const entry = new DataView(imageBytes(image, at, Tlv.entryLength).buffer);
    const type = entry.getUint16(0, true);
    yield TYPES[type] ?? `type 0x${type.toString(16).toUpperCase().padStart(2, "0")}`;
    at += Tlv.entryLength + entry.getUint16(2, true);
  }
  if (magic === Tlv.protectedInfo) yield* tlvsAt(image, address + total, Tlv.info);
}
