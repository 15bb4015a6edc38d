import { LogLines } from "../doctor/logs/reading/log-lines.ts";
import { LogCollector, type LogFacts } from "../doctor/logs/reading/log-facts.ts";
import { isLogHead, LOG_HEAD } from "../doctor/logs/reading/log-or-image.ts";
import { readChunks } from "../node/files.ts";

/** A file's content as `explain` takes it: a log, read, or the bytes of what is an image or given as one. */
export type ExplainInput = { readonly log: LogFacts } | { readonly bytes: Uint8Array };

/** Reads a file, a pipe or the standard input (`-`) once: a log line by line, an image as a whole. */
export function readExplainInput(path: string): ExplainInput {
  const chunks = readChunks(path);
  const head = takeHead(chunks);
  if (!isLogHead(head, path)) return { bytes: Buffer.concat([head, ...chunks]) };
  const collector = new LogCollector();
  const lines = new LogLines((line, cut) => collector.add(line, cut));
  lines.write(head);
  for (const chunk of chunks) lines.write(chunk);
  lines.end();
  return { log: collector.finish() };
}

/** The first bytes, from as many pieces as it takes: a pipe hands out what it has. */
function takeHead(chunks: Generator<Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let length = 0; length < LOG_HEAD; ) {
    const { value, done } = chunks.next();
    if (done) break;
    parts.push(value);
    length += value.length;
  }
  return Buffer.concat(parts);
}
