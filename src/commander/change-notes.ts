import type { Chip } from "../chips/chip.ts";
import type { DeclaredChange } from "../protection/effective-image.ts";
import { fsecText, judgeFsec } from "../protection/fsec.ts";

/** What a download changes in the image, said before it is done. */
export function changeNotes(changes: readonly DeclaredChange[], chip: Chip): readonly string[] {
  return changes.flatMap(({ from, to }) => [
    `FSEC image ${fsecText(from)} chip ${fsecText(to)}: ${whyChanged(from)}`,
    `hint: the device name "${chip.name} (allow security)" programs the byte as the image has it`,
  ]);
}

function whyChanged(from: number): string {
  if (judgeFsec(from) !== "open") return "kept open because the device name is plain; a verify against the file will differ there";
  return "a power cut between the bits of the image's byte could lock the chip for ever; a verify against the file will differ there";
}
