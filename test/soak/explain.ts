import { diagnoseFacts, type LogDiagnosis } from "../../src/doctor/logs/diagnose-log.ts";
import { LogCollector } from "../../src/doctor/logs/reading/log-facts.ts";
import { LogLines } from "../../src/doctor/logs/reading/log-lines.ts";
import { Chance } from "../support/chance.ts";
import { type SoakLog, soakLog } from "./explain/generator.ts";

/** Words that belong to Kinetis alone. */
const KINETIS = /\bFSEC\b|\bFPROT\b|flashproof unlock|MDM-AP/;
/** What the text to send must not hold. */
const PRIVATE = /\/home\/|\banna\b|593047128|066DFF383333554E43164816/;
/** Causes that claim nothing of what happened. */
const CLAIMLESS = ["not-understood", "no-outcome", "unknown", "no-failure", "failed-unexplained"];
/** Causes that are concluded from two lines that agree with no single one of them: two interleaved consoles. */
const CONCLUDED = ["wrong-chip"];

/** Logs whose truth is known, and every claim that goes beyond it. Answers 1 where there is one, or a crash. */
export async function run({
  count,
  seed,
  out,
}: {
  count: number;
  seed: number;
  out: (line: string) => void;
}): Promise<number> {
  const verdicts = { failed: 0, fine: 0, unknown: 0 };
  const wrong: string[] = [];
  let crashes = 0;
  for (let index = 0; index < count; index++) {
    const log = soakLog(new Chance(seed * 1_000_003 + index));
    try {
      const diagnosis = diagnosed(log.bytes);
      verdicts[diagnosis.verdict]++;
      wrong.push(...beyond(diagnosis, log).map((what) => `${index}: ${what}`));
    } catch (error) {
      crashes++;
      wrong.push(`${index}: crashed: ${String(error)}`);
    }
  }
  for (const line of wrong.slice(0, 20)) console.log(line);
  const { failed, fine, unknown } = verdicts;
  out(
    `logs ${count} failed ${failed} fine ${fine} unknown ${unknown}; false claims ${wrong.length - crashes} crashes ${crashes}`,
  );
  return wrong.length > 0 ? 1 : 0;
}

function diagnosed(bytes: Uint8Array): LogDiagnosis {
  const collector = new LogCollector();
  const lines = new LogLines((line, cut) => collector.add(line, cut));
  lines.write(bytes);
  lines.end();
  return diagnoseFacts(collector.finish());
}

/** Claims of a diagnosis that are not known to be true of its log. */
function beyond(diagnosis: LogDiagnosis, { lines, text }: SoakLog): readonly string[] {
  const { causes, verdict, support, errors } = diagnosis;
  const failing = lines.some((line) => line.causes);
  const errorLines = lines.filter(({ error }) => error).length;
  const allowed = new Set([...lines.flatMap((line) => line.causes ?? []), ...CLAIMLESS, ...CONCLUDED]);
  const stated = new Set(lines.flatMap(({ states }) => states ?? []));
  const kinetis = lines.some(({ family }) => family === "kinetis");
  const words = JSON.stringify([causes, diagnosis.answer, support]);
  return [
    ...(verdict === "fine" && (failing || errorLines > 0) ? ["says that nothing failed"] : []),
    ...(verdict === "fine" && !lines.some(({ success }) => success) ? ["says that it succeeded"] : []),
    ...(verdict === "failed" && !failing ? [`says that it failed: ${causes[0].id}`] : []),
    ...causes.filter(({ id }) => !allowed.has(id)).map(({ id }) => `gives the cause ${id}`),
    ...causes
      .filter(({ id, likelihood }) => likelihood === "certain" && !stated.has(id))
      .map(({ id }) => `is certain of ${id}`),
    ...(KINETIS.test(words) && !kinetis ? ["speaks of Kinetis"] : []),
    ...(PRIVATE.test(support) ? [`tells ${PRIVATE.exec(support)?.[0]}`] : []),
    ...(errors.count < errorLines ? [`leaves out an error: ${errors.count} of ${errorLines}`] : []),
    ...causes.flatMap((cause) => [...cause.for, ...cause.against]).flatMap((evidence) => misquoted(evidence, text)),
  ];
}

/** A quote has to stand in the line that it names. */
function misquoted({ line, quote }: { line?: number; quote?: string }, text: string): readonly string[] {
  if (line === undefined || quote === undefined) return [];
  const there = text.split(/\r\n|\n/)[line - 1] ?? "";
  return there.includes(quote.slice(0, 60)) ? [] : [`quotes line ${line} as ${quote.slice(0, 60)}`];
}
