import { address32, byte8 } from "../../base/u32.ts";
import type { Likelihood } from "../cause.ts";
import type { LogCause } from "./causes/log-cause.ts";
import { TOOL_NAMES } from "./forms/line-form.ts";
import type { LogReading } from "./reading/log-reading.ts";
import { successOf, type LogVerdict } from "./verdict.ts";

/** The three things that the reader of a diagnosis wants first, one line each. */
export interface LogAnswer {
  readonly happened: string;
  /** The most likely cause and how sure it is. */
  readonly cause: string;
  readonly next: string;
}

/** How sure a likelihood is, in a word for a sentence. */
const SURE: { readonly [L in Likelihood]: string } = {
  certain: "certain: the log says so",
  likely: "likely",
  possible: "possible, not sure",
  unlikely: "unlikely",
};

/** What happened, why most likely, and what to do next. */
export function answerOf(reading: LogReading, causes: readonly LogCause[], verdict: LogVerdict): LogAnswer {
  const [first] = causes;
  return {
    happened: `${toolWords(reading)}${HAPPENED[verdict](reading, first)}`,
    cause: verdict === "failed" ? `${first.what} (${SURE[first.likelihood]})` : first.what,
    next: first.remedy[0] ?? first.test,
  };
}

const toolWords = ({ tool, device }: LogReading): string =>
  tool ? `${TOOL_NAMES[tool.id]}${tool.version ? ` ${tool.version}` : ""}${device ? ` on ${device.name}` : ""}: ` : "";

const HAPPENED: { readonly [V in LogVerdict]: (reading: LogReading, first: LogCause) => string } = {
  failed: (reading, first) => failure(reading, first),
  fine: (reading) => `the job succeeded, says line ${successOf(reading)?.line.number}.`,
  unknown: (reading) => unknownWords(reading),
};

function failure(reading: LogReading, { for: reasons }: LogCause): string {
  const [byte] = reading.mismatches;
  const later = successOf(reading);
  const again = later && reasons.every(({ line }) => line === undefined || line < later.line.number);
  const end = again ? ` Later, in line ${later.line.number}, it says that it succeeded.` : "";
  if (byte) {
    const { address, expected, actual } = byte;
    const more = reading.mismatches.length > 1 ? ` and ${reading.mismatches.length - 1} more` : "";
    return `verify failed at ${address32(address)}${more}, expected ${byte8(expected)}, read ${byte8(actual)}.${end}`;
  }
  const at = reasons.find(({ line }) => line !== undefined);
  return `it failed${at ? `; line ${at.line}: ${at.quote?.slice(0, 160)}` : "."}${end}`;
}

function unknownWords({ errors, lines, tool }: LogReading): string {
  if (!tool) return `${lines === 1 ? "one line, and not" : `${lines} lines, none of them`} a known tool's.`;
  if (errors.count === 0) return "the log does not say how the job ended.";
  const [first] = errors.first;
  return `${errors.count} line${errors.count === 1 ? "" : "s"} that look${errors.count === 1 ? "s" : ""} like an error; line ${first.number}: ${first.text.trim().slice(0, 160)}`;
}
