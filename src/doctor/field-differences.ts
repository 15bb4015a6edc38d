import { byte8 } from "../base/u32.ts";
import type { Chip } from "../chips/chip.ts";
import type { Difference } from "../flash/verify.ts";
import { FIELD, FIELD_LENGTH, fsecAddress } from "../protection/field.ts";
import { decodeFsec, fsecText } from "../protection/fsec.ts";
import { byteAt, type DifferingByte } from "./evidence.ts";

/** A byte of the flash configuration field that differs, in words. */
export interface FieldDifference {
  /** The manual's name of the byte. */
  readonly name: string;
  readonly address: number;
  readonly image: number;
  /** Undefined where the chip's byte could not be read. */
  readonly chip: number | undefined;
  /** `FSEC image 0x7B (secured) chip 0x7A (open)`. */
  readonly text: string;
  /** For FSEC: the fields whose values differ, `SEC 3 (secured) -> 2 (open)`. */
  readonly parts: readonly string[];
}

/** Every byte of the flash configuration field that differs, in address order. */
export function fieldDifferences(differences: readonly Difference[], chip: Chip): readonly FieldDifference[] {
  return Array.from({ length: FIELD_LENGTH }, (_, offset) => offset).flatMap((offset) => {
    const byte = byteAt(differences, chip.protection.field + offset);
    return byte ? [fieldDifference(nameOf(offset), byte, fsecAddress(chip))] : [];
  });
}

function fieldDifference(name: string, byte: DifferingByte, fsec: number): FieldDifference {
  const { address, expected: image, actual: chip } = byte;
  const format = address === fsec ? fsecText : byte8;
  const text = `${name} image ${format(image)} chip ${chip === undefined ? "unreadable" : format(chip)}`;
  const parts = address === fsec && chip !== undefined ? changedParts(image, chip) : [];
  return { name, address, image, chip, text, parts };
}

function changedParts(image: number, chip: number): readonly string[] {
  const now = decodeFsec(chip);
  return decodeFsec(image).flatMap((field, i) => {
    const { value, words } = now[i];
    return field.value === value ? [] : [`${field.name} ${field.value} (${field.words}) -> ${value} (${words})`];
  });
}

function nameOf(offset: number): string {
  if (offset < FIELD.FPROT) return `backdoor key byte ${offset}`;
  if (offset < FIELD.FSEC) return `FPROT${FIELD.FSEC - 1 - offset}`;
  return ["FSEC", "FOPT", "FEPROT", "FDPROT"][offset - FIELD.FSEC];
}
