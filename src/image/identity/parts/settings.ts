import { byte8 } from "../../../base/u32.ts";
import type { Image } from "../../image.ts";
import { readAt } from "../../image-bytes.ts";
import type { ImageFamilyId } from "../families.ts";
import type { ImagePart } from "../part.ts";

interface Settings {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly family: ImageFamilyId;
  /** The byte at its start that says whether the chip is read-protected, and what its values mean. */
  readonly lock?: { readonly name: string; readonly open: readonly number[]; readonly forEver?: number };
}

const RDP = { name: "RDP", open: [0xaa, 0xa5], forEver: 0xcc } as const;

/** Pages of settings beside the main flash (RM0008, RM0090, RM0351; SAM D21 and D51 data sheets; MSPM0 manuals). */
const PAGES: readonly Settings[] = [
  { name: "option bytes", start: 0x1fff_f800, end: 0x1fff_f810, family: "stm32", lock: RDP },
  { name: "option bytes", start: 0x1fff_7800, end: 0x1fff_7880, family: "stm32", lock: RDP },
  { name: "option bytes", start: 0x1fff_c000, end: 0x1fff_c010, family: "stm32" },
  { name: "OTP", start: 0x1fff_7000, end: 0x1fff_7400, family: "stm32" },
  { name: "NVM user row", start: 0x0080_4000, end: 0x0080_4200, family: "sam-d2" },
  { name: "NONMAIN", start: 0x41c0_0000, end: 0x41c0_0400, family: "mspm0" },
];

/** Segments that lie in a page of settings. */
export const settingsParts = (image: Pick<Image, "segments">): readonly ImagePart[] =>
  PAGES.flatMap((page) => partOf(image, page) ?? []);

function partOf(image: Pick<Image, "segments">, page: Settings): ImagePart | undefined {
  const inside = image.segments.filter(
    ({ address, bytes }) => address >= page.start && address + bytes.length <= page.end,
  );
  if (inside.length === 0) return undefined;
  const length = inside.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const text = [`${length} bytes`];
  return {
    name: page.name,
    address: inside[0].address,
    length,
    text,
    security: lockWords(image, page),
    family: page.family,
    weight: 4,
  };
}

function lockWords(image: Pick<Image, "segments">, { start, lock }: Settings): readonly string[] {
  const value = lock && readAt(image, start);
  if (!lock || value === undefined) return [];
  const { open, forEver, name } = lock;
  const meaning = open.includes(value) ? "open" : value === forEver ? "closed for ever" : "read protection on";
  return [`${name} ${byte8(value)}: ${meaning}`];
}
