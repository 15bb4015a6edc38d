import { tooLarge } from "../pack-error.ts";
import type { Position } from "./sequence.ts";
import { invalidSequence } from "./sequence-error.ts";

/** One word of a sequence's text. */
export type Token = { readonly at: Position } & (
  | { readonly kind: "number"; readonly value: bigint }
  | { readonly kind: "name" | "text" | "mark"; readonly text: string }
  | { readonly kind: "end" }
);

/** The most characters of one block or condition; the longest in six packs of vendors has 1,699. */
const MOST_CHARACTERS = 0x1_0000;

const SPACE = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const OPEN_COMMENT = /\/\*/y;
const NUMBER = /(?:0x([0-9a-f]+)|0b([01]+)|(\d+))[ul]{0,3}(?![\w.])/iy;
const NAME = /[A-Za-z_]\w*/y;
const TEXT = /"((?:[^"\\\n]|\\.)*)"/y;
const MARK = /<<=|>>=|&&|\|\||==|!=|<=|>=|<<|>>|\+\+|--|->|[-+*/%&|^]=|[-+*/%&|^!~<>=?:(),;[\]{}.]/y;

/** The words of a text, the last of kind `end`; throws `sequence-invalid`, and `pack-too-large` over 64 KB. */
export function tokensOf(text: string, start: Position): readonly Token[] {
  if (text.length > MOST_CHARACTERS) throw tooLarge("characters in a sequence's block", text.length, MOST_CHARACTERS);
  const tokens: Token[] = [];
  const cursor = new Cursor(text, start);
  for (;;) {
    cursor.take(SPACE);
    const { at } = cursor;
    if (cursor.atEnd) return [...tokens, { kind: "end", at }];
    tokens.push(tokenAt(cursor, at));
  }
}

function tokenAt(cursor: Cursor, at: Position): Token {
  if (cursor.take(OPEN_COMMENT)) throw invalidSequence("comment", "A comment has no end", at);
  const number = cursor.take(NUMBER);
  if (number) return { kind: "number", value: numberIn(number, at), at };
  const name = cursor.take(NAME);
  if (name) return { kind: "name", text: name[0], at };
  const text = cursor.take(TEXT);
  if (text) return { kind: "text", text: unescaped(text[1]), at };
  const mark = cursor.take(MARK);
  if (mark) return { kind: "mark", text: mark[0], at };
  throw invalidSequence("character", `"${cursor.rest.slice(0, 12)}" is no word of the language`, at);
}

/** A number is hex, binary or decimal: one with zeros before it is decimal, too. */
function numberIn([, hex, binary, decimal]: RegExpExecArray, at: Position): bigint {
  const digits = hex ?? binary ?? decimal;
  // More digits than 64 binary ones are too many in any base, and BigInt would take long to read them.
  const value = digits.length > 80 ? undefined : BigInt(hex ? `0x${hex}` : binary ? `0b${binary}` : decimal);
  if (value !== undefined && value <= 0xffff_ffff_ffff_ffffn) return value;
  throw invalidSequence("number", `${digits.slice(0, 24)} has more than 64 bits`, at);
}

const ESCAPES: { readonly [letter: string]: string } = { n: "\n", t: "\t", r: "\r" };

const unescaped = (text: string): string => text.replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter);

/** A place in a text, with its line and column. */
class Cursor {
  private readonly text: string;
  private readonly of: string;
  private index = 0;
  private line: number;
  private column: number;

  constructor(text: string, { of, line, column }: Position) {
    this.text = text;
    this.of = of;
    this.line = line;
    this.column = column;
  }

  get at(): Position {
    return { of: this.of, line: this.line, column: this.column };
  }

  get atEnd(): boolean {
    return this.index >= this.text.length;
  }

  get rest(): string {
    return this.text.slice(this.index);
  }

  /** What stands here, where it fits, and moves behind it. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.index;
    const found = pattern.exec(this.text);
    if (!found || found[0] === "") return undefined;
    const lines = found[0].split("\n");
    this.line += lines.length - 1;
    const last = lines[lines.length - 1].length;
    this.column = lines.length > 1 ? last + 1 : this.column + last;
    this.index += found[0].length;
    return found;
  }
}
