import type { Json } from "../../base/errors.ts";
import type { Chip } from "../../chips/chip.ts";
import type { Image } from "../../image/image.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { explainImage, explanationJson, explanationLines, type ImageExplanation } from "../../report/image-report.ts";
import type { Explained } from "../protocol.ts";

/** Explains an image. Throws `ImageError` `image-outside-chip`. */
export function explained(image: Image, chip: Chip | undefined, guesses: readonly string[]): Explained {
  const explanation = explainImage(image, chip);
  return {
    kind: "image",
    findings: explanation.findings.map(({ severity, what, why, remedy }) => ({
      severity,
      what,
      why,
      remedy: inCliWords(remedy),
    })),
    lines: explanationLines(explanation, inCliWords),
    guesses,
    ...entryOf(explanation),
    json: explanationJson(explanation, inCliWords) as Json,
  };
}

/** Bytes of the program's beginning that are shown as instructions. */
const SHOWN = 0x40;

/** Where the program begins: at the reset handler, or where an ELF file says so; bit 0 stands for Thumb. */
function entryOf({ image, vectors }: ImageExplanation): Pick<Explained, "entry"> {
  const entry = vectors?.reset ?? image.entry;
  if (entry === undefined) return {};
  const at = entry - (entry % 2);
  const found = image.segments.find(({ address, bytes }) => at >= address && at < address + bytes.length);
  if (!found) return {};
  const bytes = found.bytes.slice(at - found.address, at - found.address + SHOWN);
  return { entry: { start: at, bytes, at } };
}
