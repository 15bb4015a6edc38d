import type { Json } from "../../base/errors.ts";
import { findChip } from "../../chips/list.ts";
import { diagnoseFacts } from "../../doctor/logs/diagnose-log.ts";
import { LogCollector, type LogFacts } from "../../doctor/logs/reading/log-facts.ts";
import { LogLines } from "../../doctor/logs/reading/log-lines.ts";
import { isLogHead, LOG_HEAD } from "../../doctor/logs/reading/log-or-image.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { explainImage, explanationJson, explanationLines } from "../../report/image-report.ts";
import { logLines } from "../../report/log-report.ts";
import type { Explained, GivenFile, Requests } from "../protocol.ts";
import { givenImage } from "./given-image.ts";

/** Explains a file: an image, or another tool's log. Throws `ImageError` and `chip-unknown`. */
export function explain({ file, chip }: Requests["explain"]["asked"]): Explained {
  return isLogHead(file.bytes.subarray(0, LOG_HEAD), file.name) ? explainLog(file, chip) : explainFile(file, chip);
}

function explainLog({ bytes }: GivenFile, chip: string | undefined): Explained {
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

function explainFile(file: GivenFile, name: string | undefined): Explained {
  const chip = name === undefined ? undefined : findChip(name);
  const { image, guesses } = givenImage(file, chip);
  const explanation = explainImage(image, chip);
  return {
    kind: "image",
    findings: explanation.findings.map(({ severity, what, why, remedy }) => ({
      severity,
      what,
      why,
      remedy: inCliWords(remedy),
    })),
    lines: explanationLines(explanation, inCliWords),
    guesses,
    json: explanationJson(explanation, inCliWords) as Json,
  };
}
