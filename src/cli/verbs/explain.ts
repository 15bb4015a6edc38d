import type { Json } from "../../base/errors.ts";
import { address32 } from "../../base/u32.ts";
import type { Chip } from "../../chips/chip.ts";
import { diagnoseFacts, type LogDiagnosis } from "../../doctor/logs/diagnose-log.ts";
import type { LogFacts } from "../../doctor/logs/reading/log-facts.ts";
import type { LogVerdict } from "../../doctor/logs/verdict.ts";
import type { Image } from "../../image/image.ts";
import { covers, imageBytes, touches } from "../../image/image-bytes.ts";
import { readImage } from "../../image/read-image.ts";
import { FIELD_LENGTH } from "../../protection/field.ts";
import { atLeast, type Finding, type Severity } from "../../protection/finding.ts";
import { lintImage } from "../../protection/lint-image.ts";
import { inCliWords } from "../advice-words.ts";
import { EXIT } from "../exit-codes.ts";
import { fieldJson, fieldLines } from "../../report/field-report.ts";
import { findingJson, findingLines } from "../../report/finding-report.ts";
import { checkOnChip, readImagesToExplain } from "../image-files.ts";
import { readExplainInput } from "../log-input.ts";
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
 * another tool's log shows. The file's content decides which of the two it is; `-` is the standard input.
 */
export async function explain(invocation: ExplainInvocation): Promise<Answer> {
  const limits = FAIL_ON[invocation.options.failOn];
  const { path, address } = parseFileAt(invocation.args[0]);
  const isImage = address !== undefined || invocation.options.base !== undefined;
  if (isImage) return explainImage(invocation, limits.image);
  const input = readExplainInput(path);
  return "log" in input
    ? explainLog(invocation, input.log, limits.log)
    : explainImage(invocation, limits.image, input.bytes);
}

async function explainImage(
  invocation: ExplainInvocation,
  limit: Severity | undefined,
  bytes?: Uint8Array,
): Promise<Answer> {
  const chip = chipOption(invocation);
  const { image, guesses } = readImagesToExplain(invocation, chip, bytes);
  for (const guess of guesses) note(invocation, guess);
  if (chip) checkOnChip(image, chip);
  const findings = chip ? lintImage(image, chip) : [];
  const bad = limit === undefined ? [] : findings.filter((f) => atLeast(f.severity, limit));
  return {
    result: {
      kind: "image",
      ...imageJson(image),
      ...(chip ? chipJson(image, chip) : {}),
      findings: findings.map((finding) => findingJson(finding, inCliWords)),
    },
    text: [
      ...imageLines(image),
      ...(chip ? chipLines(image, chip) : []),
      ...findings.flatMap((finding) => findingLines(finding, inCliWords)),
    ],
    exit: bad.length > 0 ? EXIT.failed : EXIT.ok,
    ...(bad.length > 0 ? { error: saidOfFindings(bad) } : {}),
  };
}

/** Findings are no error of any layer, so their code stands here and in docs/errors.md. */
const saidOfFindings = (bad: readonly Finding[]): ErrorReport => ({
  code: "image-findings",
  message: bad.map((f) => f.what).join(" "),
  hints: bad.map((f) => inCliWords(f.remedy)),
  advice: bad.map((f) => f.remedy),
});

/** The image that a log is about, given with --image so that the doctor can check what the log says of it. */
function logImage(invocation: ExplainInvocation): Image | undefined {
  const given = invocation.options.image;
  if (given === undefined) return undefined;
  const { path, address } = parseFileAt(given);
  return readImage(invocation.readFile(path), { name: path, ...(address === undefined ? {} : { address }) });
}

function explainLog(invocation: ExplainInvocation, log: LogFacts, limit: readonly LogVerdict[]): Answer {
  const { chip, full, keepPrivate } = invocation.options;
  const image = logImage(invocation);
  const diagnosis = diagnoseFacts(log, {
    ...(image ? { image } : {}),
    ...(chip === undefined ? {} : { chip }),
    keepPrivate,
    spell: inCliWords,
  });
  const result = JSON.parse(JSON.stringify(diagnosis)) as { readonly [key: string]: Json };
  const bad = limit.includes(diagnosis.verdict);
  return {
    result,
    text: logLines(diagnosis, { full }),
    exit: bad ? EXIT.failed : EXIT.ok,
    ...(bad ? { error: verdictReport(diagnosis) } : {}),
  };
}

/** A verdict is no error of any layer, so its code stands here and in docs/errors.md. */
const verdictReport = ({ answer, causes: [first] }: LogDiagnosis): ErrorReport => ({
  code: "log-verdict",
  message: `${answer.happened} ${answer.cause}`,
  hints: first.remedy,
  advice: [],
});

/** What `--fail-on` asks for: a severity of an image's findings, or verdicts of a log. */
const FAIL_ON: {
  readonly [Word in ExplainInvocation["options"]["failOn"]]: {
    readonly image: Severity | undefined;
    readonly log: readonly LogVerdict[];
  };
} = {
  brick: { image: "brick", log: [] },
  lock: { image: "lock", log: [] },
  none: { image: undefined, log: [] },
  failure: { image: "brick", log: ["failed"] },
  unknown: { image: "brick", log: ["failed", "unknown"] },
};

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
