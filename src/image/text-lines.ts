const [LF, CR, TAB, SPACE, DOS_END] = [0x0a, 0x0d, 0x09, 0x20, 0x1a];
const [HASH, SEMICOLON, SLASH] = [0x23, 0x3b, 0x2f];

/**
 * The lines of a text format that matter, one after the other, as places in the file's bytes: any line end, any byte
 * order mark (Windows shells write UTF-16), no blank lines, no comments (`#`, `;`, `//`), no DOS end-of-file mark.
 */
export class TextLines {
  /** The text in one byte a character. */
  readonly text: Uint8Array;
  /** Number from 1 of the line that `next` found. */
  number = 0;
  /** Where it begins in `text`, blanks left out. */
  from = 0;
  /** One past its last character, blanks left out. */
  to = 0;
  private at: number;

  constructor(bytes: Uint8Array) {
    const isUtf8Marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    this.text = narrowed(bytes);
    this.at = isUtf8Marked ? 3 : 0;
  }

  /** Goes to the next line that matters; false at the end of the file. */
  next(): boolean {
    while (this.at < this.text.length) {
      this.nextLine();
      if (this.from < this.to && !this.isComment()) return true;
    }
    return false;
  }

  /** Where the next line begins, for a reader that knows how long its record is. */
  get nextAt(): number {
    return this.at;
  }

  /** Takes a line that ends at `end` as read; false, and nothing is taken, where no line ends there. */
  pass(end: number): boolean {
    const { text } = this;
    if (end < text.length && text[end] !== LF && text[end] !== CR) return false;
    this.at = end + (text[end] === CR && text[end + 1] === LF ? 2 : 1);
    this.number++;
    return true;
  }

  private nextLine(): void {
    const { text } = this;
    this.from = this.at;
    let end = this.at;
    while (end < text.length && text[end] !== LF && text[end] !== CR) end++;
    this.at = end + (text[end] === CR && text[end + 1] === LF ? 2 : 1);
    this.number++;
    while (this.from < end && isBlank(text[this.from])) this.from++;
    while (end > this.from && isBlank(text[end - 1])) end--;
    this.to = end;
  }

  private isComment(): boolean {
    const first = this.text[this.from];
    return first === HASH || first === SEMICOLON || (first === SLASH && this.text[this.from + 1] === SLASH);
  }
}

/**
 * Decodes the pairs of hex digits from `text[from]` to `text[to - 1]` into `into`; pairs that it has no room for are
 * checked and counted only. Answers the number of pairs, or -1 where other characters, or half a pair, stand there.
 */
export function hexPairs(text: Uint8Array, from: number, to: number, into: Uint8Array): number {
  const count = (to - from) >>> 1;
  if (count * 2 !== to - from) return -1;
  const kept = Math.min(count, into.length);
  for (let i = 0, at = from; i < count; i++, at += 2) {
    const value = (NIBBLES[text[at]] << 4) | NIBBLES[text[at + 1]];
    if (value < 0) return -1;
    if (i < kept) into[i] = value;
  }
  return count;
}

/**
 * Decodes `count` pairs of hex digits at `text[at]` into `into` from `place` on; answers their sum, or -1 where other
 * characters, or the end of the text, stand there, or `into` ends.
 */
export function sumOfPairs(text: Uint8Array, at: number, count: number, into: Uint8Array, place: number): number {
  if (at + count * 2 > text.length || place + count > into.length) return -1;
  let sum = 0;
  let all = 0;
  for (let i = 0, from = at; i < count; i++, from += 2) {
    const value = (NIBBLES[text[from]] << 4) | NIBBLES[text[from + 1]];
    all |= value;
    sum += value;
    into[place + i] = value;
  }
  return all < 0 ? -1 : sum;
}

/** A hex digit's value by its character; -1, which an OR with another value leaves negative, for any other. */
const NIBBLES = Int8Array.from({ length: 256 }, (_, code) =>
  "0123456789abcdef".indexOf(String.fromCharCode(code).toLowerCase()),
);

const isBlank = (code: number): boolean =>
  code === SPACE || code === TAB || code === DOS_END || code === 0x0b || code === 0x0c;

/** UTF-16 as one byte a character, those beyond ASCII as 0xFF, which is part of no record; other text as it is. */
function narrowed(bytes: Uint8Array): Uint8Array {
  const isLittle = bytes[0] === 0xff && bytes[1] === 0xfe;
  if (!isLittle && !(bytes[0] === 0xfe && bytes[1] === 0xff)) return bytes;
  const low = isLittle ? 0 : 1;
  const text = new Uint8Array((bytes.length >>> 1) - 1);
  for (let i = 0, at = 2; i < text.length; i++, at += 2) {
    const isAscii = bytes[at + 1 - low] === 0 && bytes[at + low] < 0x80;
    text[i] = isAscii ? bytes[at + low] : 0xff;
  }
  return text;
}
