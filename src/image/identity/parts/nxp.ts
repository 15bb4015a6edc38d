import { address32 } from "../../../base/u32.ts";
import type { Image } from "../../image.ts";
import { covers, imageBytes } from "../../image-bytes.ts";
import type { ImagePart, PartContext } from "../part.ts";

/** An LPC's code read protection word (UM10360, chapter 32.6). */
const CRP_ADDRESS = 0x2fc;
const CRP: { readonly [word: number]: string } = {
  0x4e69_7370: "NO_ISP: the boot loader's pin is not looked at",
  0x1234_5678: "CRP1: SWD closed, the boot loader may still erase and write",
  0x8765_4321: "CRP2: SWD closed, the boot loader can only erase everything",
  0x4321_8765: "CRP3: SWD closed, no boot loader: nothing opens the chip but its own firmware",
};

/** Eight words whose sum is zero: an LPC's boot ROM starts nothing else (UM10360, chapter 32.3.1.1). */
const CHECKED_VECTORS = 32;
/** The flash configuration field of Kinetis and S32K1 (K24 sub-family reference manual, 29.3.1). */
const FIELD = { address: 0x400, length: 16, key: 12, secured: 12 } as const;

/** Words and bytes with which NXP's chips are told apart: vector checksum, CRP word, flash configuration field. */
export const nxpParts = (image: Pick<Image, "segments">, context: PartContext): readonly ImagePart[] => [
  ...(checksumAt(image) ?? []),
  ...(crpAt(image, context) ?? []),
  ...(fieldAt(image, context) ?? []),
];

function checksumAt(image: Pick<Image, "segments">): readonly ImagePart[] | undefined {
  if (!covers(image, 0, CHECKED_VECTORS)) return undefined;
  const view = new DataView(imageBytes(image, 0, CHECKED_VECTORS).buffer);
  const words = Array.from({ length: 8 }, (_, i) => view.getUint32(4 * i, true));
  const sum = words.reduce((total, word) => (total + word) >>> 0, 0);
  if (sum !== 0 || words[7] === 0 || words[0] === 0xffff_ffff) return undefined;
  const says = ["the first eight vectors add up to zero, as an LPC's boot ROM wants it"];
  return [{ name: "vector checksum", address: 0x1c, length: 4, says, family: "lpc", weight: 4 }];
}

function crpAt(image: Pick<Image, "segments">, { family }: PartContext): readonly ImagePart[] | undefined {
  if (!covers(image, CRP_ADDRESS, 4)) return undefined;
  const word = new DataView(imageBytes(image, CRP_ADDRESS, 4).buffer).getUint32(0, true);
  const known = CRP[word];
  if (!known && (family !== "lpc" || word !== 0xffff_ffff)) return undefined;
  return [
    {
      name: "CRP word",
      address: CRP_ADDRESS,
      length: 4,
      says: [address32(word)],
      security: [known ?? "no code read protection"],
      ...(known ? { family: "lpc" as const, weight: 4 } : {}),
    },
  ];
}

/** Twelve bytes of FF and then four that are not all blank: a field that leaves the back door key out. */
function fieldAt(image: Pick<Image, "segments">, { family }: PartContext): readonly ImagePart[] | undefined {
  const ours = family === undefined || family === "kinetis" || family === "s32k1";
  if (!ours || !covers(image, FIELD.address, FIELD.length)) return undefined;
  const bytes = imageBytes(image, FIELD.address, FIELD.length);
  const isField = bytes.subarray(0, FIELD.key).every((byte) => byte === 0xff) && (bytes[FIELD.secured] & 3) === 2;
  if (!isField) return undefined;
  const says = ["sixteen bytes for key, protection, security and options; --chip explains them"];
  return [
    {
      name: "flash configuration field",
      address: FIELD.address,
      length: FIELD.length,
      says,
      family: family ?? "kinetis",
      weight: 3,
    },
  ];
}
