import { type DiagnoseOptions, diagnoseFacts, type LogDiagnosis } from "../../../../src/doctor/logs/diagnose-log.ts";
import type { FactKind, LogTool } from "../../../../src/doctor/logs/forms/line-form.ts";
import type { LogFact, LogFacts, Mismatch } from "../../../../src/doctor/logs/reading/log-facts.ts";
import { logReading } from "../../../../src/doctor/logs/reading/log-reading.ts";

/** One line of a log that was understood: only its kind, or what it holds as well. */
export type Line =
  | FactKind
  | (Partial<Pick<LogFact, "tool" | "values">> & { readonly kind: FactKind; readonly text?: string });

/** A byte of a log's verify. */
export type Byte = readonly [address: number, expected: number, actual: number];

/** Parts of a log beside its understood lines. */
export interface LogParts extends Partial<Pick<LogFacts, "lines" | "unread" | "errors" | "cut" | "tools">> {
  readonly tool?: LogTool;
  readonly bytes?: readonly Byte[];
}

const NONE = { count: 0, first: [] };

/** The facts of a log with these lines, numbered from 1 and all of one tool (OpenOCD), unless a line says otherwise. */
export function factsOf(lines: readonly Line[], { tool = "openocd", bytes = [], ...parts }: LogParts = {}): LogFacts {
  const facts = lines.map((line, sequence): LogFact => {
    const given = typeof line === "string" ? { kind: line } : line;
    const { kind, text = `a line with ${kind}`, values = {} } = given;
    return { kind, tool: given.tool ?? tool, line: { number: sequence + 1, text }, sequence, values };
  });
  const tools = [...new Set(facts.map((fact) => fact.tool))].map((id) => {
    const own = facts.filter((fact) => fact.tool === id);
    return { tool: id, lines: own.length, firstLine: own[0].line.number, dashed: 0 };
  });
  return {
    ...{ lines: facts.length, facts, mismatches: mismatchesOf(bytes, facts), tools },
    ...{ unread: 0, errors: NONE, cut: NONE },
    first: (kind) => facts.find((fact) => fact.kind === kind),
    last: (...kinds) => facts.findLast(({ kind }) => kinds.includes(kind)),
    all: (...kinds) => facts.filter(({ kind }) => kinds.includes(kind)),
    ...parts,
  };
}

/** Every byte is stated by the log's last line. */
const mismatchesOf = (bytes: readonly Byte[], facts: readonly LogFact[]): readonly Mismatch[] =>
  bytes.map(([address, expected, actual]) => ({ address, expected, actual, facts: facts.slice(-1) }));

/** The diagnosis of such a log. */
export const diagnosisOf = (lines: readonly Line[], parts?: LogParts, options?: DiagnoseOptions): LogDiagnosis =>
  diagnoseFacts(factsOf(lines, parts), options);

/** The reading of such a log, where the diagnosis shows less than a test looks at. */
export const readingOf = (lines: readonly Line[], parts?: LogParts, options?: DiagnoseOptions) =>
  logReading(factsOf(lines, parts), options);

/** The causes of such a log: `likely blank`. */
export const causesOf = (lines: readonly Line[], parts?: LogParts, options?: DiagnoseOptions): readonly string[] =>
  diagnosisOf(lines, parts, options).causes.map(({ id, likelihood }) => `${likelihood} ${id}`);
