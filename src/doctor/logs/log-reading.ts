import type { Image } from "../../image/image.ts";
import type { LogTool } from "./line-form.ts";
import type { LogFact, LogFacts } from "./log-facts.ts";
import { readLog } from "./log-facts.ts";
import { type NamedDevice, namedDevice } from "./named-device.ts";

/** A byte that a log says is different. */
export interface Mismatch {
  readonly address: number;
  readonly expected: number;
  readonly actual: number;
  /** The lines that say so. */
  readonly facts: readonly LogFact[];
}

/** A log, understood as far as its lines go. */
export interface LogReading extends LogFacts {
  readonly tool: { readonly id: LogTool; readonly version?: string; readonly line: number } | undefined;
  /** Whether an IDE ran the tool. */
  readonly ide: boolean;
  readonly device: NamedDevice | undefined;
  readonly mismatches: readonly Mismatch[];
  /** The image that the log is said to be about. */
  readonly image: Pick<Image, "segments"> | undefined;
}

/** Facts that any text may hold by chance: alone they make no log. */
const WEAK: readonly string[] = ["chatter", "done", "command"];

/** Reads a log and puts together what belongs together. */
export function logReading(text: string, image?: Pick<Image, "segments">): LogReading {
  const log = readLog(text);
  const tool = toolOf(log);
  const device = deviceOf(log);
  const ide = log.facts.some((fact) => fact.tool === "mcuxpresso");
  return { ...log, tool, ide, device, mismatches: mismatchesOf(log), image };
}

/** Whether any line of a text says that it is a log of a tool that is known. */
export const isLog = (text: string): boolean => readLog(text).facts.some((fact) => !WEAK.includes(fact.kind));

/** The tool with the most lines, whatever ran it; its version stands in its own banner. */
function toolOf(log: LogFacts): LogReading["tool"] {
  const own = log.facts.filter((fact) => fact.tool !== "mcuxpresso");
  const counts = new Map<LogTool, number>();
  for (const { tool } of own) counts.set(tool, (counts.get(tool) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  const fallback = log.facts[0];
  if (!most) return fallback && { id: fallback.tool, line: fallback.line.number };
  const [id] = most;
  const version = own.find((fact) => fact.tool === id && fact.kind === "version");
  const line = (version ?? own.find((fact) => fact.tool === id))?.line.number ?? 1;
  return { id, line, ...(version?.values.version ? { version: version.values.version } : {}) };
}

function deviceOf(log: LogFacts): NamedDevice | undefined {
  const named = log.facts.find((fact) => fact.values.device !== undefined)?.values.device;
  const command = log.facts.flatMap((fact) => /--(?:chip|target) (\S+)/.exec(fact.values.command ?? "")?.[1] ?? [])[0];
  const target = log.facts.find((fact) => fact.values.target !== undefined)?.values.target;
  const name = named ?? command ?? target;
  return name === undefined ? undefined : namedDevice(name);
}

function mismatchesOf(log: LogFacts): readonly Mismatch[] {
  return log.facts.flatMap((fact, i): readonly Mismatch[] => {
    if (fact.kind === "verify-byte") return [mismatch(fact.values, [fact])];
    const bytes = log.facts[i + 1];
    if (fact.kind !== "verify-address" || bytes?.kind !== "verify-bytes") return [];
    return [mismatch({ ...fact.values, ...bytes.values }, [fact, bytes])];
  });
}

const mismatch = (values: LogFact["values"], facts: readonly LogFact[]): Mismatch => ({
  address: hexOf(values.address),
  expected: hexOf(values.expected),
  actual: hexOf(values.actual),
  facts,
});

/** A number that a tool prints in hex, with or without `0x`. */
export const hexOf = (text: string | undefined): number => Number.parseInt((text ?? "").replace(/^0x/i, ""), 16);
