import { LINE_FORMS } from "../forms/forms.ts";
import type { FactKind } from "../forms/line-form.ts";
import { looksLikeError } from "./error-words.ts";
import { FormIndex, type FormMatch } from "./form-index.ts";
import { plainLines } from "./plain-line.ts";
import { isOnlyPrefix, type PrefixMark, peeled, withoutModule } from "./prefixes.ts";

/** One message of a line, and the form it has, if it has one. */
export interface ReadMessage {
  /** Without terminal sequences, tags and doubled blanks, but with its prefixes. */
  readonly text: string;
  readonly found: FormMatch | undefined;
  /** The word before the message, where the form was found behind one. */
  readonly subject?: string;
  /** Whether it looks like an error; asked only where no form fits. */
  readonly isError?: boolean;
  /** What the prefixes say: the level that the tool gave its message, or J-Flash's dash. */
  readonly marks: readonly PrefixMark[];
}

/** Longest message that is matched; a log has no use for longer ones, and patterns no limit of their own. */
export const LONGEST_MESSAGE = 1_000;
/** A line longer than this may be several that lost their ends, in a web form for example. */
const RUN_ON = 240;
/** Prefixes before one message, at most. */
const MOST_PREFIXES = 8;

const INDEX = new FormIndex(LINE_FORMS);

/** The messages of one line: one, mostly; none of a blank line; several where lines were run together. */
export function readLine(line: string): readonly ReadMessage[] {
  const texts = plainLines(line);
  if (texts.length === 1 && texts[0].length <= RUN_ON) return readOne(texts[0]);
  return texts.flatMap((text) => (text.length > RUN_ON ? separated(text) : [text])).flatMap(readOne);
}

function readOne(text: string): readonly ReadMessage[] {
  const message = readMessage(text);
  return message.found || !isOnlyPrefix(text) ? [message] : [];
}

/** The form of a line, if it has one: with what tools and people put before the message taken away, too. */
export const formOf = (line: string): FormMatch | undefined => readLine(line).find(({ found }) => found)?.found;

function readMessage(text: string): ReadMessage {
  let rest = text.length > LONGEST_MESSAGE ? text.slice(0, LONGEST_MESSAGE) : text;
  const marks: PrefixMark[] = [];
  let named: string | undefined;
  for (let count = 0; ; count++) {
    const found = INDEX.find(rest) ?? behind(rest);
    if (found) return { text, found, marks, ...(named ? { subject: named } : {}) };
    const next = count === MOST_PREFIXES ? undefined : peeled(rest);
    if (!next) break;
    if (next.mark) marks.push(next.mark);
    named = next.subject ?? named;
    rest = next.text;
  }
  const subject = SUBJECT.exec(rest);
  const found = subject ? INDEX.find(rest.slice(subject[0].length)) : undefined;
  if (found && subject) return { text, found, subject: subject[1], marks };
  const isError = marks.includes("error") || looksLikeError(text);
  return { text, found: isError ? (INDEX.findLoose(rest) ?? quotedIn(rest)) : undefined, marks, isError };
}

/** A message that a sentence quotes, in quotation marks or as code. */
const QUOTED = /[`"\u201c]([^`"\u201c\u201d]{12,240})[`"\u201d]/;
/** Sentences that tell what might be, not what was. */
const CONDITION = /\b(?:if|when(?:ever)?|unless|might|may|could|would|should|how to)\b/i;
/** What a sentence about a message does not say of the log it stands in. */
const NOT_BY_QUOTE: readonly FactKind[] = ["chatter", "command", "version", "device", "done", "success", "verify-ok"];

/** The form of a message that a line of prose quotes: "it ends with `Error: ...`". */
function quotedIn(text: string): FormMatch | undefined {
  const inner = CONDITION.test(text) ? undefined : QUOTED.exec(text)?.[1];
  if (inner === undefined) return undefined;
  const found = readMessage(inner).found;
  return found && !NOT_BY_QUOTE.includes(found.form.fact) ? found : undefined;
}

/** A word before a message that names what it is about: `kx.cpu: `, `[kx.cpu] `, `K64F `. */
const SUBJECT = /^\[?([\w.#-]{1,40})\]?:? (?=\S)/;

function behind(text: string): FormMatch | undefined {
  const bare = withoutModule(text);
  return bare === text ? undefined : INDEX.find(bare);
}

/** A level that stands before a message, and belongs to it. */
const LEVEL_BEFORE = /(?:\*{2,} ?)?\b(?:FATAL ERROR|ERROR|Error|Err|WARNING|Warning|Warn|INFO|Info|Debug) ?:$/;

/** A line cut at every word with which a known message begins. */
function separated(text: string): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf(" "); at >= 0; at = text.indexOf(" ", at + 1)) {
    if (!INDEX.fitsAt(text, at + 1)) continue;
    const before = text.slice(from, at);
    const level = LEVEL_BEFORE.exec(before)?.[0] ?? "";
    parts.push(before.slice(0, before.length - level.length));
    from = at + 1 - level.length - (level === "" ? 0 : 1);
  }
  return [...parts, text.slice(from)].filter((part) => part.trim() !== "");
}
