import { LINE_FORMS } from "./forms.ts";
import type { FactKind, LineForm, LogTool } from "./line-form.ts";

/** One line of a log, as it stands there. */
export interface LogLine {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
}

/** What one line tells. */
export interface LogFact {
  readonly kind: FactKind;
  readonly tool: LogTool;
  readonly line: LogLine;
  readonly values: { readonly [name: string]: string | undefined };
}

/** A log, read line by line. */
export interface LogFacts {
  readonly lines: readonly LogLine[];
  /** In the order of the lines; a line that no form fits has none. */
  readonly facts: readonly LogFact[];
  /** The first fact of a kind. */
  first(kind: FactKind): LogFact | undefined;
  /** All facts of some kinds. */
  all(...kinds: readonly FactKind[]): readonly LogFact[];
}

/** Longest line that is looked at; a log has no use for longer ones, and patterns no limit of their own. */
const LONGEST = 1_000;

/** Reads a log; what no form fits is left aside. Never throws. */
export function readLog(text: string): LogFacts {
  const lines = text.split(/\r\n|\r|\n/).map((line, i) => ({ number: i + 1, text: line }));
  const facts = lines.flatMap((line) => factOf(line) ?? []);
  return {
    lines,
    facts,
    first: (kind) => facts.find((fact) => fact.kind === kind),
    all: (...kinds) => facts.filter((fact) => kinds.includes(fact.kind)),
  };
}

/** The form of a line, if it has one: with the tool's own words before the message taken away, too. */
export function formOf(text: string): { readonly form: LineForm; readonly match: RegExpExecArray } | undefined {
  const bare = plain(text);
  for (const candidate of [bare, messageOf(bare)]) {
    for (const form of LINE_FORMS) {
      const match = form.pattern.exec(candidate);
      if (match) return { form, match };
    }
  }
  return undefined;
}

function factOf(line: LogLine): LogFact | undefined {
  const found = formOf(line.text);
  if (!found) return undefined;
  return { kind: found.form.fact, tool: found.form.tool, line, values: found.match.groups ?? {} };
}

/** The escape character and the rest of a terminal's colour. */
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

/** pyOCD's progress bar, which an error is printed behind. */
const BAR = /^\[[= ]*\] ?\d+%(?=\S)/;

const plain = (text: string): string =>
  text.slice(0, LONGEST).replace(COLOUR, "").trim().replace(/\s+/g, " ").replace(BAR, "");

/** What tools put before a message: OpenOCD's level, pyOCD's time and level, probe-rs' level, module and cause number. */
const PREFIXES = [
  /^(Info|Warn|Error|Debug|User) : /,
  /^(Error|Warn): (\d+ \d+ \S+ \S+ )?/,
  /^(INFO|WARNING|ERROR|CRITICAL):\w+:/,
  /^\d{7}[: ](INFO|WARNING|ERROR|CRITICAL|[DIWEC])[: ](\w+:)?/,
  /^(INFO|WARN|ERROR) [\w:]+( ?>|:) /,
  /^Error:? /,
  /^\d+: /,
];

/** pyOCD ends its lines with the module's name. */
const MODULE = / \[\w+\]$/;

function messageOf(text: string): string {
  const prefix = PREFIXES.find((pattern) => pattern.test(text));
  return (prefix ? text.replace(prefix, "") : text).replace(MODULE, "").trim();
}
