/**
 * What a terminal would obey or hide instead of showing: control characters (C0, DEL, C1) but line end and tab, line
 * and paragraph separators, and the marks that reorder text (Unicode, property Bidi_Control).
 */
const OBEYED = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * Text with every such character written as `\u001b`; line ends and tabs stay. JSON stays JSON and means the same,
 * because none of these characters stands outside its strings; what is printable already is not changed again.
 */
export const printable = (text: string): string => text.replace(OBEYED, escaped);

/** The same for what has to stay one line: a name with a line end in it cannot pretend to be two lines. */
export const printableLine = (text: string): string => printable(text).replaceAll("\n", "\\n");

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
