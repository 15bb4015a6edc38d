/** One line of a text file, with its number from 1; blank lines and comments are left out. */
export interface TextLine {
  readonly number: number;
  readonly text: string;
}

/**
 * The lines of a text format that matter: any line end, any byte order mark (Windows shells write UTF-16), no blank
 * lines, no comments (`#`, `;`, `//`), no DOS end-of-file mark.
 */
export function textLines(bytes: Uint8Array): readonly TextLine[] {
  const lines = decodeText(bytes).split(/\r\n|\r|\n/);
  return lines.map((text, i) => ({ number: i + 1, text: strip(text) })).filter((line) => isRecord(line.text));
}

/** The bytes that an even number of hex digits spell, or undefined where they don't. */
export function hexBytes(digits: string): Uint8Array | undefined {
  if (digits.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const value = (nibble(digits, i * 2) << 4) | nibble(digits, i * 2 + 1);
    if (value < 0) return undefined;
    bytes[i] = value;
  }
  return bytes;
}

const decodeText = (bytes: Uint8Array): string =>
  new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-8").decode(bytes);

const strip = (text: string): string => text.replaceAll("\u001a", "").trim();

const isRecord = (text: string): boolean => text !== "" && !/^(#|;|\/\/)/.test(text);

/** A hex digit's value; -1, which no or with another value hides, for any other character. */
function nibble(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code & ~0x20;
  return letter >= 0x41 && letter <= 0x46 ? letter - 0x37 : -1;
}
