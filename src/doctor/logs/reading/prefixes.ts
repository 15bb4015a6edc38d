/** What a prefix says of its line besides where it came from. */
export type PrefixMark = "error" | "warning" | "info" | "dash";

/** A line without one prefix of its. */
export interface Peeled {
  readonly text: string;
  readonly mark?: PrefixMark;
  /** What a name in brackets names: `[kx.cpu] `. */
  readonly subject?: string;
}

interface Prefix {
  readonly pattern: RegExp;
  readonly mark?: PrefixMark | ((match: RegExpExecArray) => PrefixMark | undefined);
}

const CLOCK = String.raw`\d{1,2}:\d{2}:\d{2}(?:[.,:]\d{1,9}){0,2}(?: ?[AP]M)?`;
const ZONE = String.raw`(?: ?(?:Z|UTC|GMT|C[ES]?S?T|[EMP][SD]T|EES?T|WES?T|CDT|JST|IST|BST|MSK|KST|AEST|[+-]\d{2}:?\d{2}))?`;
const DAY = String.raw`(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})`;
const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const WEEKDAY = "(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?";
const MOMENT = [
  `${DAY}(?:[T_,]? ?${CLOCK}${ZONE})?`,
  `${WEEKDAY}(?:${MONTH} \\d{1,2}|\\d{1,2} ${MONTH})(?: \\d{4})?,? ${CLOCK}${ZONE}(?: \\d{4})?`,
  CLOCK,
  String.raw`\d{1,10}\.\d{1,9}`,
  String.raw`\+?\d+(?:\.\d+)? ?m?s`,
].join("|");

/** Words for levels in what tools and loggers put before a message. */
const LEVEL = "FATAL ERROR|FATAL|CRITICAL|ERROR|ERR|WARNING|WARN|INFO|DEBUG|TRACE|NOTICE|USER";

/** After a moment there is a blank, a colon or a bar, or its bracket ends; never a bare unit as in `2.113s (35 KiB/s)`. */
const AFTER = String.raw`(?:\s*[|>:;,-])?\s+`;

/** Prefixes by kind of their first character; each cuts off one, and is tried until none fits. */
const DIGITS: readonly Prefix[] = [
  // GitLab's line marks come behind its time: 00O is stdout of stream 0.
  { pattern: new RegExp(`^(?:${DAY})T${CLOCK}Z \\d\\d[OE][ +]?`) },
  { pattern: new RegExp(`^(?:${MOMENT})${AFTER}(?=\\S)`, "i") },
  // pyOCD: milliseconds, level.
  {
    pattern: /^\d{7}[: ](?:(INFO|WARNING|ERROR|CRITICAL|DEBUG)|([DIWEC]))[: ](?:\w+:)?\s*/,
    mark: (m) => levelMark(m[1] ?? m[2]),
  },
  // Numbers of lines, and of probe-rs' causes.
  { pattern: /^\d{1,7}(?:[:|.)\]]\s*|\s+)(?=\D|\d{7}[: ]|\d{4}-\d|\d{1,2}:\d\d)/ },
];

const BRACKETS: readonly Prefix[] = [
  { pattern: new RegExp(`^\\[\\s*(?:${MOMENT})\\s*\\][:,]?\\s*(?=\\S)`, "i") },
  { pattern: new RegExp(`^\\[(${LEVEL})\\s*\\][:\\s]*`, "i"), mark: (m) => levelMark(m[1]) },
  {
    pattern:
      /^\[(?:Pipeline|openocd|jlink|pyocd|probe-rs|west|flash|build|stdout|stderr|main|cargo|cmake)[\w. /-]*\][:\s]*/i,
  },
  // nrfjprog and Jenkins' branches: [ nRF52] - , [board-3] .
  { pattern: /^\[(?<subject>[\w .#/-]{1,40})\](?: -|:)? (?=\S)/ },
];

const QUOTES: readonly Prefix[] = [
  // Zephyr's levels.
  { pattern: /^<(inf|wrn|err|dbg)> /, mark: (m) => levelMark(m[1]) },
  { pattern: /^(?:[>|\u2502\u00bb]\s?)+/ },
  // The trees of probe-rs and miette.
  { pattern: /^[\u2500-\u257f\s\u25b6\u00d7\u2717\u2718\u274c]+(?=\S)/ },
  { pattern: /^- (?=\S)/, mark: "dash" },
  { pattern: /^(?:[-*+#\u2022\u00b7]\s+|\*{2,}\s?(?=(?:Error|Warning)\b)|-- (?=\S)|\$ |> )/ },
];

/** Prefixes that begin with a letter, by what else a line must have for one of them to fit. */
const LEVELS: readonly Prefix[] = [
  // OpenOCD's level, with what debug_level 3 adds.
  { pattern: /^(Info|Warn|Error|Debug|User) : (?:\d+ \d+ \S+ \S+ )?/, mark: (m) => levelMark(m[1]) },
  { pattern: /^(Error|Warn|Info): (?:\d+ \d+ \S+ \S+ )?/, mark: (m) => levelMark(m[1]) },
  { pattern: /^(INFO|WARNING|ERROR|CRITICAL|DEBUG):[\w.]+:\s*/, mark: (m) => levelMark(m[1]) },
  { pattern: /^(INFO|WARN|ERROR|DEBUG|TRACE) [\w:]+(?: ?>|:) */, mark: (m) => levelMark(m[1]) },
  // stlink's tools name their source.
  { pattern: /^(INFO|WARN|ERROR|DEBUG) [\w./\\:-]{1,120}\.c: /, mark: (m) => levelMark(m[1]) },
  { pattern: new RegExp(`^(${LEVEL})\\s*[:|>-]+\\s*`, "i"), mark: (m) => levelMark(m[1]) },
  { pattern: /^Error (?=failed|while)/, mark: "error" },
  { pattern: /^([DIWEC])[: ]\s?(?=\w)(?!\w\b:)/, mark: (m) => levelMark(m[1]) },
];
const CI: readonly Prefix[] = [
  { pattern: /^##\[(\w+)\]/, mark: (m) => levelMark(m[1]) },
  { pattern: /^::(error|warning|notice|debug)(?: [^:]*)?::/, mark: (m) => levelMark(m[1]) },
];
const DATES: readonly Prefix[] = [
  {
    pattern: new RegExp(
      `^${WEEKDAY}(?:${MONTH})\\s+\\d{1,2}(?: \\d{4})?,? ${CLOCK}${ZONE}(?: \\d{4})?${AFTER}(?:\\S+ [\\w./-]+(?:\\[\\d+\\])?: )?`,
    ),
  },
  // J-Link's DLL log: thread, seconds.
  { pattern: /^T[0-9A-F]{4,16} \d{3}:\d{3}(?:\.\d{3})?\s+/ },
];
const NAMES: readonly Prefix[] = [
  // west's runners, and logger names like them.
  { pattern: /^(?:runners?\.\w+|west\.\w+|[\w-]+\.(?:openocd|jlink|pyocd|nrfjprog)): / },
  {
    pattern:
      /^(?:stdout|stderr|openocd|pyocd|probe-rs|nrfjprog|st-flash|ninja|make(?:\[\d+\])?|cmake|java|pio)(?: [#\d]+)?[:|>]\s*/i,
  },
  // LinkServer's stub: class and kind of a message, its number.
  { pattern: /^(?:N[cns]|P[cs]|E[cdmt]|W[cs]): ?(?:\d{2}: )?/ },
  // FILE:LINE: of OpenOCD's scripts, compilers and Python.
  { pattern: /^(?:\w{1,16}:)?[\w./\\<>-]{1,160}:\d{1,6}(?::\d{1,5})?:\s*(?:in \w+: )?/ },
  // Python's exceptions, with their modules.
  { pattern: /^(?:[a-z_]\w*\.)+[A-Z]\w*(?:Error|Exception|Warning): /, mark: "error" },
  { pattern: /^(?:[A-Z]\w*(?:Error|Exception)): /, mark: "error" },
];
/** docker compose and CI matrices: name, bar. */
const COLUMN: readonly Prefix[] = [{ pattern: /^[\w./-]{1,40} +\| / }];

/** First letters of levels, in both cases. */
const LEVEL_LETTERS = "FCEWIDTNU";
/** First letters of months, days and threads. */
const DATE_LETTERS = "JFMASONDTW";

/** pyOCD ends its lines with the module's name. */
const MODULE = / \[\w+\]$/;

/** A line without one of the prefixes that tools, loggers, mails and CI systems put before a message. */
export function peeled(text: string): Peeled | undefined {
  const code = text.charCodeAt(0);
  if (code >= 0x30 && code <= 0x39) return without(text, DIGITS);
  if (code === 0x5b) return without(text, BRACKETS);
  if ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) return withoutWord(text);
  if (code === 0x23 || code === 0x3a) return without(text, CI) ?? without(text, QUOTES);
  if (code === 0x2b) return without(text, DIGITS) ?? without(text, QUOTES);
  return (code === 0x2f || code === 0x5f ? without(text, NAMES) : undefined) ?? without(text, QUOTES);
}

function withoutWord(text: string): Peeled | undefined {
  const letter = text[0].toUpperCase();
  const level = LEVEL_LETTERS.includes(letter) ? without(text, LEVELS) : undefined;
  if (level) return level;
  const colon = text.indexOf(":");
  const dated = colon > 0 && DATE_LETTERS.includes(text[0]) ? without(text, DATES) : undefined;
  if (dated) return dated;
  const named = colon > 0 || text.includes("|") ? without(text, NAMES) : undefined;
  return named ?? (text.includes(" | ") ? without(text, COLUMN) : undefined);
}

function without(text: string, prefixes: readonly Prefix[]): Peeled | undefined {
  for (const prefix of prefixes) {
    const match = prefix.pattern.exec(text);
    if (!match || match[0].length === 0 || match[0].length === text.length) continue;
    const mark = typeof prefix.mark === "function" ? prefix.mark(match) : prefix.mark;
    const rest = text.slice(match[0].length).trim();
    const subject = match.groups?.subject;
    return rest === "" ? undefined : { text: rest, ...(mark ? { mark } : {}), ...(subject ? { subject } : {}) };
  }
  return undefined;
}

const NOTHING_BEHIND = new RegExp(`^[>|\\s]*(?:\\[?\\s*(?:${MOMENT})\\s*\\]?(?: \\d\\d[OE][ +]?)?)?$`, "i");

/** Whether a line is only a moment or a mail's quote sign, with nothing behind it: a blank line of the tool's. */
export const isOnlyPrefix = (text: string): boolean => text.length < 48 && NOTHING_BEHIND.test(text);

/** A message without the module's name that pyOCD puts behind it; the same text where there is none. */
export const withoutModule = (text: string): string => (text.endsWith("]") ? text.replace(MODULE, "") : text);

function levelMark(word: string | undefined): PrefixMark | undefined {
  const first = word?.[0].toLowerCase();
  if (first === "e" || first === "f" || first === "c") return "error";
  if (first === "w") return "warning";
  return first === undefined || word?.toLowerCase() === "group" ? undefined : "info";
}
