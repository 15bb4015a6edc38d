import type { Chip } from "../chips/chip.ts";
import type { FlashBank, Range } from "../chips/flash-bank.ts";
import { overlap } from "../chips/sectors.ts";
import { FIELD_LENGTH, fsecAddress } from "../protection/field.ts";
import { OPEN_FSEC } from "../protection/fsec.ts";

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

/** The one place where plans read a chip's protection. */
export function rulesOf(chip: Chip): ProtectionRules {
  return {
    fields: [{ address: fsecAddress(chip), open: Uint8Array.of(OPEN_FSEC), last: true, withErase: true }],
    bytes: [{ start: chip.protection.field, length: FIELD_LENGTH }],
  };
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
