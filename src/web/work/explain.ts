import { isImageName } from "../../image/formats/file-format.ts";
import type { Explained, GivenFile, Requests } from "../protocol.ts";
import { documentHead } from "./document-head.ts";
import { explained } from "./explain-image.ts";
import { givenChip } from "./given-chip.ts";
import { givenImage } from "./given-image.ts";

/**
 * Explains a file: a pack, a document of Flashproof's, a simulated board's state, an image, or another tool's log. Throws
 * `ImageError`, `PackError`, `chip-unknown` and the codes of a state that can't be read.
 */
export async function explain({ file, chip, device }: Requests["explain"]["asked"]): Promise<Explained> {
  if (isPackName(file.name)) return (await import("./explain-pack.ts")).explainPack(file, device);
  const document = documentHead(file.bytes);
  if (document) return (await import("./explain-document.ts")).explainDocument(file, document);
  if (isBoardState(file.bytes)) return (await import("./explain-state.ts")).explainState(file);
  // What reads logs is several times as large as what reads images.
  if (isImageName(file.name)) return explainFile(file, chip);
  const { explainLog, isGivenLog } = await import("./explain-log.ts");
  return isGivenLog(file) ? explainLog(file, chip) : explainFile(file, chip);
}

/** Whether a file is a simulated board's state (docs/twin.md), whatever its name. */
const isBoardState = (bytes: Uint8Array): boolean => new TextDecoder().decode(bytes.subarray(0, 6)) === "FPTWIN";

/** CMSIS-Packs and their parts, probe-rs's target files, and descriptions of one's own. */
const isPackName = (name: string): boolean => /\.(pack|pdsc|flm|ya?ml|toml)$/i.test(name);

async function explainFile(file: GivenFile, name: string | undefined): Promise<Explained> {
  const chip = name === undefined ? undefined : await givenChip(name);
  const { image, guesses } = await givenImage(file, chip);
  return explained(image, chip, guesses);
}
