import { byte8 } from "../base/u32.ts";
import type { Chip } from "../chips/chip.ts";
import type { Register } from "../registers/register.ts";
import type { Difference } from "../flash/verify.ts";
import { flashGroups } from "../protection/chip-fields.ts";
import { byteName, type PlacedField, valueText } from "../protection/field-value.ts";
import { byteAt, type DifferingByte } from "./evidence.ts";

/** A byte of a security field that differs, in words. */
export interface FieldDifference {
  /** The manual's name of the byte. */
  readonly name: string;
  readonly address: number;
  readonly image: number;
  /** Undefined where the chip's byte could not be read. */
  readonly chip: number | undefined;
  /** `FSEC image 0x7B (secured) chip 0x7A (open)`. */
  readonly text: string;
  /** Where the byte is a field with bits of its own: those whose values differ, `SEC 3 (secured) -> 2 (open)`. */
  readonly parts: readonly string[];
}

/** Every byte of the security fields in flash that differs, in address order. */
export const fieldDifferences = (differences: readonly Difference[], chip: Chip): readonly FieldDifference[] =>
  flashGroups(chip).flatMap((group) =>
    group.fields.flatMap((field) =>
      Array.from({ length: field.width }, (_, index) => index).flatMap((index) => {
        const byte = byteAt(differences, field.address + index);
        return byte ? [fieldDifference({ group, field }, index, byte)] : [];
      }),
    ),
  );

function fieldDifference({ field }: PlacedField, index: number, byte: DifferingByte): FieldDifference {
  const { address, expected: image, actual: chip } = byte;
  const name = byteName(field, index);
  const isValue = field.width === 1 && field.states.length > 0;
  const format = (value: number) => (isValue ? valueText(field, value) : byte8(value));
  const text = `${name} image ${format(image)} chip ${chip === undefined ? "unreadable" : format(chip)}`;
  const parts = isValue && field.register && chip !== undefined ? changedParts(field.register, image, chip) : [];
  return { name, address, image, chip, text, parts };
}

function changedParts(register: Register, image: number, chip: number): readonly string[] {
  const now = register.decode(chip);
  return register.decode(image).flatMap((field, i) => {
    const { value, words } = now[i];
    return field.value === value ? [] : [`${field.name} ${field.value} (${field.words}) -> ${value} (${words})`];
  });
}
