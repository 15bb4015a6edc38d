import type { Json } from "../../base/errors.ts";
import { address32 } from "../../base/u32.ts";
import type { Chip } from "../../chips/chip.ts";
import { diagnoseLog } from "../../doctor/logs/diagnose-log.ts";
import { isLog } from "../../doctor/logs/log-reading.ts";
import type { Image } from "../../image/image.ts";
import { covers, imageBytes, touches } from "../../image/image-bytes.ts";
import { detectFormat, isImageName, readImage } from "../../image/read-image.ts";
import { FIELD_LENGTH } from "../../protection/field.ts";
import { atLeast, type Finding, type Severity } from "../../protection/finding.ts";
import { lintImage } from "../../protection/lint-image.ts";
import { EXIT } from "../exit-codes.ts";
import { fieldJson, fieldLines } from "../../report/field-report.ts";
import { findingJson, findingLines } from "../../report/finding-report.ts";
import { checkOnChip, readImagesToExplain } from "../image-files.ts";
import { logLines } from "../../report/log-report.ts";
import { parseFileAt } from "../options/numbers.ts";
import type { ErrorReport } from "../../report/error-report.ts";
import type { Answer } from "../output.ts";
import { chipOption } from "../target.ts";
import type { OptionsOf } from "../options/sets.ts";
import { type Invocation, note } from "../verb.ts";

type ExplainInvocation = Invocation<OptionsOf<"explain">>;

/**
 * `explain FILE`: what an image holds, and with --chip what its security bytes mean and what they would do; or what
 * another tool's log shows. The file's content decides which of the two it is.
 */
export async function explain(invocation: ExplainInvocation): Promise<Answer> {
  const { failOn } = invocation.options;
  const limit = failOn === "none" ? undefined : failOn;
  const text = logText(invocation);
  return text === undefined ? explainImage(invocation, limit) : explainLog(text, logImage(invocation));
}

async function explainImage(invocation: ExplainInvocation, limit: Severity | undefined): Promise<Answer> {
  const chip = chipOption(invocation);
  const { image, guesses } = readImagesToExplain(invocation, chip);
  for (const guess of guesses) note(invocation, guess);
  if (chip) checkOnChip(image, chip);
  const findings = chip ? lintImage(image, chip) : [];
  const bad = limit === undefined ? [] : findings.filter((f) => atLeast(f.severity, limit));
  return {
    result: {
      kind: "image",
      ...imageJson(image),
      ...(chip ? chipJson(image, chip) : {}),
      findings: findings.map(findingJson),
    },
    text: [...imageLines(image), ...(chip ? chipLines(image, chip) : []), ...findings.flatMap(findingLines)],
    exit: bad.length > 0 ? EXIT.failed : EXIT.ok,
    ...(bad.length > 0 ? { error: saidOfFindings(bad) } : {}),
  };
}

/** Findings are no error of any layer, so their code stands here and in docs/errors.md. */
const saidOfFindings = (bad: readonly Finding[]): ErrorReport => ({
  code: "image-findings",
  message: bad.map((f) => f.what).join(" "),
  hints: bad.map((f) => f.remedy),
});

/** The file's text, where it is no image: neither by its name nor by its content, nor given an address. */
function logText({ args, options, readFile }: ExplainInvocation): string | undefined {
  const { path, address } = parseFileAt(args[0]);
  if (address !== undefined || options.base !== undefined || isImageName(path)) return undefined;
  const bytes = readFile(path);
  const text = new TextDecoder().decode(bytes);
  return bytes.length > 0 && !text.includes("\0") && (isLog(text) || !looksLikeImage(bytes, path)) ? text : undefined;
}

function looksLikeImage(bytes: Uint8Array, name: string): boolean {
  try {
    detectFormat(bytes, { name });
    return true;
  } catch {
    return false;
  }
}

/** The image that a log is about, given with --image so that the doctor can check what the log says of it. */
function logImage(invocation: ExplainInvocation): Image | undefined {
  const given = invocation.options.image;
  if (given === undefined) return undefined;
  const { path, address } = parseFileAt(given);
  return readImage(invocation.readFile(path), { name: path, ...(address === undefined ? {} : { address }) });
}

function explainLog(text: string, image: Image | undefined): Answer {
  const diagnosis = diagnoseLog(text, image);
  const result = JSON.parse(JSON.stringify(diagnosis)) as { readonly [key: string]: Json };
  return { result, text: logLines(diagnosis), exit: EXIT.ok };
}

const imageJson = (image: Image): { readonly [key: string]: Json } => ({
  format: image.format,
  segments: image.segments.map((s) => ({ name: s.name, address: address32(s.address), length: s.bytes.length })),
  ...(image.entry === undefined ? {} : { entry: address32(image.entry) }),
});

const imageLines = (image: Image): readonly string[] => [
  `format: ${image.format}`,
  ...image.segments.map(
    (s) => `  ${address32(s.address)} - ${address32(s.address + s.bytes.length)}  ${s.bytes.length} bytes  ${s.name}`,
  ),
];

/** The flash configuration field where the image holds all of it; the vectors where it holds those. */
function chipJson(image: Image, chip: Chip): { readonly [key: string]: Json } {
  const vectors = vectorsOf(image, chip);
  return {
    chip: chip.name,
    ...(vectors ? { vectors: { stack: address32(vectors[0]), reset: address32(vectors[1]) } } : {}),
    ...(covers(image, chip.protection.field, FIELD_LENGTH) ? { field: fieldJson(fieldOf(image, chip), chip) } : {}),
  };
}

function chipLines(image: Image, chip: Chip): readonly string[] {
  const vectors = vectorsOf(image, chip);
  const { field } = chip.protection;
  const part = touches(image, field, FIELD_LENGTH) ? "only a part of it is in the image" : "not in the image";
  return [
    ...(vectors ? [`vectors: initial stack ${address32(vectors[0])}, reset handler ${address32(vectors[1])}`] : []),
    ...(covers(image, field, FIELD_LENGTH)
      ? fieldLines(fieldOf(image, chip), chip)
      : [`flash configuration field at ${address32(field)}: ${part}`]),
  ];
}

const fieldOf = (image: Image, chip: Chip): Uint8Array => imageBytes(image, chip.protection.field, FIELD_LENGTH);

function vectorsOf(image: Image, chip: Chip): readonly [number, number] | undefined {
  if (!covers(image, chip.flash.start, 8)) return undefined;
  const view = new DataView(imageBytes(image, chip.flash.start, 8).buffer);
  return [view.getUint32(0, true), view.getUint32(4, true)];
}
