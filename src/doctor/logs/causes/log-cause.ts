import type { CauseId, Likelihood } from "../../cause.ts";
import type { LogFact } from "../reading/log-facts.ts";
import type { LogReading } from "../reading/log-reading.ts";

/** Names of causes of what a log shows; they are part of the `--json` contract. */
export type LogCauseId =
  | CauseId
  | "probe-not-found"
  | "probe-ambiguous"
  | "probe-silent"
  | "probe-access"
  | "probe-driver"
  | "probe-busy"
  | "probe-lost"
  | "probe-clone"
  | "probe-firmware"
  | "port-not-found"
  | "port-busy"
  | "bootloader-silent"
  | "bootloader-refused"
  | "target-no-power"
  | "target-silent"
  | "wire-unreliable"
  | "core-not-found"
  | "core-not-halted"
  | "core-sleeping"
  | "connect-failed"
  | "timed-out"
  | "wrong-chip"
  | "device-unknown"
  | "reset-loop"
  | "read-protected"
  | "mass-erase-skipped"
  | "mass-erase-not-allowed"
  | "mass-erase-disabled"
  | "mass-erase-failed"
  | "mass-erase-needs-reset-line"
  | "mass-erased-on-connect"
  | "script-error"
  | "tool-not-found"
  | "config-not-found"
  | "tool-too-old"
  | "file-not-opened"
  | "file-invalid"
  | "image-too-large"
  | "outside-flash"
  | "ram-image"
  | "wrong-image"
  | "ram-loader-failed"
  | "loader-missing"
  | "not-erased"
  | "erase-protected"
  | "erase-failed"
  | "write-failed"
  | "flash-command-refused"
  | "memory-refused"
  | "fcf-write-denied"
  | "field-byte-changed"
  | "vector-checksum"
  | "unlocated-difference"
  | "failed-unexplained"
  | "not-understood"
  | "no-outcome"
  | "no-failure";

/** One thing that speaks for or against a cause, with the line of the log that says it where there is one. */
export interface LogEvidence {
  readonly text: string;
  /** Counted from 1. */
  readonly line?: number;
  /** The line as it stands in the log. */
  readonly quote?: string;
}

/** One explanation of what a log shows. */
export interface LogCause {
  readonly id: LogCauseId;
  readonly likelihood: Likelihood;
  /** What happened, in one sentence. */
  readonly what: string;
  readonly for: readonly LogEvidence[];
  readonly against: readonly LogEvidence[];
  /** The experiment that separates this cause from the others. */
  readonly test: string;
  readonly remedy: readonly string[];
}

/** Looks at a log for one cause. */
export type LogSuspicion = (reading: LogReading) => LogCause | undefined;

/** Evidence of one cause that is shown, at most. */
const MOST_EVIDENCE = 6;

/** A line of the log as evidence. */
export const quoted = (text: string, { line }: Pick<LogFact, "line">): LogEvidence => ({
  text,
  line: line.number,
  quote: line.text.trim(),
});

/** The first lines of some facts as evidence that the tool itself gives. */
export const statedBy = (facts: readonly LogFact[], text = "The tool says so."): readonly LogEvidence[] =>
  facts.slice(0, MOST_EVIDENCE).map((fact) => quoted(text, fact));
