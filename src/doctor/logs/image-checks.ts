import { address32, byte8 } from "../../base/u32.ts";
import { firmwareBanks } from "../../chips/banks.ts";
import { sectorsIn } from "../../chips/sectors.ts";
import type { Image } from "../../image/image.ts";
import { imageRange, readAt } from "../../image/image-bytes.ts";
import { valueText } from "../../protection/field-value.ts";
import { beyondChip, foreignFamily, imageFields } from "./families/image-fit.ts";
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
  if (!image) return [];
  return [
    ...chipChecks(reading),
    ...byteChecks(reading, image),
    ...sizeChecks(reading, image),
    ...fieldChecks(reading),
  ];
}

/** What of the image contradicts the log's chip: its family, and where it has bytes. */
function chipChecks(reading: LogReading): readonly ImageCheck[] {
  const family = foreignFamily(reading);
  const beyond = beyondChip(reading);
  const name = reading.device?.name ?? "";
  return [
    ...(family ? [{ claim: `the image is for a ${name}`, agrees: false, found: `it is for ${family.name}` }] : []),
    ...(beyond ? [{ claim: `the image fits into a ${name}`, agrees: false, found: beyond }] : []),
  ];
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
  const isKnown = reading.device?.chip !== undefined || hasField(reading.device);
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
    ...(isKnown ? reading.all("bank") : []).map(({ values, line }) =>
      check("its sectors have", values.bytes, sectors, line.number),
    ),
  ];
}

/** What a tool says when it refuses a file that would lock the chip, held against the file's own fields. */
const fieldChecks = (reading: LogReading): readonly ImageCheck[] =>
  imageFields(reading).map(({ field, value, state }) => ({
    claim: `the file's ${field.name} at ${address32(field.address)} would ${hasField(reading.device) ? "secure the chip" : "close the chip to debuggers"}`,
    agrees: state.debug !== "open",
    found: valueText(field, value),
  }));
