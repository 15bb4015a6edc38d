import { address32, byte8 } from "../../../base/u32.ts";
import type { Image } from "../../image.ts";
import { covers, imageBytes, readAt } from "../../image-bytes.ts";
import type { ImageFamilyId } from "../families.ts";
import type { ImagePart } from "../part.ts";

interface Uicr {
  readonly start: number;
  readonly length: number;
  readonly family: ImageFamilyId;
  /** Words that lock the chip, by their offset. */
  readonly locks: readonly (readonly [offset: number, name: string])[];
}

/** The pages of settings (nRF52840 and nRF5340 product specifications, UICR). */
const PAGES: readonly Uicr[] = [
  { start: 0x1000_1000, length: 0x1000, family: "nrf5", locks: [[0x208, "APPROTECT"]] },
  {
    start: 0x00ff_8000,
    length: 0x1000,
    family: "nrf53-91",
    locks: [
      [0x00, "APPROTECT"],
      [0x1c, "SECUREAPPROTECT"],
    ],
  },
];

/** "SoftDevice information" begins with this word 0x4 behind its start, 0x2000 behind the SoftDevice's own. */
const SOFTDEVICE = { magic: 0x51b1_e5db, places: [0x2004, 0x3004] } as const;

/** UICR, and the SoftDevice at the beginning of the flash. */
export const nordicParts = (image: Pick<Image, "segments">): readonly ImagePart[] => [
  ...PAGES.flatMap((page) => uicrParts(image, page)),
  ...SOFTDEVICE.places.flatMap((place) => softDeviceAt(image, place) ?? []),
];

function uicrParts(image: Pick<Image, "segments">, page: Uicr): readonly ImagePart[] {
  const inside = image.segments.filter(
    ({ address, bytes }) => address >= page.start && address + bytes.length <= page.start + page.length,
  );
  // A chip whose main flash lies there has more than a page of settings, and nothing elsewhere.
  if (inside.length === 0 || inside.length === image.segments.length) return [];
  const [{ address }] = inside;
  const length = inside.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const security = page.locks.flatMap(([offset, name]) => lockWords(image, page, offset, name));
  return [{ name: "UICR", address, length, text: [`${length} bytes`], security, family: page.family, weight: 5 }];
}

function lockWords(image: Pick<Image, "segments">, page: Uicr, offset: number, name: string): readonly string[] {
  const value = readAt(image, page.start + offset);
  if (value === undefined) return [];
  const meaning =
    value === 0x5a
      ? "open on hardened chips"
      : value === 0
        ? "closes the debug port"
        : value === 0xff
          ? "not set: open on older chips, closed at the next reset on hardened ones"
          : "closed on hardened chips";
  return [`${name} ${byte8(value)}: ${meaning}`];
}

function softDeviceAt(image: Pick<Image, "segments">, place: number): ImagePart | undefined {
  if (!covers(image, place, 4)) return undefined;
  if (new DataView(imageBytes(image, place, 4).buffer).getUint32(0, true) !== SOFTDEVICE.magic) return undefined;
  const text = [`information at ${address32(place)}`];
  return { name: "SoftDevice", address: place, length: 0x40, text, family: "nrf5", weight: 6 };
}
