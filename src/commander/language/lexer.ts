/** One line of a Commander script, cut into words. */
export interface ScriptLine {
  /** From 1. */
  readonly number: number;
  /** As it stands in the script, without its line end: what the console echoes. */
  readonly text: string;
  /** The command as typed, or `""` where the line holds none (empty, or nothing but a comment). */
  readonly name: string;
  readonly args: readonly string[];
  /** Everything behind the name, comments and blanks around it removed: for commands that take a sentence (`exec`). */
  readonly rest: string;
}

/**
 * Cuts a whole script, LF or CR LF, into its lines; the end of the last line may be missing. Never throws.
 *
 * Source: UM08001 V6.22 3.2, kb.segger.com/J-Link_Commander (comments), public logs for the rest (see `lexLine`).
 */
export function lexScript(script: string): readonly ScriptLine[] {
  const texts = script.split(/\r?\n/);
  if (texts.at(-1) === "") texts.pop();
  const lines: ScriptLine[] = [];
  let insideComment = false;
  for (const text of texts) {
    const lexed = lexLine(text, insideComment, lines.length + 1);
    lines.push(lexed.line);
    insideComment = lexed.insideComment;
  }
  return lines;
}

/**
 * Cuts one line. `insideComment` says whether a block comment is open before it, and in the answer after it.
 *
 * Words are separated by blanks, or by one comma with or without blanks; two commas enclose an empty word (unsure).
 * A word that starts with `"` ends at the next one, or with the line; a stray `"` elsewhere is dropped [L V7.92h].
 * There are no escapes. `//`, a block comment and `;` count where a word could start, so that `build//app.bin` stays
 * a path (unsure); a `;` at the end of a word opens a tail too.
 */
export function lexLine(
  text: string,
  insideComment = false,
  number = 1,
): { readonly line: ScriptLine; readonly insideComment: boolean } {
  const blanked = blankComments(text, insideComment);
  const all = cutWords(blanked.text);
  // Quotes around nothing name no command; what stands behind them does, so that no line is passed over in silence.
  const first = all.findIndex(({ word }) => word !== "");
  const words = first < 0 ? [] : all.slice(first);
  const [name, ...args] = words.map(({ word }) => word);
  const rest =
    words.length === 0
      ? ""
      : blanked.text
          .slice(words[0].end)
          .replace(/^[\s,]+/, "")
          .trimEnd();
  return { line: { number, text, name: name ?? "", args, rest }, insideComment: blanked.insideComment };
}

/** The text with blanks in place of comments and tails; positions stay. */
function blankComments(text: string, insideComment: boolean): { text: string; insideComment: boolean } {
  let kept = "";
  let inside = insideComment;
  for (const piece of pieces(text, insideComment)) {
    kept += piece.comment ? " ".repeat(piece.text.length) : piece.text;
    if (piece.comment) inside = piece.open;
  }
  return { text: kept, insideComment: inside };
}

/** A part of a line: a word or a run of separators, or a comment (still `open` at the line's end or not). */
type Piece = { readonly text: string; readonly comment: boolean; readonly open: boolean };

const COMMENT_END = /^.*?\*\//;
const BLOCK_COMMENT = /^\/\*.*?\*\//;
const QUOTED = /^"[^"]*(?:"|$)/;
const SEPARATORS = /^[\s,]+/;
/** Up to the next separator, a quote included; a `;` ends it. */
const BARE = /^[^\s,;]+/;

function* pieces(text: string, insideComment: boolean): Generator<Piece> {
  let left = text;
  if (insideComment) {
    const end = COMMENT_END.exec(left);
    yield { text: end?.[0] ?? left, comment: true, open: end === null };
    left = end ? left.slice(end[0].length) : "";
  }
  while (left !== "") {
    const piece = nextPiece(left);
    yield piece;
    left = left.slice(piece.text.length);
  }
}

function nextPiece(left: string): Piece {
  const block = BLOCK_COMMENT.exec(left);
  if (block) return { text: block[0], comment: true, open: false };
  if (left.startsWith("/*")) return { text: left, comment: true, open: true };
  if (left.startsWith("//") || left.startsWith(";")) return { text: left, comment: true, open: false };
  const [text] = SEPARATORS.exec(left) ?? QUOTED.exec(left) ?? BARE.exec(left) ?? [left];
  return { text, comment: false, open: false };
}

/** The words of a text without comments, each with the position behind it. */
function cutWords(text: string): readonly { readonly word: string; readonly end: number }[] {
  const words: { word: string; end: number }[] = [];
  for (let at = 0; at < text.length; ) {
    const left = text.slice(at);
    const [piece] = SEPARATORS.exec(left) ?? QUOTED.exec(left) ?? BARE.exec(left) ?? [left];
    at += piece.length;
    if (!SEPARATORS.test(piece)) words.push({ word: piece.replaceAll('"', ""), end: at });
    else if (words.length > 0) words.push(...emptyWords(piece, at, text.length));
  }
  return words;
}

/** Between two commas lies an empty word; at a line's end it doesn't count. */
function emptyWords(separators: string, at: number, end: number): { word: string; end: number }[] {
  const commas = separators.replaceAll(/[^,]/g, "").length;
  return at === end ? [] : Array.from({ length: Math.max(0, commas - 1) }, () => ({ word: "", end: at }));
}
