import { isOurs } from "../families/named-device.ts";
import type { LogReading } from "../reading/log-reading.ts";
import { isLogOf } from "../reading/log-reading.ts";
import { successOf, unexplained, verdictOf } from "../verdict.ts";
import { type LogCause, type LogEvidence, quoted, statedBy } from "./log-cause.ts";

/** The result where no line of a log has a cause: what is open, or that the log says it went well. */
export function outcomeCauses(reading: LogReading): readonly LogCause[] {
  if (!isLogOf(reading)) return [NO_LOG];
  const erased = reading.all("mass-erase", "mass-erase-done").length > 0 ? [massErased(reading)] : [];
  const open = verdictOf(reading, []) === "fine" ? [] : [openEnd(reading)];
  if (erased.length + open.length > 0) return [...erased, ...open];
  return [noFailure(reading)];
}

/** What a tool says failed without why; a failure that no other cause explains. */
export function failedUnexplained(reading: LogReading): LogCause | undefined {
  const facts = unexplained(reading).filter(({ kind }) => kind !== "trouble");
  if (facts.length === 0) return undefined;
  return {
    id: "failed-unexplained",
    likelihood: "possible",
    what: "The tool says that the job failed, and no line that is understood says why.",
    for: statedBy(facts),
    against: [],
    test: "Run the same job with the tool's most detailed log (OpenOCD -d3, pyocd -vv, probe-rs --log-level debug, J-Link -Log FILE).",
    remedy: [...unreadAdvice(reading), "Give the whole log, from the tool's banner on."],
  };
}

const unreadAdvice = ({ errors }: LogReading): readonly string[] =>
  errors.count > 0 ? ["The lines quoted here look like errors and are not understood: look there first."] : [];

function openEnd(reading: LogReading): LogCause {
  const { errors } = reading;
  const troubles = reading.all("trouble");
  const success = successOf(reading);
  const against = success ? [quoted("The tool also says that it succeeded.", success)] : [];
  if (errors.count + troubles.length === 0) return { ...NO_OUTCOME, against, for: cutLines(reading) };
  const count = errors.count + troubles.length;
  return {
    id: "not-understood",
    likelihood: "possible",
    what: `${count === 1 ? "One line of this log looks" : `${count} lines of this log look`} like an error, and Flashproof does not understand ${count === 1 ? "it" : "them"}.`,
    for: [...statedBy(troubles, "This says that something went wrong."), ...errorLines(reading)],
    against,
    test: "Look the first quoted line up in the tool's sources or forum: it mostly explains the later ones.",
    remedy: ["Give the whole log, from the tool's banner on.", "Run the job again with the tool's most detailed log."],
  };
}

const errorLines = ({ errors }: LogReading): readonly LogEvidence[] =>
  errors.first
    .slice(0, 5)
    .map(({ number, text }) => ({ text: "It looks like an error.", line: number, quote: text.trim() }));

const cutLines = ({ cut }: LogReading): readonly LogEvidence[] =>
  cut.first.slice(0, 1).map(({ number, text }) => ({
    text: "Only the beginning of this line was read.",
    line: number,
    quote: text.trim().slice(0, 80),
  }));

function massErased(reading: LogReading): LogCause {
  const done = reading.first("mass-erase-done") ?? reading.first("connected");
  const ours = isOurs(reading.device);
  return {
    id: "mass-erased-on-connect",
    likelihood: done ? "certain" : "likely",
    what: "The chip was locked, and the tool mass-erased it while connecting: what was on it is lost.",
    for: massEraseLines(reading),
    against: [],
    test: ours
      ? "Read the flash: all FF, but for 0xFE at 0x40C, is what a Kinetis' mass erase leaves."
      : "Read the flash: a mass erase leaves it blank.",
    remedy: ["Program the chip again.", "Take the tool's stored answer or automatic unlock away, so that it asks."],
  };
}

/** The lines that tell of a mass erase, and of what allowed it. */
export const massEraseLines = (reading: LogReading): readonly LogEvidence[] => [
  ...statedBy(reading.all("lock-seen", "mass-erase-tried"), "The chip was found locked."),
  ...statedBy(reading.all("mass-erase-default"), "A stored answer was taken, without a question."),
  ...statedBy(reading.all("mass-erase", "mass-erase-done"), "The chip was mass-erased."),
];

function noFailure(reading: LogReading): LogCause {
  const success = successOf(reading);
  return {
    id: "no-failure",
    likelihood: "likely",
    what: "The log says that the job succeeded, and no line of it looks like an error.",
    for: success ? [quoted("The tool says so.", success)] : [],
    against: [{ text: "Tools that end with exit code 0 whatever happened leave such logs, too." }],
    test: isOurs(reading.device)
      ? "flashproof verify FILE compares the chip with the file."
      : "Let the tool verify the chip against the file.",
    remedy: ["If something is wrong all the same, give the whole log, from the tool's banner on."],
  };
}

const NO_OUTCOME: LogCause = {
  id: "no-outcome",
  likelihood: "possible",
  what: "This log says neither that the job succeeded nor that it failed.",
  for: [],
  against: [],
  test: "Look at the tool's exit code, and let it verify the chip against the file.",
  remedy: ["Give the whole log, from the tool's banner to its last line."],
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
