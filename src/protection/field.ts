import { address32, byte8, hex8 } from "../base/u32.ts";
import type { Chip } from "../chips/chip.ts";
import type { Image } from "../image/image.ts";
import { readAt } from "../image/image-bytes.ts";
import { FOPT, FSEC } from "../families/kinetis-ftfe/registers-flash.ts";
import type { DecodedField } from "../registers/register.ts";
import { OPEN_FSEC } from "./fsec.ts";

/** Bytes in the flash configuration field. */
export const FIELD_LENGTH = 16;

/** Offsets in the flash configuration field (NXP MK24F12.h, NV_Type). FPROT3, for the lowest regions, comes first. */
export const FIELD = { KEY: 0, FPROT: 8, FSEC: 12, FOPT: 13, FEPROT: 14, FDPROT: 15 } as const;

/** Regions that FPROT protects, each one thirty-second of the flash. */
const REGIONS = 32;

/** Some bits of the flash configuration field in words. */
export interface FieldPart {
  readonly name: string;
  /** Address of the byte, or of the first one where the part is longer. */
  readonly address: number;
  /** `7:6`, within the part's own byte or bytes. */
  readonly bits: string;
  /** `0x1`, or the bytes in memory order where they are more than one. */
  readonly value: string;
  readonly meaning: string;
  readonly sure: boolean;
}

/** Address of FSEC, the byte that decides whether the chip is open after the next reset. */
export const fsecAddress = (chip: Chip): number => chip.protection.field + FIELD.FSEC;

/** Every bit of the flash configuration field, in address order; throws `RangeError` unless given its 16 bytes. */
export function decodeField(field: Uint8Array, chip: Chip): readonly FieldPart[] {
  if (field.length !== FIELD_LENGTH) throw new RangeError(`${field.length} bytes are no flash configuration field`);
  const at = chip.protection.field;
  return [
    keyPart(field, at),
    ...Array.from({ length: 4 }, (_, i) => protPart(field, i, chip)),
    ...FSEC.decode(field[FIELD.FSEC]).map((bits) => bitsPart("FSEC", at + FIELD.FSEC, bits, true)),
    ...foptParts(field[FIELD.FOPT], at + FIELD.FOPT),
    unusedPart("FEPROT", at + FIELD.FEPROT, field[FIELD.FEPROT], "EEPROM"),
    unusedPart("FDPROT", at + FIELD.FDPROT, field[FIELD.FDPROT], "data flash"),
  ];
}

/**
 * The field as it will stand once its sector has been erased and the image programmed: the image's bytes, and what a
 * shipped chip has (FSEC open, all else FF) where the image says nothing.
 */
export function fillField(image: Pick<Image, "segments">, chip: Chip): Uint8Array {
  const open = new Uint8Array(FIELD_LENGTH).fill(chip.flash.erasedByte);
  open[FIELD.FSEC] = OPEN_FSEC;
  return open.map((byte, offset) => readAt(image, chip.protection.field + offset) ?? byte);
}

/** The ranges, both ends included, that four FPROT bytes in memory order protect from programming and erasing. */
export function protectedRanges(
  fprot: Uint8Array,
  chip: Chip,
): readonly { readonly start: number; readonly end: number }[] {
  const size = chip.flash.length / REGIONS;
  const ranges: { start: number; end: number }[] = [];
  for (let region = 0; region < fprot.length * 8; region++) {
    if ((fprot[region >>> 3] >>> (region & 7)) & 1) continue;
    const start = chip.flash.start + region * size;
    const last = ranges.at(-1);
    if (last && last.end + 1 === start) last.end = start + size - 1;
    else ranges.push({ start, end: start + size - 1 });
  }
  return ranges;
}

/** Ranges for people: `0x00000000-0x00007FFF, 0x00010000-0x00017FFF`. */
export const rangesText = (ranges: readonly { readonly start: number; readonly end: number }[]): string =>
  ranges.map((range) => `${address32(range.start)}-${address32(range.end)}`).join(", ");

function keyPart(field: Uint8Array, address: number): FieldPart {
  const key = field.subarray(FIELD.KEY, FIELD.FPROT);
  const unusable = key.every((byte) => byte === 0xff) || key.every((byte) => byte === 0);
  const enabled = FSEC.field(field[FIELD.FSEC], "KEYEN") === 0b10;
  const meaning = unusable ? "no back door key: all ones and all zeroes are never accepted" : keyMeaning(enabled);
  return {
    name: "backdoor key",
    address,
    bits: "63:0",
    value: `0x${Array.from(key, hex8).join("")}`,
    meaning,
    sure: true,
  };
}

const keyMeaning = (enabled: boolean): string =>
  enabled ? "back door key, which firmware may compare" : "back door key, without effect: KEYEN disables it";

/** FPROT3 holds regions 0 to 7 and lies first, so the four bytes are one little-endian word of 32 regions. */
function protPart(field: Uint8Array, index: number, chip: Chip): FieldPart {
  const value = field[FIELD.FPROT + index];
  const fprot = new Uint8Array(4).fill(0xff);
  fprot[index] = value;
  const ranges = protectedRanges(fprot, chip);
  const regions = `regions ${index * 8} to ${index * 8 + 7}`;
  const meaning = ranges.length === 0 ? `${regions}: none protected` : `${regions}: protects ${rangesText(ranges)}`;
  const address = chip.protection.field + FIELD.FPROT + index;
  return { name: `FPROT${3 - index}`, address, bits: "7:0", value: byte8(value), meaning, sure: true };
}

function bitsPart(register: string, address: number, field: DecodedField, sure: boolean): FieldPart {
  const bits = field.high === field.low ? `${field.high}` : `${field.high}:${field.low}`;
  const value = `0x${field.value.toString(16).toUpperCase()}`;
  return { name: `${register}.${field.name}`, address, bits, value, meaning: field.words ?? "", sure };
}

function foptParts(value: number, address: number): readonly FieldPart[] {
  const reserved = value >>> 2;
  const meaning = value === 0 ? "reserved; FOPT 0x00 is a value that NXP restricts" : "reserved";
  return [
    { name: "FOPT", address, bits: "7:2", value: `0x${reserved.toString(16).toUpperCase()}`, meaning, sure: false },
    ...FOPT.decode(value).map((bits) => bitsPart("FOPT", address, bits, true)),
  ];
}

function unusedPart(name: string, address: number, value: number, memory: string): FieldPart {
  const meaning = `protects ${memory} on parts with FlexNVM; this one has none${value === 0xff ? "" : ": leave it at 0xFF"}`;
  return { name, address, bits: "7:0", value: byte8(value), meaning, sure: false };
}
