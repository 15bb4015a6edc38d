/** A part of a pattern, as far as finding it fast needs: fixed text, a choice, or anything. */
type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "choice"; readonly options: readonly (readonly Part[])[]; readonly atLeast: number }
  | { readonly kind: "any" };

/** Characters of a start that the index looks at, at most. */
export const START_LENGTH = 4;

/**
 * What every match of a pattern begins with, in lower case, one of these; none where anything may come first. Reads the
 * pattern's source; understands what the line forms use: no backreferences, no lookbehind.
 */
export function literalStarts({ source }: RegExp): readonly string[] {
  if (!source.startsWith("^")) return [];
  const starts = new PatternReader(source).choice().flatMap((option) => startsOf(option));
  return starts.includes("") ? [] : [...new Set(starts.map((start) => start.toLowerCase()))];
}

/** Every beginning that a sequence can have, at most START_LENGTH long; "" where anything may come first. */
function startsOf(parts: readonly Part[]): readonly string[] {
  let open: readonly string[] = [""];
  const closed: string[] = [];
  for (const part of parts) {
    if (part.kind === "any") return [...closed, ...open];
    const next = part.kind === "text" ? [part.text] : part.options.flatMap((option) => startsOf(option));
    const kept = part.kind === "choice" && part.atLeast === 0 ? open : [];
    const grown = open.flatMap((start) => next.map((text) => start + text));
    const uncertain = part.kind === "choice" && part.options.some((option) => !isText(option));
    const full = grown.filter((start) => start.length >= START_LENGTH || uncertain);
    closed.push(...full.map((start) => start.slice(0, START_LENGTH)));
    open = [...kept, ...grown.filter((start) => !full.includes(start))];
    if (open.length === 0) return closed;
  }
  return [...closed, ...open];
}

const isText = (parts: readonly Part[]): boolean => parts.every(({ kind }) => kind === "text");

/** Reads a pattern's source part by part. */
class PatternReader {
  private readonly source: string;
  private at = 0;

  constructor(source: string) {
    this.source = source;
  }

  /** Alternatives up to the end or a closing parenthesis. */
  choice(): readonly (readonly Part[])[] {
    const options: (readonly Part[])[] = [];
    let option: Part[] = [];
    for (; this.at < this.source.length && this.source[this.at] !== ")"; ) {
      if (this.source[this.at] === "|") {
        this.at++;
        options.push(option);
        option = [];
      } else {
        option = [...option, ...this.quantified(this.atom())];
      }
    }
    return [...options, option];
  }

  private atom(): Part | undefined {
    const char = this.source[this.at++];
    if (char === "^" || char === "$") return undefined;
    if (char === ".") return { kind: "any" };
    if (char === "[") return this.charClass();
    if (char === "(") return this.group();
    return char === "\\" ? escaped(this.source[this.at++]) : { kind: "text", text: char };
  }

  private charClass(): Part {
    for (; this.source[this.at] !== "]"; this.at++) if (this.source[this.at] === "\\") this.at++;
    this.at++;
    return { kind: "any" };
  }

  private group(): Part | undefined {
    const head = /^\?(?:<\w+>|[:=!])/.exec(this.source.slice(this.at))?.[0] ?? "";
    this.at += head.length;
    const options = this.choice();
    this.at++;
    return head === "?=" || head === "?!" ? { kind: "any" } : { kind: "choice", options, atLeast: 1 };
  }

  /** The part with what stands behind it: `?`, `*`, `+`, `{n}`. */
  private quantified(part: Part | undefined): readonly Part[] {
    const sign = /^(?:[?*+]|\{\d+(?:,\d*)?\})\??/.exec(this.source.slice(this.at))?.[0] ?? "";
    this.at += sign.length;
    if (!part) return [];
    if (sign === "") return [part];
    if (sign.startsWith("?")) {
      if (part.kind === "choice") return [{ ...part, atLeast: 0 }];
      return part.kind === "any" ? [part] : [{ kind: "choice", options: [[part]], atLeast: 0 }];
    }
    return sign.startsWith("+") ? [part, { kind: "any" }] : [{ kind: "any" }];
  }
}

const escaped = (char: string): Part => (/[a-z\d]/i.test(char) ? { kind: "any" } : { kind: "text", text: char });
