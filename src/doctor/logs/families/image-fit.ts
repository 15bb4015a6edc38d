import { address32 } from "../../../base/u32.ts";
import { addressRanges, flashSize } from "../../../chips/banks.ts";
import type { Chip } from "../../../chips/chip.ts";
import type { ImageFamilyId } from "../../../image/identity/families.ts";
import { type FamilyGuess, identifyImage } from "../../../image/identity/identify.ts";
import { imageSize, readAt } from "../../../image/image-bytes.ts";
import { type FieldReading, placedFields, readField } from "../../../protection/field-value.ts";
import type { LogImage, LogReading } from "../reading/log-reading.ts";
import type { FamilyId } from "./families.ts";
import { chipToExplain } from "./named-device.ts";

/** The families that an image can be told to be for, by the families that logs name. */
const IMAGE_FAMILIES: { readonly [Id in FamilyId]: readonly ImageFamilyId[] } = {
  kinetis: ["kinetis"],
  "kinetis-ke0": ["kinetis"],
  s32k1: ["kinetis"],
  stm32: ["stm32"],
  gd32: ["stm32"],
  nrf51: ["nrf5"],
  nrf: ["nrf5", "nrf53-91"],
  lpc: ["lpc"],
  lpc55: ["lpc55"],
  "sam-d": ["sam-d2", "sam-d5"],
  sam: ["sam"],
  efm32: ["efm32"],
  mspm0: ["mspm0"],
  imxrt: ["imxrt"],
  rp2: ["rp2040", "rp2350"],
  esp32: ["esp"],
};

/** What an image shows that it is for, where that is another family than the log's device has; a mere possibility is none. */
export function foreignFamily({ image, device }: LogReading): FamilyGuess | undefined {
  if (!image || !device?.family) return undefined;
  const { family } = identifyImage(image);
  return family && family.likelihood !== "possible" && !IMAGE_FAMILIES[device.family].includes(family.id)
    ? family
    : undefined;
}

/** Where an image leaves the log's chip, in half a sentence; a file without addresses is only asked for its size. */
export function beyondChip({ image, device }: LogReading): string | undefined {
  const chip = device?.chip;
  if (!image || !chip) return undefined;
  return image.format === "raw" ? tooLarge(image, chip) : outside(image, chip);
}

function tooLarge(image: LogImage, chip: Chip): string | undefined {
  const [size, room] = [imageSize(image), flashSize(chip)];
  return size > room ? `it has ${size} bytes, and the flash of ${chip.name} ${room}` : undefined;
}

function outside({ segments }: LogImage, chip: Chip): string | undefined {
  const ranges = addressRanges(chip);
  const isInside = (first: number, last: number) =>
    ranges.some(({ start, length }) => first >= start && last < start + length);
  const groups = chip.protection?.groups ?? [];
  const found = segments.find(({ address, bytes }) => {
    const last = address + bytes.length - 1;
    return !isInside(address, last) && !groups.some((g) => address >= g.start && last < g.start + g.length);
  });
  if (!found) return undefined;
  const last = found.address + found.bytes.length - 1;
  return `it has bytes from ${address32(found.address)} to ${address32(last)}, where ${chip.name} has no memory`;
}

/** The image's values of those fields of the chip that can close it, as far as the image has bytes for them. */
export function imageFields({ image, device }: LogReading): readonly FieldReading[] {
  const { protection } = chipToExplain(device);
  if (!image || !protection) return [];
  const locking = placedFields(protection).filter(({ field }) => field.states.some(({ debug }) => debug !== "open"));
  return locking.flatMap((placed) => readField(placed, (address) => readAt(image, address)) ?? []);
}
