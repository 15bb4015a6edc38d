import { address32, byte8 } from "../../base/u32.ts";
import type { Spell } from "../advice-acts.ts";
import { ranked } from "../cause.ts";
import type { CauseAct } from "../cause-acts.ts";
import { type LogAnswer, answerOf } from "./answer.ts";
import { FLASH_SUSPICIONS } from "./causes/flash-causes.ts";
import { withImage } from "./causes/image-causes.ts";
import type { LogCause, LogEvidence } from "./causes/log-cause.ts";
import { failedUnexplained, massEraseLines, outcomeCauses } from "./causes/outcome-causes.ts";
import { STATED_SUSPICIONS } from "./causes/stated-causes.ts";
import { TARGET_SUSPICIONS } from "./causes/target-causes.ts";
import { inToolWords } from "./causes/tool-words.ts";
import { historyOf, verifyCauses } from "./causes/verify-causes.ts";
import { type LogTool, TOOL_NAMES } from "./forms/line-form.ts";
import { type ImageCheck, imageChecks } from "./image-checks.ts";
import { type LogStep, logSteps } from "./log-steps.ts";
import { type CountedLines, type LogFacts, readLog } from "./reading/log-facts.ts";
import { isLogOf, type LogContext, type LogReading, logReading } from "./reading/log-reading.ts";
import { supportNote } from "./support-note.ts";
import { type LogVerdict, verdictOf } from "./verdict.ts";

/** A byte that failed, for `--json`. */
export interface LogFailure {
  readonly address: string;
  readonly expected: string;
  readonly read: string;
  /** The lines that say so, counted from 1. */
  readonly lines: readonly number[];
}

/** What a log contains of the time before it failed. */
export interface LogHistory {
  /** The lines that tell of a mass erase, and of the stored answer that allowed it. */
  readonly massErase?: readonly LogEvidence[];
  /** Whether the tool's own check of what it programmed passed. */
  readonly toolVerified: boolean;
}

/** Lines that look like an error and that no form fits. */
export interface LogErrors {
  readonly count: number;
  /** The first of them, as they stand. */
  readonly lines: readonly { readonly line: number; readonly quote: string }[];
}

/** What Flashproof makes of another tool's log. */
export interface LogDiagnosis {
  readonly kind: "log" | "unknown";
  readonly verdict: LogVerdict;
  /** What happened, the most likely cause, what to do next. */
  readonly answer: LogAnswer;
  readonly tool?: {
    readonly id: LogTool;
    readonly name: string;
    readonly version?: string;
    /** The line of its banner, or of its first words. */
    readonly line: number;
  };
  /** Every tool that the log has lines of, the one with the most first. */
  readonly tools: readonly LogTool[];
  /** As the log writes it. */
  readonly device?: string;
  readonly summary: string;
  readonly steps: readonly LogStep[];
  readonly failures: readonly LogFailure[];
  readonly history: LogHistory;
  /** The best fit first; never empty. */
  readonly causes: readonly LogCause[];
  readonly imageChecks: readonly ImageCheck[];
  /** One paragraph to send to the person who asked. */
  readonly support: string;
  readonly errors: LogErrors;
  /** How many lines that are not blank have a form that is not known. */
  readonly unknownLines: number;
  /** How many lines were too long and only read in part. */
  readonly cutLines: number;
}

/** What a diagnosis is asked for beside the log. */
export interface DiagnoseOptions extends LogContext {
  /** Leave paths, user names and serial numbers in the paragraph to send. */
  readonly keepPrivate?: boolean;
  /** The host's words for what to do with a chip that Flashproof programs; without them those for other tools. */
  readonly spell?: Spell<CauseAct>;
}

/** Says what a log shows; see `diagnoseFacts`. Pure; never throws, whatever the text. */
export const diagnoseLog = (text: string, options: DiagnoseOptions = {}): LogDiagnosis =>
  diagnoseFacts(readLog(text), options);

/**
 * Says what the log of a programming tool shows: whether it failed, what was done, and the causes with the lines that
 * speak for and against each. With the image that the log is about, what the log says of it is checked.
 */
export function diagnoseFacts(facts: LogFacts, options: DiagnoseOptions = {}): LogDiagnosis {
  const reading = logReading(facts, options);
  const failures = failureCauses(reading, options.spell ?? inToolWords);
  const verdict = verdictOf(reading, failures);
  const causes = failures.length > 0 ? failures : outcomeCauses(reading);
  const { tool, device } = reading;
  const known = isLogOf(reading) || reading.mismatches.length > 0;
  const answer = answerOf(reading, causes, verdict);
  return {
    kind: known ? "log" : "unknown",
    verdict,
    answer,
    ...(tool && known ? { tool: { ...tool, name: TOOL_NAMES[tool.id] } } : {}),
    tools: known ? [...reading.tools].sort((a, b) => b.lines - a.lines).map(({ tool: id }) => id) : [],
    ...(device ? { device: device.name } : {}),
    summary: answer.happened,
    steps: logSteps(reading),
    failures: failuresOf(reading),
    history: logHistory(reading),
    causes,
    imageChecks: imageChecks(reading),
    support: supportNote({ reading, causes, verdict, keepPrivate: options.keepPrivate ?? false }),
    errors: errorsOf(reading.errors),
    unknownLines: reading.unread,
    cutLines: reading.cut.count,
  };
}

/** Every cause that a failure in the log may have; none where no line that is understood says that anything failed. */
function failureCauses(reading: LogReading, spell: Spell<CauseAct>): readonly LogCause[] {
  if (!isLogOf(reading)) return [];
  const suspicions = [...TARGET_SUSPICIONS, ...FLASH_SUSPICIONS, ...STATED_SUSPICIONS];
  const causes = [...suspicions.flatMap((suspect) => suspect(reading) ?? []), ...verifyCauses(reading, spell)];
  const named = new Set<string>();
  // Of one cause that several lines suggest, the most likely form counts.
  const once = ranked(causes).filter(({ id }) => !named.has(id) && named.add(id));
  return ranked(withImage(once.length > 0 ? once : [failedUnexplained(reading) ?? []].flat(), reading));
}

const failuresOf = ({ mismatches }: LogReading): readonly LogFailure[] =>
  mismatches.map(({ address, expected, actual, facts }) => ({
    address: address32(address),
    expected: byte8(expected),
    read: byte8(actual),
    lines: facts.map(({ line }) => line.number),
  }));

const logHistory = (reading: LogReading): LogHistory => ({
  ...(reading.first("mass-erase") ? { massErase: massEraseLines(reading) } : {}),
  toolVerified: historyOf(reading).toolVerified ?? false,
});

const errorsOf = ({ count, first }: CountedLines): LogErrors => ({
  count,
  lines: first.map(({ number, text }) => ({ line: number, quote: text.trim() })),
});
