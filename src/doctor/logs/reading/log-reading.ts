import type { Image } from "../../../image/image.ts";
import { type NamedDevice, namedDevice } from "../families/named-device.ts";
import { type LogTool, WRAPPERS } from "../forms/line-form.ts";
import { type LogFacts, readLog } from "./log-facts.ts";

/** As much of an image as a log is held against. */
export type LogImage = Pick<Image, "segments" | "families"> & Partial<Pick<Image, "format">>;

/** What stands beside a log. */
export interface LogContext {
  /** The image that the user gave with the log. */
  readonly image?: LogImage;
  /** The chip's name, where the user gives it. */
  readonly chip?: string;
}

/** A log, understood as far as its lines go. */
export interface LogReading extends LogFacts {
  readonly tool: { readonly id: LogTool; readonly version?: string; readonly line: number } | undefined;
  /** What ran the tool: an IDE, a build system. */
  readonly wrapper: LogTool | undefined;
  readonly device: NamedDevice | undefined;
  readonly image: LogImage | undefined;
}

/** Facts that any text may hold by chance: alone they make no log. */
const WEAK: readonly string[] = ["chatter", "done", "command", "trouble", "failed-unexplained", "exit-code"];

/** Puts together what belongs together. */
export function logReading(log: LogFacts, { image, chip }: LogContext = {}): LogReading {
  const device = chip === undefined ? deviceOf(log) : namedDevice(chip);
  return { ...log, tool: toolOf(log), wrapper: wrapperOf(log), device, image };
}

/** Messages of the system below the tools that name a cause on their own. */
const STRONG_OF_SYSTEM: readonly string[] = [
  "probe-access",
  "probe-driver",
  "port-busy",
  "port-missing",
  "too-large",
  "server-gone",
];

/** Whether any line says that this is a log of a tool that is known, or names a cause in the system's words. */
export const isLogOf = (log: LogFacts): boolean =>
  log.facts.some(({ kind, tool }) => (tool === "system" ? STRONG_OF_SYSTEM.includes(kind) : !WEAK.includes(kind)));

/** Whether a text is a log of a tool that is known. */
export const isLog = (text: string): boolean => isLogOf(readLog(text));

/** The tool with the most lines, whatever ran it; its version stands in its own banner. */
function toolOf(log: LogFacts): LogReading["tool"] {
  const tools = log.tools.filter(({ tool }) => tool !== "system");
  const own = tools.filter(({ tool }) => !WRAPPERS.includes(tool));
  const most = [...(own.length > 0 ? own : tools)].sort((a, b) => b.lines - a.lines)[0];
  if (!most) return undefined;
  const version = log.all("version").find(({ tool }) => tool === most.tool);
  const id = most.tool === "jlink" && most.dashed * 2 >= most.lines ? "jflash" : most.tool;
  const line = version?.line.number ?? most.firstLine;
  return { id, line, ...(version?.values.version ? { version: version.values.version } : {}) };
}

const wrapperOf = ({ tools }: LogFacts): LogTool | undefined =>
  tools.find(({ tool }) => WRAPPERS.includes(tool) && tools.length > 1)?.tool;

/** The device of a log; where it names chips of more than one family, its name says nothing about them. */
function deviceOf(log: LogFacts): NamedDevice | undefined {
  const names = deviceNames(log);
  if (names.length === 0) return undefined;
  const families = new Set(names.flatMap((name) => namedDevice(name).family ?? []));
  return families.size > 1 ? { name: names[0] } : namedDevice(names[0]);
}

/** Names of devices: those that a line gives as such; then a command's option; then targets in the tool's own words. */
function deviceNames(log: LogFacts): readonly string[] {
  const named = (key: string) => log.facts.flatMap(({ values }) => values[key] ?? []);
  const options = log.facts.flatMap(
    (fact) => /(?:^|\s)--?(?:chip|target|device|part)[ =](\w[\w.-]*)/i.exec(fact.values.command ?? "")?.[1] ?? [],
  );
  return [...new Set([...named("device"), ...options, ...named("target")])];
}
