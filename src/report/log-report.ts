import type { LogCause, LogEvidence } from "../doctor/logs/causes/log-cause.ts";
import type { LogDiagnosis } from "../doctor/logs/diagnose-log.ts";

/** Evidence that is shown of each cause without `--full`. */
const MOST_EVIDENCE = 4;

/**
 * What a log shows, in lines: what happened, the most likely cause, what to do next; then the evidence. With `full`
 * every cause, the steps, the lines that were not understood, and a paragraph to send.
 */
export function logLines(diagnosis: LogDiagnosis, { full }: { readonly full: boolean }): readonly string[] {
  const [first, ...others] = diagnosis.causes;
  return [
    `what happened: ${diagnosis.answer.happened}`,
    `likely cause:  ${diagnosis.answer.cause} [${first.id}]`,
    `do next:       ${diagnosis.answer.next}`,
    "",
    ...(full ? diagnosis.causes.flatMap((cause) => causeLines(cause)) : evidenceOf(first)),
    ...(full ? [] : others.map((cause) => `also ${cause.likelihood}: ${cause.what} [${cause.id}]`)),
    ...diagnosis.imageChecks.map((check) => `image: ${check.claim}: ${check.agrees ? "yes" : "no"} (${check.found})`),
    ...errorLines(diagnosis, full),
    ...(full ? fullLines(diagnosis) : ["--full shows the steps, every cause with its evidence, and a text to send."]),
  ];
}

const evidenceOf = (cause: LogCause): readonly string[] => [
  ...cause.for.slice(0, MOST_EVIDENCE).flatMap((evidence) => evidenceLines("for", evidence)),
  ...cause.against.slice(0, MOST_EVIDENCE).flatMap((evidence) => evidenceLines("against", evidence)),
  `  test: ${cause.test}`,
  ...cause.remedy.slice(1).map((line) => `  do also: ${line}`),
];

const causeLines = (cause: LogCause): readonly string[] => [
  `${cause.likelihood}: ${cause.what} [${cause.id}]`,
  ...cause.for.flatMap((evidence) => evidenceLines("for", evidence)),
  ...cause.against.flatMap((evidence) => evidenceLines("against", evidence)),
  `  test: ${cause.test}`,
  ...cause.remedy.map((line) => `  do:      ${line}`),
];

const evidenceLines = (label: string, { text, line, quote }: LogEvidence): readonly string[] => [
  `  ${`${label}:`.padEnd(8)} ${text}`,
  ...(line === undefined ? [] : [`           line ${line}: ${quote}`]),
];

/** Lines that look like errors and were not understood: counted, and the first of them as they stand. */
function errorLines({ errors, causes }: LogDiagnosis, full: boolean): readonly string[] {
  if (errors.count === 0 || (!full && causes[0].id === "not-understood")) return [];
  const shown = errors.lines.slice(0, full ? errors.lines.length : 2);
  return [
    `not understood, and ${errors.count === 1 ? "looks" : "look"} like an error: ${errors.count} line${errors.count === 1 ? "" : "s"}`,
    ...shown.map(({ line, quote }) => `           line ${line}: ${quote}`),
  ];
}

const fullLines = (diagnosis: LogDiagnosis): readonly string[] => [
  ...(diagnosis.device === undefined ? [] : [`device: ${diagnosis.device}`]),
  ...(diagnosis.tools.length > 1 ? [`tools: ${diagnosis.tools.join(", ")}`] : []),
  ...(diagnosis.steps.length > 0 ? ["steps:"] : []),
  ...diagnosis.steps.map((step) => `  ${String(step.line).padStart(4)} ${step.ok ? " " : "!"} ${step.what}`),
  ...(diagnosis.history.massErase ?? []).flatMap((evidence) => evidenceLines("before", evidence)),
  `lines without a known form: ${diagnosis.unknownLines}`,
  "to send:",
  `  ${diagnosis.support}`,
];
