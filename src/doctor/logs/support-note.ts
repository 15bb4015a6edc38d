import { address32, byte8 } from "../../base/u32.ts";
import type { LogCause } from "./causes/log-cause.ts";
import { TOOL_NAMES } from "./forms/line-form.ts";
import type { LogReading } from "./reading/log-reading.ts";
import type { LogVerdict } from "./verdict.ts";

/** What a note to send is made from. */
export interface NoteInput {
  readonly reading: LogReading;
  readonly causes: readonly LogCause[];
  readonly verdict: LogVerdict;
  /** Leave paths, names and serial numbers in. */
  readonly keepPrivate: boolean;
}

/**
 * One paragraph to send to the person who asked: what was seen, what it most likely is, how to tell, what to do.
 * Paths, user names and serial numbers are left out unless asked for.
 */
export function supportNote({ reading, causes, verdict, keepPrivate }: NoteInput): string {
  const [first, second] = causes;
  const text = [
    openingOf(reading),
    ...differenceOf(reading),
    ...massEraseOf(reading),
    first.what,
    ...reasonOf(first),
    ...unreadOf(reading, first),
    ...(second && verdict === "failed" && second.likelihood !== "unlikely"
      ? [`It may also be this: ${second.what}`]
      : []),
    `Test: ${first.test}`,
    `What to do: ${first.remedy.join(" ")}`,
  ].join(" ");
  return keepPrivate ? text : withoutPrivate(text);
}

function openingOf({ tool, device, wrapper }: LogReading): string {
  if (!tool) return "Your text has no line that Flashproof knows from a tool's log.";
  const name = `${TOOL_NAMES[tool.id]}${tool.version ? ` ${tool.version}` : ""}`;
  const inside = wrapper && tool.id !== wrapper ? ` in ${TOOL_NAMES[wrapper]}` : "";
  return `Your log is of ${name}${inside}${device ? `, working on ${device.name}` : ""}.`;
}

function differenceOf({ mismatches }: LogReading): readonly string[] {
  const [first] = mismatches;
  if (!first) return [];
  const { address, expected, actual, facts } = first;
  const line = facts[facts.length - 1].line.number;
  return [`In line ${line} it finds ${byte8(actual)} at ${address32(address)} where the file has ${byte8(expected)}.`];
}

function massEraseOf(reading: LogReading): readonly string[] {
  const fact = reading.first("mass-erase");
  if (!fact) return [];
  const stored = reading.first("mass-erase-default") ? ", on a stored answer and without asking" : "";
  return [`Before that (line ${fact.line.number}) the chip was found locked and mass-erased${stored}.`];
}

/** The lines that speak for a cause, and the first of them as it stands. */
function reasonOf({ for: reasons }: LogCause): readonly string[] {
  const lines = [...new Set(reasons.flatMap(({ line }) => line ?? []))].sort((a, b) => a - b);
  if (lines.length === 0) return [];
  const quote = reasons.find(({ line }) => line === lines[0])?.quote ?? "";
  const where = lines.length === 1 ? `speaks line ${lines[0]}` : `speak lines ${lines.join(", ")}`;
  return [`For that ${where} of the log${quote ? ` ("${quote.slice(0, 160)}")` : ""}.`];
}

function unreadOf({ errors }: LogReading, { id }: LogCause): readonly string[] {
  if (errors.count === 0 || id === "not-understood" || id === "unknown") return [];
  const [first] = errors.first;
  return [
    `${errors.count === 1 ? "One more line looks" : `${errors.count} more lines look`} like an error and ${errors.count === 1 ? "is" : "are"} not understood, first line ${first.number}.`,
  ];
}

/** What in a text belongs to one person or machine, and what stands there instead. */
const PRIVATE: readonly (readonly [RegExp, string])[] = [
  [/\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/g, "<mail>"],
  [/\b(?:https?|ftp|ssh|file):\/\/[^\s"'<>)\]]+/gi, "<address>"],
  [/(?:\\\\[\w.$-]+\\|\b[A-Za-z]:[\\/])(?:[^\\/:*?"<>|\r\n,;]*[\\/])*[^\s\\/:*?"<>|,;()[\]]*/g, "<path>"],
  [/(?<![\w/.])~?\/(?:[^\s/"'<>()[\],;:]+\/)+[^\s/"'<>()[\],;:]*/g, "<path>"],
  [/(?<![\w/.])\.{1,2}\/[^\s"'<>()[\],;:]+/g, "<path>"],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, "<address>"],
  [/\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b/gi, "<address>"],
  [
    /\b(S\/N|SN|serial(?: ?(?:number|no\.?|#))?|unique id|UID)(\s*(?:is|:|=|#)?\s*)['"]?[0-9a-z]{4,}['"]?/gi,
    "$1$2<serial>",
  ],
  [/\b(user(?:name)?|login|host(?:name)?|computer)(\s*[:=]\s*)\S+/gi, "$1$2<name>"],
  [/\b[\w.-]+@[\w.-]+(?=[:$#~ ]|$)/g, "<name>"],
  // Serial numbers by themselves: J-Link's nine digits, the 24 hex digits of an ST-Link, CMSIS-DAP's long ones.
  [/(?<![\w.])(?!0x)(?:\d{9,}|(?=[0-9a-f]*\d)[0-9a-f]{16,})(?![\w.])/gi, "<serial>"],
];

/** A text without paths, user names, hosts, addresses of the net and serial numbers. */
const withoutPrivate = (text: string): string =>
  PRIVATE.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
