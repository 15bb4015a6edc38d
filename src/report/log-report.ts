import type { LogCause, LogEvidence } from "../doctor/logs/log-cause.ts";
import type { LogDiagnosis } from "../doctor/logs/diagnose-log.ts";

/** What a log shows, in lines: summary, steps, history, every cause with its evidence, and a paragraph to send. */
export const logLines = (diagnosis: LogDiagnosis): readonly string[] => [
  diagnosis.summary,
  ...(diagnosis.device === undefined ? [] : [`device: ${diagnosis.device}`]),
  ...(diagnosis.steps.length > 0 ? ["steps:"] : []),
  ...diagnosis.steps.map((step) => `  ${String(step.line).padStart(4)} ${step.ok ? " " : "!"} ${step.what}`),
  ...(diagnosis.history.massErase ?? []).flatMap((evidence) => evidenceLines("before", evidence)),
  ...diagnosis.causes.flatMap(causeLines),
  ...diagnosis.imageChecks.map((check) => `image: ${check.claim}: ${check.agrees ? "yes" : "no"} (${check.found})`),
  "to send:",
  `  ${diagnosis.support}`,
];

const causeLines = (cause: LogCause): readonly string[] => [
  `${cause.likelihood}: ${cause.what} [${cause.id}]`,
  ...cause.for.flatMap((evidence) => evidenceLines("for", evidence)),
  ...cause.against.flatMap((evidence) => evidenceLines("against", evidence)),
  `  to tell: ${cause.test}`,
  ...cause.remedy.map((line) => `  do:      ${line}`),
];

const evidenceLines = (label: string, { text, line, quote }: LogEvidence): readonly string[] => [
  `  ${`${label}:`.padEnd(8)} ${text}`,
  ...(line === undefined ? [] : [`           line ${line}: ${quote}`]),
];
