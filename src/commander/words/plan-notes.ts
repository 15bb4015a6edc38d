import type { FlashPlan } from "../../flash/plan.ts";
import { fsecText, judgeFsec } from "../../protection/fsec.ts";

/** What a download does to the security byte, said before it is done; nothing where it leaves the chip as it is. */
export function planNotes({ chip, changes, needs }: FlashPlan): readonly string[] {
  return [
    ...changes.flatMap(({ from, to }) => [
      `FSEC image ${fsecText(from)} chip ${fsecText(to)}: ${whyChanged(from)}; a verify against the file will differ there`,
      `hint: the device name "${chip.name} (allow security)" programs the byte as the image has it`,
    ]),
    ...needs.map(({ why }) => `programmed as the image has it, as was allowed: ${why}`),
  ];
}

function whyChanged(from: number): string {
  if (judgeFsec(from) !== "open") return "kept open because the device name is plain";
  return "a power cut between the bits of the image's byte could lock the chip for ever";
}
