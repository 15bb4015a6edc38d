import type { Chance } from "../../support/chance.ts";
import { CONSOLES, type Consoles, LOCALIZED, PROSE, type ConsoleLine } from "./consoles.ts";

/** A log as a person might paste it, and everything that is true of it. */
export interface SoakLog {
  readonly bytes: Uint8Array;
  readonly text: string;
  /** The lines that are left in it, with what they say. */
  readonly lines: readonly ConsoleLine[];
}

/** What is put before every line. */
const PREFIXES: readonly ((at: number) => string)[] = [
  () => "",
  () => "",
  () => "> ",
  () => ">> ",
  () => "| ",
  (at) => `2024-02-03 10:11:12,${String(at % 1000).padStart(3, "0")} `,
  (at) => `2024-02-03T10:11:${String(at % 60).padStart(2, "0")}.1234567Z `,
  (at) => `[10:11:${String(at % 60).padStart(2, "0")}] `,
  (at) => `${String(at + 1).padStart(5)}  `,
  () => "[Pipeline] ",
  () => "-- runners.jlink: ",
];

/** Makes one log: one or two consoles, cut, spliced with prose, interleaved, prefixed and encoded. */
export function soakLog(chance: Chance): SoakLog {
  const first = consoleOf(chance);
  const both = chance.below(4) === 0 ? interleaved(first, consoleOf(chance), chance) : first;
  const cut = chance.below(3) === 0 ? both.slice(chance.below(2), both.length - chance.below(both.length)) : both;
  const lines = withProse(cut, chance);
  const prefix = PREFIXES[chance.below(PREFIXES.length)];
  const html = chance.below(10) === 0;
  const written = lines.map(({ text }, at) => `${prefix(at)}${html ? escaped(text) : text}`);
  const body = written.join(chance.below(4) === 0 ? "\r\n" : "\n");
  const text = html ? `<pre><code>${body}</code></pre>` : body;
  return { bytes: encoded(text, chance), text, lines };
}

function consoleOf(chance: Chance): readonly ConsoleLine[] {
  const { begin, ends }: Consoles = CONSOLES[chance.below(CONSOLES.length)];
  return [...begin, ...ends[chance.below(ends.length)]];
}

function interleaved(a: readonly ConsoleLine[], b: readonly ConsoleLine[], chance: Chance): readonly ConsoleLine[] {
  const [left, right] = [[...a], [...b]];
  const both: ConsoleLine[] = [];
  while (left.length + right.length > 0) {
    const from = right.length === 0 || (left.length > 0 && chance.below(2) === 0) ? left : right;
    const next = from.shift();
    if (next) both.push(next);
  }
  return both;
}

function withProse(lines: readonly ConsoleLine[], chance: Chance): readonly ConsoleLine[] {
  const before = chance.below(3) === 0 ? [{ text: PROSE[chance.below(PROSE.length)] }] : [];
  const after: ConsoleLine[] = chance.below(3) === 0 ? [{ text: PROSE[chance.below(PROSE.length)] }] : [];
  if (chance.below(6) === 0) after.push({ text: LOCALIZED[chance.below(LOCALIZED.length)], error: true });
  return [...before, ...lines, ...after];
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function encoded(text: string, chance: Chance): Uint8Array {
  const kind = chance.below(8);
  if (kind === 0) return Buffer.from(`\ufeff${text}`, "utf16le");
  if (kind === 1) return Buffer.from(`\ufeff${text}`, "utf16le").swap16();
  return Buffer.from(kind === 2 ? `\ufeff${text}` : text, "utf8");
}
