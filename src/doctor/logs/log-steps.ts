import type { FactKind } from "./forms/line-form.ts";
import type { LogFact } from "./reading/log-facts.ts";
import type { LogReading } from "./reading/log-reading.ts";

/** One thing that a log says was done. */
export interface LogStep {
  readonly what: string;
  /** Whether it went well. */
  readonly ok: boolean;
  /** Counted from 1. */
  readonly line: number;
}

/** The text of a step; `{name}` stands for that value of the line. */
const STEPS: { readonly [Kind in FactKind]?: readonly [ok: boolean, words: string] } = {
  operation: [true, "started an operation"],
  command: [true, "command: {command}"],
  connected: [true, "found the core"],
  "probe-missing": [false, "no probe"],
  "probe-silent": [false, "the probe did not answer"],
  "probe-access": [false, "the probe may not be opened"],
  "probe-driver": [false, "the probe's driver is not the right one"],
  "voltage-low": [false, "no supply at the target"],
  "target-silent": [false, "no connection to the target"],
  "core-missing": [false, "no core found"],
  "halt-failed": [false, "the core did not stop"],
  "lock-seen": [true, "saw that the chip is locked"],
  "mass-erase": [true, "mass-erased the chip to unlock it"],
  "mass-erase-done": [true, "unlocked the chip"],
  "mass-erase-skipped": [false, "left the chip locked"],
  "mass-erase-refused": [false, "had no permission to mass-erase"],
  "mass-erase-disabled": [false, "mass erase is disabled"],
  "mass-erase-failed": [false, "the mass erase failed"],
  "reset-line-missing": [false, "no reset line to unlock with"],
  download: [true, "started programming"],
  bank: [true, "programmed {bytes} bytes from {bank}"],
  "flash-match": [true, "nothing to program: the contents match"],
  done: [true, "the tool called it done"],
  "erase-started": [true, "started erasing"],
  erased: [true, "erased"],
  programmed: [true, "programmed {bytes} bytes"],
  "file-missing": [false, "could not open the file"],
  "outside-flash": [false, "left out bytes for {address}"],
  "loader-failed": [false, "the flash loader failed"],
  "erase-failed": [false, "erasing failed"],
  "write-failed": [false, "programming failed"],
  "flash-refused": [false, "the flash controller refused a command"],
  "flash-protected": [false, "the flash is protected"],
  "result-code": [false, "{act} failed with code {code}"],
  "field-denied": [false, "refused the image's security bytes"],
  "memory-refused": [false, "the chip refused an access"],
  "verify-size": [true, "compared {bytes} bytes from {address}"],
  "verify-started": [true, "started to verify"],
  "verify-address": [false, "verify failed at {address}"],
  "verify-byte": [false, "{address} differs"],
  "verify-failed": [false, "verify failed"],
  "verify-ok": [true, "verify passed"],
  "script-error": [false, "a script line failed: {problem}"],
  "script-end": [true, "the script ended"],
  "exit-code": [false, "exit code {code}"],
};

/** What a log says was done, in its order; the same thing on neighbouring lines counts once. */
export function logSteps(reading: LogReading): readonly LogStep[] {
  const steps = reading.facts.flatMap((fact) => stepOf(fact) ?? []);
  return steps.filter((step, i) => step.what !== steps[i - 1]?.what);
}

function stepOf(fact: LogFact): LogStep | undefined {
  const form = STEPS[fact.kind];
  if (!form) return undefined;
  const [ok, words] = form;
  const isOk = fact.kind === "exit-code" ? fact.values.code === "0" : ok;
  const what = words.replaceAll(/\{(\w+)\}/g, (_, name: string) => fact.values[name] ?? "?");
  return { what, ok: isOk, line: fact.line.number };
}
