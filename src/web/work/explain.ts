import type { Json } from "../../base/errors.ts";
import { isImageName } from "../../image/formats/file-format.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { type ImageExplanation, explainImage, explanationJson, explanationLines } from "../../report/image-report.ts";
import type { Explained, GivenFile, Requests } from "../protocol.ts";
import { documentHead } from "./document-head.ts";
import { givenChip } from "./given-chip.ts";
import { givenImage } from "./given-image.ts";

/**
 * Explains a file: a pack, a document of Flashproof's, an image, or another tool's log. Throws `ImageError`, `PackError` and
 * `chip-unknown`.
 */
export async function explain({ file, chip, device }: Requests["explain"]["asked"]): Promise<Explained> {
  if (isPackName(file.name)) return (await import("./explain-pack.ts")).explainPack(file, device);
  const document = documentHead(file.bytes);
  if (document) return (await import("./explain-document.ts")).explainDocument(file, document);
  // What reads logs is several times as large as what reads images.
  if (isImageName(file.name)) return explainFile(file, chip);
  const { explainLog, isGivenLog } = await import("./explain-log.ts");
  return isGivenLog(file) ? explainLog(file, chip) : explainFile(file, chip);
}

/** CMSIS-Packs and their parts, probe-rs's target files, and descriptions of one's own. */
const isPackName = (name: string): boolean => /\.(pack|pdsc|flm|ya?ml|toml)$/i.test(name);

async function explainFile(file: GivenFile, name: string | undefined): Promise<Explained> {
  const chip = name === undefined ? undefined : await givenChip(name);
  const { image, guesses } = await givenImage(file, chip);
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
