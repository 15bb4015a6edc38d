import type { FlashPlan } from "../../flash/plan.ts";
import { fsecText, judgeFsec } from "../../protection/fsec.ts";

/** What a download does to the security byte, and what of it may not have been meant; printed before it is done. */
export function planNotes({ chip, changes, needs, findings }: FlashPlan): readonly string[] {
  return [
    ...changes.flatMap(({ from, to }) => [
      `FSEC image ${fsecText(from)} chip ${fsecText(to)}: ${whyChanged(from)}; a verify against the file will differ there`,
      `hint: the device name "${chip.name} (allow security)" programs the byte as the image has it`,
    ]),
    ...needs.map(({ why }) => `programmed as the image has it, as was allowed: ${why}`),
    // Notes on the file itself were printed when it was opened.
    ...findings
      .filter(({ id, severity }) => severity === "warn" && !id.startsWith("file-"))
      .map(({ what, why }) => `warning: ${what} ${why}`),
  ];
}

function whyChanged(from: number): string {
  if (judgeFsec(from) !== "open") return "kept open because the device name is plain";
  return "a power cut between the bits of the image's byte could lock the chip for ever";
}
