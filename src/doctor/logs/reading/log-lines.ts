/** Longest line that is kept, in characters; what comes after it up to the line's end is left out. */
export const LONGEST_LINE = 0x10000;

/** How a text file is encoded; a file that says nothing is taken for UTF-8, of which ASCII is a part. */
export type TextEncoding = "utf-8" | "utf-16le" | "utf-16be";

/** Takes one line of a text, without its end; `cut` where it was longer than LONGEST_LINE. */
export type LineSink = (line: string, cut: boolean) => void;

/** Bytes by which an encoding is detected. */
const SAMPLE = 512;

/** The encoding of a text by its byte order mark, or by where its first bytes are zero. */
export function encodingOf(bytes: Uint8Array): TextEncoding {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  const zeros = [0, 0];
  const sample = bytes.subarray(0, SAMPLE);
  for (const [at, byte] of sample.entries()) if (byte === 0) zeros[at & 1]++;
  const most = sample.length * 0.3;
  if (zeros[1] > most && zeros[0] < most / 8) return "utf-16le";
  return zeros[0] > most && zeros[1] < most / 8 ? "utf-16be" : "utf-8";
}

/**
 * Turns the bytes of a log, as they come, into lines: UTF-8 or UTF-16 with or without a mark, with any line end.
 * Keeps one line at a time. Never throws: what is no text of its encoding becomes U+FFFD.
 */
export class LogLines {
  private readonly sink: LineSink;
  private decoder: TextDecoder | undefined;
  private rest = "";
  private overflowing = false;
  private afterReturn = false;

  constructor(sink: LineSink) {
    this.sink = sink;
  }

  /** The next bytes, in pieces of any size but the first, which shows the encoding. */
  write(bytes: Uint8Array): void {
    this.decoder ??= new TextDecoder(encodingOf(bytes));
    this.take(this.decoder.decode(bytes, { stream: true }));
  }

  /** The end: hands out the last line, if it has no end of its own. */
  end(): void {
    this.take(this.decoder?.decode() ?? "");
    if (this.rest !== "" || this.overflowing) this.hand("");
  }

  private take(text: string): void {
    let from = 0;
    if (this.afterReturn && text.startsWith("\n")) from = 1;
    if (text !== "") this.afterReturn = false;
    const returns = text.includes("\r");
    for (;;) {
      const end = returns ? lineEnd(text, from) : text.indexOf("\n", from);
      if (end < 0) break;
      this.hand(text.slice(from, end));
      from = end + 1;
      if (text[end] !== "\r") continue;
      if (text[from] === "\n") from++;
      else if (from === text.length) this.afterReturn = true;
    }
    this.keep(text.slice(from));
  }

  /** The beginning of a line whose end has not come yet. */
  private keep(part: string): void {
    if (this.overflowing || part === "") return;
    const room = LONGEST_LINE - this.rest.length;
    if (part.length > room) this.overflowing = true;
    this.rest += part.slice(0, room);
  }

  private hand(part: string): void {
    this.keep(part);
    const [line, cut] = [this.rest, this.overflowing];
    this.rest = "";
    this.overflowing = false;
    this.sink(line, cut);
  }
}

/** The next place of a line feed or a carriage return; -1 without one. */
function lineEnd(text: string, from: number): number {
  const feed = text.indexOf("\n", from);
  const back = text.indexOf("\r", from);
  return feed < 0 || back < 0 ? Math.max(feed, back) : Math.min(feed, back);
}
