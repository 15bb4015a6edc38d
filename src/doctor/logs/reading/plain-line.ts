/** Terminal sequences: colours and cursor moves, window titles, and whatever else begins with an escape. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal adds is what is looked for
const TERMINAL = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_=>])/g;
/** What is left of colours where a web form has eaten the escape character. */
const BARE_COLOUR = /(?:^|(?<=\s))\[(?:\d{1,2};)*\d{0,2}m/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal leaves is what is looked for
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\u200e\u200f\u2028\u2029\ufeff]/g;
const MAYBE_COLOUR = /\[[\d;]*m/;
const BLANKS = /[\s\u00a0]+/g;

/** Tags that end a line, and those that only stand in it. Anything else in angle brackets is the log's own. */
const BREAKING = /<\/?(?:br|p|div|li|ul|ol|tr|table|tbody|pre|blockquote|h[1-6])\b[^<>]*>/gi;
const INLINE =
  /<\/?(?:a|b|i|u|s|em|tt|code|span|font|strong|td|th|kbd|samp|html|body|head|meta|small|img)(?:\s[^<>]*)?\/?>/gi;
const ENTITY = /&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|(lt|gt|amp|quot|apos|nbsp));/gi;
const NAMED: { readonly [name: string]: string } = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'", nbsp: " " };

/** What makes a line need any of this: most need none. */
const SPECIAL = /[^ -~]|\S {2}|[<&]|\[[\d;]*m|^\s*\[[= ]*\]/;

/** pyOCD's progress bar, which an error is printed behind. */
const BAR = /^\[[= ]*\] ?\d+%(?=\S)/;

/**
 * A line's text without what terminals, mails and web pages add inside it: escape sequences, tags, entities, runs of
 * blanks. More than one where tags break the line.
 */
export function plainLines(line: string): readonly string[] {
  if (!SPECIAL.test(line)) {
    const text = line.trim();
    return text === "" ? [] : [text];
  }
  let text = line;
  if (text.includes("\u001b")) text = text.replace(TERMINAL, "");
  if (MAYBE_COLOUR.test(text)) text = text.replace(BARE_COLOUR, "");
  const marked = text.includes("<") ? text.replace(INLINE, "").split(BREAKING) : [text];
  const decoded = text.includes("&") ? marked.map((part) => part.replace(ENTITY, entity)) : marked;
  return decoded.map(squeezed).filter((part) => part !== "");
}

function squeezed(text: string): string {
  const visible = text.replace(CONTROLS, "").trim();
  const even = /[\t\u00a0]|\s\s/.test(visible) ? visible.replace(BLANKS, " ") : visible;
  return even.startsWith("[") ? even.replace(BAR, "").trim() : even;
}

function entity(_: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return NAMED[name.toLowerCase()];
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  return code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? " " : String.fromCodePoint(code);
}
