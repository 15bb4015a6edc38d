import { byte8 } from "../../base/u32.ts";
import { asImageWords } from "./family-words.ts";
import type { FlashPlan } from "../../flash/plan/plan.ts";
import type { DeclaredChange } from "../../protection/effective-image.ts";
import { lockingFields } from "../../protection/chip-fields.ts";
import { readField, valueText } from "../../protection/field-value.ts";

/** What a download does to the security byte, and what of it may not have been meant; printed before it is done. */
export function planNotes({ chip, changes, needs, findings }: FlashPlan): readonly string[] {
  return [
    ...changes.flatMap((change) => [
      changeText(chip, change),
      `hint: ${asImageWords(chip)} programs the byte as the image has it`,
    ]),
    ...needs.map(({ why }) => `programmed as the image has it, as was allowed: ${why}`),
    // Notes on the file itself were printed when it was opened.
    ...findings
      .filter(({ id, severity }) => severity === "warn" && !id.startsWith("file-"))
      .map(({ what, why }) => `warning: ${what} ${why}`),
  ];
}

/** A byte that is a field of its own is printed with what its values mean. */
function changeText(chip: FlashPlan["chip"], { address, from, to, field: name }: DeclaredChange): string {
  const placed = lockingFields(chip).find(({ field }) => field.name === name && field.width === 1);
  const text = (value: number) => (placed ? valueText(placed.field, value) : byte8(value));
  const wasOpen = placed && readField(placed, (at) => (at === address ? from : undefined))?.state.debug === "open";
  const why = wasOpen
    ? "a power cut between the bits of the image's byte could lock the chip for ever"
    : "kept open because the device name is plain";
  return `${name} image ${text(from)} chip ${text(to)}: ${why}; a verify against the file will differ there`;
}
