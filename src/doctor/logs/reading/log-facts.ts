import type { FactKind, LogTool } from "../forms/line-form.ts";
import { looksLikeError } from "./error-words.ts";
import type { ReadMessage } from "./line-reader.ts";
import { LONGEST_MESSAGE, readLine } from "./line-reader.ts";

/** One line of a log, as it stands there. */
export interface LogLine {
  /** Counted from 1. */
  readonly number: number;
  /** At most LONGEST_QUOTE characters; of lines that were run together, the part that was understood. */
  readonly text: string;
}

/** The facts of one line. */
export interface LogFact {
  readonly kind: FactKind;
  readonly tool: LogTool;
  readonly line: LogLine;
  /** Its place among all facts of the log. */
  readonly sequence: number;
  readonly values: { readonly [name: string]: string | undefined };
}

/** A byte that a log says is different. */
export interface Mismatch {
  readonly address: number;
  readonly expected: number;
  readonly actual: number;
  /** The lines that say so. */
  readonly facts: readonly LogFact[];
}

/** Lines of one sort: how many, and the first of them. */
export interface CountedLines {
  readonly count: number;
  readonly first: readonly LogLine[];
}

/** How much a log holds of one tool. */
export interface ToolLines {
  readonly tool: LogTool;
  readonly lines: number;
  readonly firstLine: number;
  /** How many of them stand behind J-Flash's dash. */
  readonly dashed: number;
}

/** A log, read line by line. What is kept has a limit, however long the log is. */
export interface LogFacts {
  /** Lines that are not blank. */
  readonly lines: number;
  /** In the order of the lines, chatter left out; of each kind the first KEPT_FACTS and the last. */
  readonly facts: readonly LogFact[];
  readonly mismatches: readonly Mismatch[];
  readonly tools: readonly ToolLines[];
  /** Lines without a known form. */
  readonly unread: number;
  /** Those of them that look like an error. */
  readonly errors: CountedLines;
  /** Lines that were too long, and of which only the beginning was read. */
  readonly cut: CountedLines;
  /** The first fact of a kind. */
  first(kind: FactKind): LogFact | undefined;
  /** The last fact of some kinds. */
  last(...kinds: readonly FactKind[]): LogFact | undefined;
  /** All facts of some kinds. */
  all(...kinds: readonly FactKind[]): readonly LogFact[];
}

/** Facts of one kind that are kept. */
const KEPT_FACTS = 256;
/** Differing bytes that are kept. */
const KEPT_MISMATCHES = 4096;
/** Lines that are quoted, of those that look like an error. */
const KEPT_LINES = 20;
/** Longest quote of a line. */
const LONGEST_QUOTE = 400;

/** Takes a log's lines one by one and keeps what a diagnosis needs. */
export class LogCollector {
  private number = 0;
  private lines = 0;
  private sequence = 0;
  private unread = 0;
  private readonly kept = new Map<FactKind, LogFact[]>();
  private readonly latest = new Map<FactKind, LogFact>();
  private readonly mismatches: Mismatch[] = [];
  private readonly tools = new Map<LogTool, ToolLines & { lines: number; dashed: number }>();
  private readonly errors = { count: 0, first: [] as LogLine[] };
  private readonly cut = { count: 0, first: [] as LogLine[] };
  private before: LogFact | undefined;

  /** The next line; `cut` where it is only the beginning of one. */
  add(text: string, cut = false): void {
    this.number++;
    if (cut) this.note(this.cut, text);
    const messages = readLine(text);
    if (messages.length === 0) return;
    this.lines++;
    for (const message of messages) this.take(message, messages.length > 1 ? message.text : text);
    if (messages.every(({ found }) => !found)) this.unread++;
  }

  /** What was read. */
  finish(): LogFacts {
    const facts = [...this.kept].flatMap(([kind, list]) => {
      const last = this.latest.get(kind);
      return last && last !== list[list.length - 1] ? [...list, last] : list;
    });
    facts.sort((a, b) => a.sequence - b.sequence);
    return {
      lines: this.lines,
      facts,
      mismatches: this.mismatches,
      tools: [...this.tools.values()],
      unread: this.unread,
      errors: this.errors,
      cut: this.cut,
      first: (kind) => this.kept.get(kind)?.[0],
      last: (...kinds) => facts.findLast(({ kind }) => kinds.includes(kind)),
      all: (...kinds) => facts.filter(({ kind }) => kinds.includes(kind)),
    };
  }

  private take(message: ReadMessage, quote: string): void {
    const { text, found, marks } = message;
    const tail = text.length > LONGEST_MESSAGE && looksLikeError(text.slice(LONGEST_MESSAGE));
    if (tail) this.note(this.errors, text.slice(LONGEST_MESSAGE));
    else if (!found && message.isError) this.note(this.errors, quote);
    if (!found) return;
    const { fact: kind, tool } = found.form;
    this.countTool(tool, marks.includes("dash"));
    if (kind !== "chatter") this.keep(kind, tool, message, quote);
    else if (marks.includes("error")) this.note(this.errors, quote);
  }

  /** Keeps a fact; of a kind that is full, only as the latest, and then without copies of its own. */
  private keep(kind: FactKind, tool: LogTool, message: ReadMessage, quote: string): void {
    const list = this.kept.get(kind) ?? [];
    if (list.length === 0) this.kept.set(kind, list);
    const full = list.length >= KEPT_FACTS;
    const line = {
      number: this.number,
      text: full ? quote.slice(0, LONGEST_QUOTE) : own(quote.slice(0, LONGEST_QUOTE)),
    };
    const fact: LogFact = { kind, tool, line, sequence: this.sequence++, values: valuesOf(message) };
    if (!full) list.push(fact);
    this.latest.set(kind, fact);
    this.compare(fact);
    this.before = fact;
  }

  /** A differing byte stands on one line, or its address on one and its values on the next. */
  private compare(fact: LogFact): void {
    if (this.mismatches.length >= KEPT_MISMATCHES) return;
    const { before } = this;
    if (fact.kind === "verify-byte") this.mismatches.push(...mismatchOf(fact.values, [fact]));
    else if (fact.kind === "verify-bytes" && before?.kind === "verify-address")
      this.mismatches.push(...mismatchOf({ ...before.values, ...fact.values }, [before, fact]));
  }

  private countTool(tool: LogTool, dashed: boolean): void {
    const seen = this.tools.get(tool);
    if (!seen) {
      this.tools.set(tool, { tool, lines: 1, firstLine: this.number, dashed: dashed ? 1 : 0 });
      return;
    }
    seen.lines++;
    if (dashed) seen.dashed++;
  }

  private note(list: { count: number; first: LogLine[] }, text: string): void {
    list.count++;
    if (list.first.length < KEPT_LINES)
      list.first.push({ number: this.number, text: own(text.slice(0, LONGEST_QUOTE)) });
  }
}

/** Reads a whole text. */
export function readLog(text: string): LogFacts {
  const collector = new LogCollector();
  for (const line of text.split(/\r\n|\r|\n/)) collector.add(line);
  return collector.finish();
}

/** A copy that does not hold on to the piece of the log that it was cut from. */
const own = (text: string): string => ` ${text}`.slice(1);

/** The form's named groups, and what the word before the message names. */
function valuesOf({ found, subject }: ReadMessage): LogFact["values"] {
  const values: { [name: string]: string | undefined } = {};
  const groups = found?.match.groups;
  for (const name in groups) if (groups[name] !== undefined) values[name] = own(groups[name]);
  if (subject !== undefined && found?.form.subject) values[found.form.subject] ??= own(subject);
  return values;
}

/** A mismatch, where the line holds whole numbers and they do differ. */
function mismatchOf(values: LogFact["values"], facts: readonly LogFact[]): readonly Mismatch[] {
  const [address, expected, actual] = [hexOf(values.address), hexOf(values.expected), hexOf(values.actual)];
  const fits = address <= 0xffff_ffff && expected <= 0xff && actual <= 0xff && expected !== actual;
  return fits ? [{ address, expected, actual, facts }] : [];
}

/** A number that a tool prints in hex, with or without `0x`. */
export const hexOf = (text: string | undefined): number => Number.parseInt((text ?? "").replace(/^0x/i, ""), 16);
