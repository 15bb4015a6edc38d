import { encodingOf, LogLines } from "../doctor/logs/reading/log-lines.ts";
import { LogCollector, type LogFacts } from "../doctor/logs/reading/log-facts.ts";
import { isLog } from "../doctor/logs/reading/log-reading.ts";
import { detectFormat, isImageName } from "../image/read-image.ts";
import { readChunks } from "../node/files.ts";

/** A file's content as `explain` takes it: a log, read, or the bytes of what is an image or given as one. */
export type ExplainInput = { readonly log: LogFacts } | { readonly bytes: Uint8Array };

/** Bytes that distinguish a log from an image. */
const HEAD = 0x1000;

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

/** A name that only images have decides; otherwise the content does, and text that is in no image's format is a log. */
function isLogHead(head: Uint8Array, path: string): boolean {
  if (head.length === 0 || isImageName(path)) return false;
  const encoding = encodingOf(head);
  const text = new TextDecoder(encoding).decode(head);
  if (encoding === "utf-8" && text.includes("\0")) return false;
  return isLog(text) || !looksLikeImage(head, path);
}

function looksLikeImage(bytes: Uint8Array, name: string): boolean {
  try {
    detectFormat(bytes, { name });
    return true;
  } catch {
    return false;
  }
}

/** The first bytes, from as many pieces as it takes: a pipe hands out what it has. */
function takeHead(chunks: Generator<Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let length = 0; length < HEAD; ) {
    const { value, done } = chunks.next();
    if (done) break;
    parts.push(value);
    length += value.length;
  }
  return Buffer.concat(parts);
}
