import { address32, byte8 } from "../../base/u32.ts";
import type { Image } from "../../image/image.ts";
import { ranked } from "../cause.ts";
import { FLASH_SUSPICIONS } from "./flash-causes.ts";
import { type ImageCheck, imageChecks } from "./image-checks.ts";
import { type LogTool, TOOL_NAMES } from "./line-form.ts";
import { type LogCause, type LogEvidence, quoted } from "./log-cause.ts";
import { type LogReading, logReading } from "./log-reading.ts";
import { type LogStep, logSteps } from "./log-steps.ts";
import { STATED_SUSPICIONS } from "./stated-causes.ts";
import { supportNote } from "./support-note.ts";
import { TARGET_SUSPICIONS } from "./target-causes.ts";
import { historyOf, verifyCauses } from "./verify-causes.ts";

/** A byte that failed, for `--json`. */
export interface LogFailure {
  readonly address: string;
  readonly expected: string;
  readonly read: string;
  /** The lines that say so, counted from 1. */
  readonly lines: readonly number[];
}

/** What a log tells of the time before it failed. */
export interface LogHistory {
  /** The lines that tell of a mass erase, and of the stored answer that allowed it. */
  readonly massErase?: readonly LogEvidence[];
  /** Whether the tool's own check of what it programmed passed. */
  readonly toolVerified: boolean;
}

/** What Flashproof makes of another tool's log. */
export interface LogDiagnosis {
  readonly kind: "log" | "unknown";
  readonly tool?: {
    readonly id: LogTool;
    readonly name: string;
    readonly version?: string;
    /** The line of its banner, or of its first words. */
    readonly line: number;
  };
  /** As the log writes it. */
  readonly device?: string;
  readonly summary: string;
  readonly steps: readonly LogStep[];
  readonly failures: readonly LogFailure[];
  readonly history: LogHistory;
  /** The best fit first; never empty. */
  readonly causes: readonly LogCause[];
  readonly imageChecks: readonly ImageCheck[];
  /** One paragraph to send to whoever asked. */
  readonly support: string;
  /** How many lines that are not blank have a form that is not known. */
  readonly unknownLines: number;
}

/**
 * Says what a log of J-Link Commander, MCUXpresso IDE, OpenOCD, pyOCD or probe-rs shows: what was done, what failed,
 * and the causes with the lines that speak for and against each. Pure; never throws, whatever the text.
 *
 * With the image that the log is about, what the log says of it is checked.
 */
export function diagnoseLog(text: string, image?: Pick<Image, "segments">): LogDiagnosis {
  const reading = logReading(text, image);
  const causes = causesOf(reading);
  const { tool, device } = reading;
  const known = new Set(reading.facts.map((fact) => fact.line.number));
  const unread = reading.lines.filter((line) => line.text.trim() !== "" && !known.has(line.number));
  const isUnknown = causes[0].id === "unknown" && reading.mismatches.length === 0;
  return {
    kind: isUnknown ? "unknown" : "log",
    ...(tool && !isUnknown ? { tool: { ...tool, name: TOOL_NAMES[tool.id] } } : {}),
    ...(device ? { device: device.name } : {}),
    summary: summaryOf(reading, causes[0]),
    steps: logSteps(reading),
    failures: failuresOf(reading),
    history: logHistory(reading),
    causes,
    imageChecks: imageChecks(reading),
    support: supportNote(reading, causes),
    unknownLines: unread.length,
  };
}

function causesOf(reading: LogReading): readonly LogCause[] {
  const suspicions = [...STATED_SUSPICIONS, ...TARGET_SUSPICIONS, ...FLASH_SUSPICIONS];
  const causes = [...suspicions.flatMap((suspect) => suspect(reading) ?? []), ...verifyCauses(reading)];
  return causes.length > 0 ? ranked(causes) : [outcome(reading)];
}

/** Where nothing failed: what the log's owner may still want to know. */
function outcome(reading: LogReading): LogCause {
  const erased = reading.all("mass-erase");
  if (erased.length > 0) return massErased(reading);
  return reading.facts.some(({ kind }) => kind !== "chatter") ? NOTHING_FAILED : NO_LOG;
}

const massErased = (reading: LogReading): LogCause => ({
  id: "mass-erased-on-connect",
  likelihood: "certain",
  what: "The chip was locked, and the tool mass-erased it while connecting: what was on it is lost.",
  for: massEraseLines(reading),
  against: [],
  test: "Read the flash: all FF, but for 0xFE at 0x40C, is what a Kinetis' mass erase leaves.",
  remedy: ["Program the chip again.", "Take the tool's stored answer or automatic unlock away, so that it asks."],
});

const NOTHING_FAILED: LogCause = {
  id: "no-failure",
  likelihood: "likely",
  what: "Nothing in this log says that anything failed.",
  for: [],
  against: [{ text: "Tools that end with exit code 0 whatever happened leave such logs, too." }],
  test: "flashproof verify FILE compares the chip with the file.",
  remedy: ["Give the whole log, from the tool's banner on."],
};

const NO_LOG: LogCause = {
  id: "unknown",
  likelihood: "possible",
  what: "This is neither an image nor a log of a tool that Flashproof knows.",
  for: [],
  against: [],
  test: "Look for the tool's banner: docs/log-forms.md lists the lines that are known.",
  remedy: ["Give the console's text as the tool printed it, from its banner on."],
};

function summaryOf({ mismatches, tool }: LogReading, cause: LogCause): string {
  const name = tool ? `${TOOL_NAMES[tool.id]}${tool.version ? ` ${tool.version}` : ""}: ` : "";
  const [first] = mismatches;
  if (!first) return `${name}${cause.what}`;
  const { address, expected, actual } = first;
  return `${name}verify failed at ${address32(address)}, expected ${byte8(expected)}, read ${byte8(actual)}.`;
}

const failuresOf = ({ mismatches }: LogReading): readonly LogFailure[] =>
  mismatches.map(({ address, expected, actual, facts }) => ({
    address: address32(address),
    expected: byte8(expected),
    read: byte8(actual),
    lines: facts.map(({ line }) => line.number),
  }));

const logHistory = (reading: LogReading): LogHistory => ({
  ...(reading.first("mass-erase") ? { massErase: massEraseLines(reading) } : {}),
  toolVerified: historyOf(reading).toolVerified ?? false,
});

const massEraseLines = (reading: LogReading): readonly LogEvidence[] => [
  ...reading.all("lock-seen").map((fact) => quoted("The chip was found locked.", fact)),
  ...reading.all("mass-erase-default").map((fact) => quoted("A stored answer was taken; nobody was asked.", fact)),
  ...reading.all("mass-erase").map((fact) => quoted("The chip was mass-erased.", fact)),
];
