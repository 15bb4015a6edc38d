import type { LogCause } from "./causes/log-cause.ts";
import { SUCCESSES } from "./causes/stated-cause.ts";
import type { LogFact } from "./reading/log-facts.ts";
import { isLogOf } from "./reading/log-reading.ts";
import type { LogReading } from "./reading/log-reading.ts";

/** What a log says of its job: that something failed, that it succeeded and nothing failed, or neither. */
export type LogVerdict = "failed" | "fine" | "unknown";

/** Acts that end in a success or a failure; one that is the last and has no end leaves the job's end open. */
const ACTS = ["download", "erase-started", "verify-started", "verify-size", "mass-erase-tried", "mass-erase"] as const;
/** Commands of J-Link Commander that do. */
const ACTING = /^(load(file|bin)|verify(file|bin)|erase|w[124]|program)\b/i;

/** Lines that say that something failed, and leave it at that. */
const UNEXPLAINED = ["failed-unexplained", "trouble", "exit-code"] as const;

/** Those of them that do say it: a trouble, or an exit code other than 0. */
export const unexplained = (reading: LogReading): readonly LogFact[] =>
  reading.all(...UNEXPLAINED).filter(({ kind, values }) => kind !== "exit-code" || !isZero(values));

const isZero = (values: LogFact["values"]): boolean =>
  Object.values(values).some((value) => value !== undefined && /^0+$/.test(value));

/** The last line with which a tool says that its job succeeded, if nothing that it began afterwards is open. */
export function successOf(reading: LogReading): LogFact | undefined {
  const last = reading.last(...SUCCESSES);
  if (!last || last.values.bytes === "0") return undefined;
  const acts = [
    ...reading.all(...ACTS),
    ...reading.all("command").filter(({ values }) => ACTING.test(values.command ?? "")),
  ];
  return acts.some(({ order }) => order > last.order) ? undefined : last;
}

/** What the log says, given the causes that failures in it have. */
export function verdictOf(reading: LogReading, failures: readonly LogCause[]): LogVerdict {
  if (failures.length > 0) return "failed";
  const quiet = reading.errors.count === 0 && reading.cut.count === 0 && reading.all("trouble").length === 0;
  return quiet && isLogOf(reading) && successOf(reading) ? "fine" : "unknown";
}
