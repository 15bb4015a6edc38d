import { address32, byte8 } from "../../base/u32.ts";
import { TOOL_NAMES } from "./line-form.ts";
import type { LogCause } from "./log-cause.ts";
import type { LogReading } from "./log-reading.ts";

/** One paragraph that somebody in support could send: what was seen, what it most likely is, how to tell, what to do. */
export function supportNote(reading: LogReading, causes: readonly LogCause[]): string {
  const [first, second] = causes;
  return [
    openingOf(reading),
    ...differenceOf(reading),
    ...massEraseOf(reading),
    first.what,
    ...reasonOf(first),
    ...(second && second.likelihood !== "unlikely" ? [`It may also be this: ${second.what}`] : []),
    `To tell: ${first.test}`,
    `What to do: ${first.remedy.join(" ")}`,
  ].join(" ");
}

function openingOf({ tool, device, ide }: LogReading): string {
  if (!tool) return "Your text has no line that Flashproof knows from a tool's log.";
  const name = `${TOOL_NAMES[tool.id]}${tool.version ? ` ${tool.version}` : ""}`;
  const inside = ide && tool.id !== "mcuxpresso" ? ` in ${TOOL_NAMES.mcuxpresso}` : "";
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

function reasonOf({ for: reasons }: LogCause): readonly string[] {
  const lines = [...new Set(reasons.flatMap(({ line }) => line ?? []))].sort((a, b) => a - b);
  if (lines.length === 0) return [];
  return [`For that ${lines.length === 1 ? "speaks line" : "speak lines"} ${lines.join(", ")} of the log.`];
}
