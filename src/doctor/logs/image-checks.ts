import { address32, byte8 } from "../../base/u32.ts";
import { firmwareBanks } from "../../chips/banks.ts";
import { sectorsIn } from "../../chips/sectors.ts";
import type { Image } from "../../image/image.ts";
import { imageRange, readAt } from "../../image/image-bytes.ts";
import { lockingFields } from "../../protection/chip-fields.ts";
import { readField, valueText } from "../../protection/field-value.ts";
import type { LogReading } from "./reading/log-reading.ts";
import { chipToExplain, hasField } from "./families/named-device.ts";

/** Something that a log says of a file, held against the file itself. */
export interface ImageCheck {
  readonly claim: string;
  readonly agrees: boolean;
  /** What the image holds. */
  readonly found: string;
  readonly line?: number;
}

/** Checks what a log says of its file against the image that the user gave; nothing without one. */
export function imageChecks(reading: LogReading): readonly ImageCheck[] {
  const { image } = reading;
  return image ? [...byteChecks(reading, image), ...sizeChecks(reading, image), ...fieldChecks(reading, image)] : [];
}

const byteChecks = ({ mismatches }: LogReading, image: Pick<Image, "segments">): readonly ImageCheck[] =>
  mismatches.map(({ address, expected, facts }) => {
    const byte = readAt(image, address);
    return {
      claim: `the file has ${byte8(expected)} at ${address32(address)}`,
      agrees: byte === expected,
      found: byte === undefined ? "the image has nothing there" : byte8(byte),
      line: facts[facts.length - 1].line.number,
    };
  });

/** A verify names the file's size, a download the size of the sectors that it touched. */
function sizeChecks(reading: LogReading, image: Pick<Image, "segments">): readonly ImageCheck[] {
  const { start, end } = imageRange(image);
  const touched = firmwareBanks(chipToExplain(reading.device)).flatMap((bank) =>
    sectorsIn(bank, { start, length: end - start }),
  );
  const sectors = touched.reduce((sum, { size }) => sum + size, 0);
  const check = (claim: string, bytes: string | undefined, size: number, line: number): ImageCheck => ({
    claim: `${claim} ${bytes} bytes`,
    agrees: Number(bytes) === size,
    found: `${size} bytes`,
    line,
  });
  return [
    ...reading
      .all("verify-size")
      .map(({ values, line }) => check("the file has", values.bytes, end - start, line.number)),
    ...reading.all("bank").map(({ values, line }) => check("its sectors have", values.bytes, sectors, line.number)),
  ];
}

/** What a tool says when it refuses a file that would lock the chip, held against the file's own fields. */
function fieldChecks(reading: LogReading, image: Pick<Image, "segments">): readonly ImageCheck[] {
  if (!hasField(reading.device)) return [];
  return lockingFields(chipToExplain(reading.device)).flatMap((placed) => {
    const found = readField(placed, (address) => readAt(image, address));
    if (!found) return [];
    const { field, value, state } = found;
    const claim = `the file's ${field.name} at ${address32(field.address)} would secure the chip`;
    return [{ claim, agrees: state.debug !== "open", found: valueText(field, value) }];
  });
}
