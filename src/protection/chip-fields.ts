import type { Chip } from "../chips/chip.ts";
import type { FieldGroup } from "../chips/protection-scheme.ts";
import { type PlacedField, placedFields, withValue } from "./field-value.ts";

/** What every plan, text and report says of a chip without a protection scheme. */
export const UNKNOWN_LOCKS = "its locks are unknown to Flashproof";

/** The chip's groups of fields that stand in flash, where images and erases reach them. */
export const flashGroups = ({ protection }: Pick<Chip, "protection">): readonly FieldGroup[] =>
  (protection?.groups ?? []).filter(({ place }) => place === "flash");

/** The fields in flash that can close the chip: what stands there decides whether it is open after the next reset. */
export const lockingFields = (chip: Pick<Chip, "protection">): readonly PlacedField[] =>
  placedFields({ groups: flashGroups(chip) }).filter(({ field }) => field.states.some(({ debug }) => debug !== "open"));

/** A group as a tool leaves it where nothing else is asked: open, and erased everywhere else. */
export function openBytes(group: FieldGroup): Uint8Array {
  const bytes = new Uint8Array(group.length).fill(group.erased);
  for (const field of group.fields) {
    if (field.open === undefined) continue;
    const own = withValue(field, new Uint8Array(field.width).fill(group.erased), field.open);
    bytes.set(own, field.address - group.start);
    if (field.complement)
      bytes.set(
        own.map((byte) => ~byte & 0xff),
        field.complement.address - group.start,
      );
  }
  return bytes;
}

/** Whether it is known of a chip that nothing in it shuts out a debugger, so that there is nothing to unlock. */
export const hasNoLock = ({ protection }: Pick<Chip, "protection">): boolean =>
  protection !== undefined && protection.lock === undefined && protection.exits.length === 0;
