import type { Json } from "../../base/errors.ts";
import { diagnoseFacts } from "../../doctor/logs/diagnose-log.ts";
import { LogCollector, type LogFacts } from "../../doctor/logs/reading/log-facts.ts";
import { LogLines } from "../../doctor/logs/reading/log-lines.ts";
import { isLogHead, LOG_HEAD } from "../../doctor/logs/reading/log-or-image.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { logLines } from "../../report/log-report.ts";
import type { Explained, GivenFile } from "../protocol.ts";
import { everyChip } from "./given-chip.ts";

/** Whether a file is another tool's log, by its first bytes. */
export const isGivenLog = ({ name, bytes }: GivenFile): boolean => isLogHead(bytes.subarray(0, LOG_HEAD), name);

/** Explains another tool's log. */
export async function explainLog({ bytes }: GivenFile, chip: string | undefined): Promise<Explained> {
  await everyChip();
  const diagnosis = diagnoseFacts(readFacts(bytes), { spell: inCliWords, ...(chip === undefined ? {} : { chip }) });
  const { happened, cause, next } = diagnosis.answer;
  return {
    kind: "log",
    answer: { happened, cause, next },
    findings: [],
    lines: logLines(diagnosis, { full: true }),
    guesses: [],
    json: JSON.parse(JSON.stringify(diagnosis)) as Json,
  };
}

function readFacts(bytes: Uint8Array): LogFacts {
  const collector = new LogCollector();
  const lines = new LogLines((line, cut) => collector.add(line, cut));
  lines.write(bytes);
  lines.end();
  return collector.finish();
}
