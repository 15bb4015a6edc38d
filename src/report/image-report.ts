import type { Json } from "../base/errors.ts";
import { address32 } from "../base/u32.ts";
import { flashRanges, vectorsAt } from "../chips/banks.ts";
import type { Chip } from "../chips/chip.ts";
import type { Image } from "../image/image.ts";
import type { ImageFamilyId } from "../image/identity/families.ts";
import { type ImageIdentity, identifyImage } from "../image/identity/identify.ts";
import { checkInside, covers, imageBytes, touches } from "../image/image-bytes.ts";
import { flashGroups } from "../protection/chip-fields.ts";
import type { Finding } from "../protection/finding.ts";
import { lintImage } from "../protection/lint-image.ts";
import { originLine } from "./chip-report.ts";
import { type GroupBytes, groupLines, groupsJson } from "./field-report.ts";
import type { Spell } from "../doctor/advice-acts.ts";
import { unknownLocksJson, unknownLocksLines } from "./locks-report.ts";
import { inCliWords } from "./advice-words.ts";
import { findingJson, findingLines } from "./finding-report.ts";
import { identityJson, identityLines } from "./identity-report.ts";

/** What an image holds, and with a chip what its vectors and security bytes mean there. */
export interface ImageExplanation {
  /** The image that is explained. */
  readonly image: Image;
  /** The chip that it was read for. */
  readonly chip?: Chip;
  /** What its bytes show of themselves, whatever chip is meant. */
  readonly identity: ImageIdentity;
  /** Whether its bytes show that it is for a chip of another family than the one it was read for. */
  readonly isForeign: boolean;
  /** The first two words of the flash, where the image has both. */
  readonly vectors?: { readonly stack: number; readonly reset: number };
  /** The groups of security fields of which the image has every byte. */
  readonly fields: readonly GroupBytes[];
  /** What the image would do that its maker may not have meant, the worst first; none without a chip. */
  readonly findings: readonly Finding[];
}

/** Explains an image. Pure. Throws `ImageError` `image-outside-chip` where it leaves the chip's flash. */
export function explainImage(image: Image, chip?: Chip): ImageExplanation {
  const identity = identifyImage(image);
  if (!chip) return { image, identity, isForeign: false, fields: [], findings: [] };
  const isForeign = isOfOtherFamily(identity, chip);
  checkInside(image, flashRanges(chip));
  const vectors = vectorsOf(image, chip);
  return {
    image,
    chip,
    identity,
    isForeign,
    ...(vectors ? { vectors } : {}),
    fields: (isForeign ? [] : flashGroups(chip))
      .filter(({ start, length }) => covers(image, start, length))
      .map((group) => ({ group, bytes: imageBytes(image, group.start, group.length) })),
    findings: lintImage(image, chip),
  };
}

/** Families of images by the beginning of the chips' names; a chip that none fits gets no line. */
const FAMILIES: readonly (readonly [name: RegExp, id: ImageFamilyId])[] = [
  [/^(MK|K32L|S32K1)/i, "kinetis"],
  [/^STM32/i, "stm32"],
  [/^nRF5[12]/i, "nrf5"],
  [/^RP2040/i, "rp2040"],
];

/** Whether an image is for another family than the chip's; a guess that is only possible says nothing. */
function isOfOtherFamily({ family }: ImageIdentity, chip: Chip): boolean {
  const own = FAMILIES.find(([name]) => name.test(chip.name))?.[1];
  return own !== undefined && family !== undefined && family.likelihood !== "possible" && family.id !== own;
}

function vectorsOf(image: Image, chip: Chip): ImageExplanation["vectors"] {
  const at = vectorsAt(chip);
  if (!covers(image, at, 8)) return undefined;
  const view = new DataView(imageBytes(image, at, 8).buffer);
  return { stack: view.getUint32(0, true), reset: view.getUint32(4, true) };
}

/** The explanation as `--json` prints it: addresses as text. */
export function explanationJson(
  explanation: ImageExplanation,
  spell: Spell = inCliWords,
): { readonly [key: string]: Json } {
  const { image, chip, vectors, fields, findings } = explanation;
  return {
    format: image.format,
    segments: image.segments.map((s) => ({ name: s.name, address: address32(s.address), length: s.bytes.length })),
    ...(image.entry === undefined ? {} : { entry: address32(image.entry) }),
    ...(chip ? { chip: chip.name, origin: chip.origin, ...unknownLocksJson(chip) } : {}),
    ...identityJson(explanation),
    ...(vectors ? { vectors: { stack: address32(vectors.stack), reset: address32(vectors.reset) } } : {}),
    ...(fields.length > 0 ? { field: groupsJson(fields) } : {}),
    findings: findings.map((finding) => findingJson(finding, spell)),
  };
}

/** The explanation in lines for people. */
export const explanationLines = (explanation: ImageExplanation, spell: Spell = inCliWords): readonly string[] => [
  `format: ${explanation.image.format}`,
  ...explanation.image.segments.map(
    (s) => `  ${address32(s.address)} - ${address32(s.address + s.bytes.length)}  ${s.bytes.length} bytes  ${s.name}`,
  ),
  ...identityLines(explanation),
  ...(explanation.chip ? chipLines(explanation, explanation.chip) : []),
  ...explanation.findings.flatMap((finding) => findingLines(finding, spell)),
];

function chipLines({ image, vectors, fields, isForeign }: ImageExplanation, chip: Chip): readonly string[] {
  if (isForeign) return [originLine(chip)];
  const stack = vectors && address32(vectors.stack);
  return [
    originLine(chip),
    ...(vectors ? [`vectors: initial stack ${stack}, reset handler ${address32(vectors.reset)}`] : []),
    ...unknownLocksLines(chip),
    ...flashGroups(chip).flatMap((group) => {
      const whole = fields.find((each) => each.group === group);
      if (whole) return groupLines(whole);
      const isPart = touches(image, group.start, group.length);
      const part = isPart ? "only a part of it is in the image" : "not in the image";
      return [`${group.name} at ${address32(group.start)}: ${part}`];
    }),
  ];
}
