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
const CHECKSUM_OFFSET = 0x1c;

/** Words that an LPC's boot ROM reads: vector checksum and CRP word. */
export const lpcParts = (image: Pick<Image, "segments">, context: PartContext): readonly ImagePart[] => [
  ...(checksumAt(image, context) ?? []),
  ...(crpAt(image, context) ?? []),
];

function checksumAt(image: Pick<Image, "segments">, { vectors }: PartContext): readonly ImagePart[] | undefined {
  const [table] = vectors;
  if (!table || !covers(image, table.address, CHECKED_VECTORS)) return undefined;
  const view = new DataView(imageBytes(image, table.address, CHECKED_VECTORS).buffer);
  const words = Array.from({ length: 8 }, (_, i) => view.getUint32(4 * i, true));
  const sum = words.reduce((total, word) => (total + word) >>> 0, 0);
  if (sum !== 0 || words[7] === 0) return undefined;
  const text = ["the first eight vectors add up to zero, as an LPC's boot ROM wants it"];
  const address = table.address + CHECKSUM_OFFSET;
  return [{ name: "vector checksum", address, length: 4, text, family: "lpc", weight: 3 }];
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
      text: [address32(word)],
      security: [known ?? "no code read protection"],
      ...(known ? { family: "lpc" as const, weight: 4 } : {}),
    },
  ];
}
