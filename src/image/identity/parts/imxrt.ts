import { address32 } from "../../../base/u32.ts";
import type { Image } from "../../image.ts";
import { covers, imageBytes } from "../../image-bytes.ts";
import type { ImagePart } from "../part.ts";

/** "FCFB", the tag of the FlexSPI configuration block (i.MX RT reference manuals, system boot). */
const FCB_TAG = 0x4246_4346;
/** The block lies at the flash's beginning, on newer chips 0x400 behind it; the image vector table 0x1000 behind it. */
const FCB_OFFSETS = [0, 0x400];
const IVT_OFFSETS = [0, 0x400, 0x1000];
const IVT_LENGTH = 32;

/** The boot header of an i.MX RT: FlexSPI configuration block and image vector table. */
export const imxrtParts = (image: Pick<Image, "segments">): readonly ImagePart[] =>
  image.segments.flatMap(({ address }) => [
    ...FCB_OFFSETS.flatMap((offset) => fcbAt(image, address + offset) ?? []),
    ...IVT_OFFSETS.flatMap((offset) => ivtAt(image, address + offset) ?? []),
  ]);

function fcbAt(image: Pick<Image, "segments">, address: number): ImagePart | undefined {
  if (!covers(image, address, 8)) return undefined;
  const view = new DataView(imageBytes(image, address, 8).buffer);
  if (view.getUint32(0, true) !== FCB_TAG) return undefined;
  const text = [`FlexSPI configuration block, version ${address32(view.getUint32(4, true))}`];
  return { name: "FCB", address, length: 0x200, text, family: "imxrt", weight: 6 };
}

/** Places of the image vector table in a raw file, which may begin with the flash, the FCB or the table itself. */
const IVT_PLACES = [0, 0x400, 0xc00, 0x1000];

/** Where a raw file with an image vector table begins in memory: the table says where it lies itself. */
export function imxrtBase(image: Pick<Image, "segments">): number | undefined {
  for (const place of IVT_PLACES) {
    if (!ivtAt(image, place)) continue;
    const self = new DataView(imageBytes(image, place, IVT_LENGTH).buffer).getUint32(20, true);
    if (self >= place) return self - place;
  }
  return undefined;
}

/** Tag 0xD1, length 0x0020 (big-endian), version 0x40 to 0x43; then entry, DCD, boot data, self. */
function ivtAt(image: Pick<Image, "segments">, address: number): ImagePart | undefined {
  if (!covers(image, address, IVT_LENGTH)) return undefined;
  const view = new DataView(imageBytes(image, address, IVT_LENGTH).buffer);
  const isIvt = view.getUint8(0) === 0xd1 && view.getUint16(1, false) === 0x20 && (view.getUint8(3) & 0xf0) === 0x40;
  if (!isIvt) return undefined;
  const entry = view.getUint32(4, true);
  const text = [`entry ${address32(entry)}, placed at ${address32(view.getUint32(20, true))}`];
  return { name: "image vector table", address, length: IVT_LENGTH, text, family: "imxrt", weight: 5 };
}
