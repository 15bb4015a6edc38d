import type { LineForm } from "../forms/line-form.ts";
import { literalStarts, START_LENGTH } from "./literal-starts.ts";

/** A form that fits a text, and how. */
export interface FormMatch {
  readonly form: LineForm;
  readonly match: RegExpExecArray;
}

interface Entry {
  readonly form: LineForm;
  /** The place in the list: the first form that fits wins. */
  readonly rank: number;
  /** The pattern for any place of a text, where it does not ask for the text's end. */
  readonly sticky: RegExp | undefined;
}

/** Line forms, found by how a line begins: of some hundred patterns a line is matched against two or three. */
export class FormIndex {
  private readonly byStart = new Map<string, Entry[]>();
  private readonly loose: LineForm[] = [];
  /** Character codes that a start may begin with. */
  private readonly first = new Uint8Array(0x10000);

  constructor(forms: readonly LineForm[]) {
    for (const [rank, form] of forms.entries()) {
      const starts = literalStarts(form.pattern);
      if (starts.length === 0) this.loose.push(form);
      for (const start of starts) this.enter(start, { form, rank, sticky: stickyOf(form.pattern) });
    }
  }

  /** The first form that fits a text from its beginning, of those whose beginning is fixed. */
  find(text: string): FormMatch | undefined {
    if (this.first[text.charCodeAt(0)] === 0) return undefined;
    let best: FormMatch | undefined;
    let rank = Number.POSITIVE_INFINITY;
    for (const entry of this.at(text, 0)) {
      if (entry.rank >= rank) continue;
      const match = entry.form.pattern.exec(text);
      if (!match) continue;
      rank = entry.rank;
      best = { form: entry.form, match };
    }
    return best;
  }

  /** The first form that fits a text, of those that may stand anywhere: tried last, and on few lines. */
  findLoose(text: string): FormMatch | undefined {
    for (const form of this.loose) {
      const match = form.pattern.exec(text);
      if (match) return { form, match };
    }
    return undefined;
  }

  /** Whether a form with a start of its own fits at a place inside a text. */
  fitsAt(text: string, at: number): boolean {
    if (this.first[text.charCodeAt(at)] === 0) return false;
    return this.at(text, at).some(({ sticky }) => {
      if (!sticky) return false;
      sticky.lastIndex = at;
      return sticky.test(text);
    });
  }

  private at(text: string, at: number): readonly Entry[] {
    const key = text.slice(at, at + START_LENGTH).toLowerCase();
    const found = this.byStart.get(key) ?? NONE;
    if (this.first[text.charCodeAt(at)] !== SHORT) return found;
    let all = found;
    for (let length = Math.min(START_LENGTH, key.length) - 1; length > 0; length--) {
      const entries = this.byStart.get(key.slice(0, length));
      if (entries) all = all === NONE ? entries : [...all, ...entries];
    }
    return all;
  }

  private enter(start: string, entry: Entry): void {
    this.byStart.set(start, [...(this.byStart.get(start) ?? []), entry]);
    for (const code of [start.charCodeAt(0), start.toUpperCase().charCodeAt(0)])
      this.first[code] = start.length < START_LENGTH ? SHORT : Math.max(this.first[code], WHOLE);
  }
}

const NONE: readonly Entry[] = [];

/** How a character may begin forms: with starts of the whole length only, or with shorter ones, too. */
const WHOLE = 1;
const SHORT = 2;

/** The pattern without its anchor, to be tried at a place; none where only the whole rest of a text would do. */
function stickyOf({ source, flags }: RegExp): RegExp | undefined {
  return source.startsWith("^") && !/[^\\]\$/.test(source) ? new RegExp(source.slice(1), `${flags}y`) : undefined;
}
