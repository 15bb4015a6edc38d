import { readFileSync } from "node:fs";

/**
 * The seed: a forum post's copy of what MCUXpresso showed when an engineer programmed a locked K24 and the verify failed
 * (community.nxp.com, "Problem flashing k24 jlink", 2023). Nothing in these tests knows a line of it by heart: what is
 * expected of our console is read here.
 */
export const SEED_LOG: readonly string[] = linesOf(readFileSync("test/fixtures/logs/seed.txt", "utf8"));

/** A console's lines; the end of the last one makes no line of its own. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

const start = SEED_LOG.findIndex((line) => line.startsWith("SEGGER J-Link Commander"));
const end = SEED_LOG.findIndex((line) => line.startsWith("Script processing completed"));

/** What the IDE printed before it ran the Commander, what the Commander printed, and what the IDE made of its end. */
export const SEED_PARTS = {
  before: SEED_LOG.slice(0, start),
  console: SEED_LOG.slice(start, end + 1),
  after: SEED_LOG.slice(end + 1),
} as const;

/** The file that the log's engineer programmed, as his console names it. */
export const SEED_PATH: string = /Downloading file \[(.*)\]/.exec(SEED_LOG.join("\n"))?.[1] ?? "";

/** Everything that the forum's copy lost of each line, and how we lose it too before we compare. */
const LOST_IN_COPY: readonly { readonly what: string; readonly lose: (line: string) => string }[] = [
  { what: "blanks at the start of a line", lose: (line) => line.trimStart() },
  { what: "all but one of several blanks", lose: (line) => line.replaceAll(/ {2,}/g, " ") },
  { what: "blanks at the end of a line", lose: (line) => line.trimEnd() },
  { what: "the word Zone: before a zone's name", lose: (line) => line.replace(/^Zone: (?=")/, "") },
  { what: "the word Note: before a sentence", lose: (line) => line.replace(/^Note: (?=[A-Z])/, "") },
];

/** What was measured, or differs between machines: the path, and every time and speed. */
const MEASURED: readonly { readonly what: string; readonly hide: (line: string, path: string) => string }[] = [
  { what: "the file's path", hide: (line, path) => line.replaceAll(path, "FILE") },
  { what: "times in seconds", hide: (line) => line.replaceAll(/\b\d+\.\d{3}s/g, "TIME") },
  { what: "times in milliseconds", hide: (line) => line.replaceAll(/\b\d+\.\d{2}ms/g, "TIME") },
  { what: "the speed of programming", hide: (line) => line.replace(/ speed: \d+ KB\/s/, " speed: SPEED") },
  { what: "the probe's uptime", hide: (line) => line.replace(/\d+d \d\dh \d\dm \d\ds/, "UPTIME") },
];

/** A line as the forum would have copied it. Lines that hold nothing are lost altogether. */
const copied = (line: string): string => LOST_IN_COPY.reduce((text, { lose }) => lose(text), line);

/** A line with all that was measured taken out. */
const unmeasured = (line: string, path: string): string => MEASURED.reduce((text, { hide }) => hide(text, path), line);

/** A console as it is compared with the log: as the forum would have copied it, without what was measured. */
export const comparable = (lines: readonly string[], path: string): readonly string[] =>
  lines.map((line) => unmeasured(copied(line), path)).filter((line) => line !== "");

/** The seed's console, ready to be compared. */
export const seedConsole = (): readonly string[] => comparable(SEED_PARTS.console, SEED_PATH);

/** One place where our console and the seed's differ. */
export interface Deviation {
  readonly seed: string | undefined;
  readonly ours: string | undefined;
}

/** Where two consoles differ, line by line in order; a line too many or too few makes all behind it differ. */
export function deviations(ours: readonly string[], seed: readonly string[] = seedConsole()): readonly Deviation[] {
  const count = Math.max(ours.length, seed.length);
  return Array.from({ length: count }, (_, i) => ({ seed: seed[i], ours: ours[i] })).filter((d) => d.seed !== d.ours);
}

/** The line of the seed that starts so, with one of its values replaced: what another board has to print there. */
export function seedLineWith(start: string, value: RegExp, other: string): Deviation {
  const seed = seedConsole().find((line) => line.startsWith(start));
  if (seed === undefined || !value.test(seed)) throw new Error(`the seed has no such line: ${start}`);
  return { seed, ours: seed.replace(value, other) };
}
