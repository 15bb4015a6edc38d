import type { LineForm } from "../forms/line-form.ts";
import { literalsOf, START_LENGTH } from "./literal-starts.ts";

/** A form that fits a text, and how. */
export interface FormMatch {
  readonly form: LineForm;
  readonly match: RegExpExecArray;
}

interface Entry {
  readonly form: LineForm;
  /** The place in the list: the first form that fits wins. */
  readonly order: number;
  /** The pattern for any place of a text, where it does not ask for the text's end. */
  readonly sticky: RegExp | undefined;
}

/**
 * Line forms, found by how a line begins: of some hundred patterns a line is matched against two or three.
 * Forms that may begin with anything are tried where the line holds one of their fixed words.
 */
export class FormIndex {
  private readonly byStart = new Map<string, Entry[]>();
  private readonly loose: Entry[] = [];
  private readonly looseWords: RegExp;
  private readonly lengths: readonly number[];
  /** Character codes that a start may begin with. */
  private readonly first = new Uint8Array(0x10000);

  constructor(forms: readonly LineForm[]) {
    const needles: string[] = [];
    for (const [order, form] of forms.entries()) {
      const { starts, needles: words } = literalsOf(form.pattern);
      const entry = { form, order, sticky: stickyOf(form.pattern) };
      for (const start of starts) this.enter(start, entry);
      if (starts.length > 0) continue;
      this.loose.push(entry);
      needles.push(...(words.length > 0 ? words.map(escapeText) : [""]));
    }
    this.looseWords = needles.length > 0 ? new RegExp(needles.join("|")) : /^(?!)/;
    this.lengths = [...new Set([...this.byStart.keys()].map((key) => key.length))].sort((a, b) => b - a);
  }

  /** Whether a whole line holds a word of a form that may begin with anything; asked once a line. */
  hasLooseWord(line: string): boolean {
    return this.looseWords.test(line);
  }

  /** The first form that fits a text from its beginning. */
  find(text: string, loose: boolean): FormMatch | undefined {
    let best: FormMatch | undefined;
    let order = Number.POSITIVE_INFINITY;
    const look = (entry: Entry): void => {
      if (entry.order >= order) return;
      const match = entry.form.pattern.exec(text);
      if (!match) return;
      order = entry.order;
      best = { form: entry.form, match };
    };
    this.eachAt(text, 0, look);
    if (loose) for (const entry of this.loose) look(entry);
    return best;
  }

  /** Whether a form with a start of its own fits at a place inside a text. */
  fitsAt(text: string, at: number): boolean {
    let fits = false;
    this.eachAt(text, at, ({ sticky }) => {
      if (fits || !sticky) return;
      sticky.lastIndex = at;
      fits = sticky.test(text);
    });
    return fits;
  }

  private eachAt(text: string, at: number, look: (entry: Entry) => void): void {
    if (this.first[text.charCodeAt(at)] === 0) return;
    const key = text.slice(at, at + START_LENGTH).toLowerCase();
    for (const length of this.lengths) {
      const entries = this.byStart.get(length === START_LENGTH ? key : key.slice(0, length));
      if (entries) for (const entry of entries) look(entry);
    }
  }

  private enter(start: string, entry: Entry): void {
    this.byStart.set(start, [...(this.byStart.get(start) ?? []), entry]);
    this.first[start.charCodeAt(0)] = 1;
    this.first[start.toUpperCase().charCodeAt(0)] = 1;
  }
}

/** The pattern without its anchor, to be tried at a place; none where only the whole rest of a text would do. */
function stickyOf({ source, flags }: RegExp): RegExp | undefined {
  return source.startsWith("^") && !/[^\\]\$/.test(source) ? new RegExp(source.slice(1), `${flags}y`) : undefined;
}

const escapeText = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
