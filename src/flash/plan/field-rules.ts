import type { Chip } from "../../chips/chip.ts";
import type { FlashBank, Range } from "../../chips/flash-bank.ts";
import { overlap } from "../../chips/sectors.ts";
import type { FieldGroup, ProtectionField } from "../../chips/protection-scheme.ts";
import { flashGroups, openBytes } from "../../protection/chip-fields.ts";

/** Bytes in flash that lock a chip when they are blank or wrong, and what that asks of a plan. */
export interface FieldRule {
  /** Where the bytes are. */
  readonly address: number;
  /** What a tool writes there when the image does not say: the chip stays open. */
  readonly open: Uint8Array;
  /** Whether its sector comes after all others, so that a chip is locked after everything else stands. */
  readonly last: boolean;
  /** Whether it is programmed in the same breath as its erase, because blank bytes lock the chip. */
  readonly withErase: boolean;
}

/** What the protection of a chip asks of plans; nothing where its locks are unknown. */
export interface ProtectionRules {
  readonly fields: readonly FieldRule[];
  /** Everything in flash that belongs to protection: kept bytes of it don't come back after an erase of everything. */
  readonly bytes: readonly Range[];
}

/** The one place where plans read a chip's protection: the groups of its table that stand in flash. */
export function rulesOf(chip: Pick<Chip, "protection">): ProtectionRules {
  const groups = flashGroups(chip);
  const fields = groups.flatMap((group) => group.fields.flatMap((field) => ruleOf(field, group)));
  return { fields, bytes: groups };
}

/** A field that the table leaves open says what its bytes, and their complement, are then; the others stay erased. */
function ruleOf(
  { address, width, open, sequence, complement }: ProtectionField,
  group: FieldGroup,
): readonly FieldRule[] {
  if (open === undefined) return [];
  const bytes = openBytes(group);
  return [address, ...(complement ? [complement.address] : [])].map((at) => ({
    address: at,
    open: bytes.slice(at - group.start, at - group.start + width),
    last: sequence?.last ?? false,
    withErase: sequence?.withErase ?? false,
  }));
}

/** The rules whose bytes lie in a range. */
export const rulesIn = (chip: Chip, range: Range): readonly FieldRule[] =>
  rulesOf(chip).fields.filter(({ address, open }) => overlap({ start: address, length: open.length }, range));

/** The write units of a bank that hold a field's bytes. */
export function unitsOf({ write, start }: FlashBank, { address, open }: FieldRule): Range {
  const from = address - ((address - start) % write.unit);
  const length = Math.ceil((address + open.length - from) / write.unit) * write.unit;
  return { start: from, length };
}
