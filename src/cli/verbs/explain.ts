import type { Json } from "../../base/errors.ts";
import { diagnoseFacts, type LogDiagnosis } from "../../doctor/logs/diagnose-log.ts";
import type { LogFacts } from "../../doctor/logs/reading/log-facts.ts";
import type { LogVerdict } from "../../doctor/logs/verdict.ts";
import type { Image } from "../../image/image.ts";
import { readImage } from "../../image/read-image.ts";
import { atLeast, type Finding, type Severity } from "../../protection/finding.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { EXIT } from "../exit-codes.ts";
import { explainImage, explanationJson, explanationLines } from "../../report/image-report.ts";
import { readImagesToExplain } from "../image-files.ts";
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
  if (isImage) return explainImageFile(invocation, limits.image);
  const input = readExplainInput(path);
  return "log" in input
    ? explainLog(invocation, input.log, limits.log)
    : explainImageFile(invocation, limits.image, input.bytes);
}

async function explainImageFile(
  invocation: ExplainInvocation,
  limit: Severity | undefined,
  bytes?: Uint8Array,
): Promise<Answer> {
  const chip = chipOption(invocation);
  const { image, guesses } = readImagesToExplain(invocation, chip, bytes);
  for (const guess of guesses) note(invocation, guess);
  const explanation = explainImage(image, chip);
  const bad = limit === undefined ? [] : explanation.findings.filter((f) => atLeast(f.severity, limit));
  return {
    result: { kind: "image", ...explanationJson(explanation, inCliWords) },
    text: explanationLines(explanation, inCliWords),
    exit: bad.length > 0 ? EXIT.failed : EXIT.ok,
    ...(bad.length > 0 ? { error: reportOfFindings(bad) } : {}),
  };
}

/** Findings are no error of any layer, so their code stands here and in docs/errors.md. */
const reportOfFindings = (bad: readonly Finding[]): ErrorReport => ({
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
