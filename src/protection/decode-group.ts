import { byte8 } from "../base/u32.ts";
import type { ByteCondition, FieldGroup, ProtectionField, Reading } from "../chips/protection-scheme.ts";
import type { DecodedField } from "../registers/register.ts";
import { byteName, bytesHex, holds, valueHex, valueIn } from "./field-value.ts";
import { hasRegions, protectedRanges, rangesText } from "./protected-regions.ts";

/** Some bits of a group of fields in words. */
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

/** Every bit of a group of fields, in the order of its table; throws `RangeError` unless given all of its bytes. */
export function decodeGroup(group: FieldGroup, bytes: Uint8Array): readonly FieldPart[] {
  if (bytes.length !== group.length) throw new RangeError(`${bytes.length} bytes are no ${group.name}`);
  return group.fields.flatMap((field) => [
    ...regionParts(field, bytesOf(group, field, bytes)),
    ...(field.readings ?? []).map((reading) => readingPart(reading, field, group, bytes)),
    ...(field.register?.decode(valueIn(field, bytesOf(group, field, bytes))) ?? []).map((bits) =>
      bitsPart(field, bits),
    ),
  ]);
}

const bytesOf = (group: FieldGroup, { address, width }: ProtectionField, bytes: Uint8Array): Uint8Array =>
  bytes.subarray(address - group.start, address - group.start + width);

/** Bits that protect regions: byte by byte where the manual names them so, else all at once. */
function regionParts(field: ProtectionField, bytes: Uint8Array): readonly FieldPart[] {
  if (!hasRegions(field)) return [];
  const count = field.regions.ranges.length;
  const part = (first: number, last: number): Omit<FieldPart, "name" | "address" | "bits" | "value"> => {
    const ranges = protectedRanges(field, bytes, first, last);
    const which = `regions ${first} to ${last}`;
    const meaning = ranges.length === 0 ? `${which}: none protected` : `${which}: protects ${rangesText(ranges)}`;
    return { meaning, sure: true };
  };
  if (!field.regions.bytes) {
    const { name, address } = field;
    return [
      {
        name,
        address,
        bits: bitsText(count - 1, 0),
        value: valueHex(field, valueIn(field, bytes)),
        ...part(0, count - 1),
      },
    ];
  }
  return [...bytes].map((byte, index) => ({
    name: byteName(field, index),
    address: field.address + index,
    bits: "7:0",
    value: byte8(byte),
    ...part(index * 8, index * 8 + 7),
  }));
}

function readingPart(reading: Reading, field: ProtectionField, group: FieldGroup, all: Uint8Array): FieldPart {
  const own = bytesOf(group, field, all);
  const [high, low] = reading.bits;
  const found = reading.texts.find(({ when }) => !when || isSo(when, own, group, all));
  const isWhole = low === 0 && high === own.length * 8 - 1;
  const some = (valueIn(field, own) >>> low) & (2 ** (high - low + 1) - 1);
  const value = isWhole ? bytesHex(own) : `0x${some.toString(16).toUpperCase()}`;
  const { name, sure } = reading;
  return { name, address: field.address, bits: bitsText(high, low), value, meaning: found?.text ?? "", sure };
}

function isSo(when: ByteCondition, own: Uint8Array, group: FieldGroup, all: Uint8Array): boolean {
  if ("all" in when) return own.every((byte) => byte === when.all);
  const other = group.fields.find(({ name }) => name === when.field);
  return other !== undefined && holds(when, valueIn(other, bytesOf(group, other, all)));
}

function bitsPart({ name, address }: ProtectionField, bits: DecodedField): FieldPart {
  const value = `0x${bits.value.toString(16).toUpperCase()}`;
  const text = bitsText(bits.high, bits.low);
  return { name: `${name}.${bits.name}`, address, bits: text, value, meaning: bits.words ?? "", sure: true };
}

const bitsText = (high: number, low: number): string => (high === low ? `${high}` : `${high}:${low}`);
