import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import type { IncomingMessage } from "node:http";
import { dirname } from "node:path";
import { checkCalledOff } from "../../../base/deadlines.ts";
import { FlashproofError } from "../../../base/errors.ts";
import { tooLarge } from "../../../packs/pack-error.ts";
import { asUnwritable } from "../../files/output-target.ts";
import { readWhole, writeWhole } from "../../files.ts";
import { lockStore } from "./store-lock.ts";
import { downloadError, get, type HttpOptions } from "./http.ts";

/** How often a download that breaks off is resumed by itself. */
const RESUMES = 3;

/** A server that sends some bytes each minute never ends: what has come is kept, and continued by the next call. */
const MOST_MS = 1_800_000;

/** What a part of a download came from: only the same content is continued. */
interface Source {
  readonly url: string;
  /** A strong ETag, or the time of the last change. */
  readonly validator: string;
}

/**
 * Downloads into a file; what has come of a download that broke off is continued where the server still has the same
 * content. A file that is there already is taken as it is.
 *
 * Throws `pack-download`, `pack-too-large` beyond `most` bytes, `pack-store-busy`, and `file-unwritable`; a part stays for the next call.
 */
export async function download(url: string, path: string, most: number, options: HttpOptions): Promise<void> {
  if (existsSync(path)) return;
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    throw asUnwritable(path, cause);
  }
  const unlock = lockStore(path);
  try {
    if (existsSync(path)) return;
    await inTime(url, options, (bounded) => whole(url, `${path}.part`, most, bounded));
    renameSync(`${path}.part`, path);
    rmSync(`${path}.part.json`, { force: true });
  } finally {
    unlock();
  }
}

/** Ends what takes longer than its limit in all, however much comes. */
async function inTime(url: string, options: HttpOptions, work: (bounded: HttpOptions) => Promise<void>): Promise<void> {
  const { signal, limitMs = MOST_MS } = options;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), limitMs);
  try {
    await work({ ...options, signal: signal ? AbortSignal.any([signal, limit.signal]) : limit.signal });
  } catch (cause) {
    if (!limit.signal.aborted || signal?.aborted) throw cause;
    throw downloadError(url, `it was not all there after ${limitMs / 1000} s`, cause);
  } finally {
    clearTimeout(timer);
  }
}

/** Downloads until all is there, as long as that goes ahead. */
async function whole(url: string, part: string, most: number, options: HttpOptions): Promise<void> {
  for (let tries = 0; ; tries++) {
    const before = sizeOf(part);
    try {
      await continued(url, part, most, options);
      return;
    } catch (error) {
      const now = sizeOf(part);
      // Only a download that goes ahead is worth another try, and one whose part was none.
      const isWorth = now > before || (before > 0 && now === 0);
      if (tries >= RESUMES || !isWorth || options.signal?.aborted) throw error;
    }
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

async function continued(url: string, part: string, most: number, options: HttpOptions): Promise<void> {
  const source = sourceOf(`${part}.json`);
  const from = source?.url === url ? sizeOf(part) : 0;
  const range = from > 0 && source ? { range: `bytes=${from}-`, "if-range": source.validator } : undefined;
  const answer = await get(url, range ?? {}, options);
  const { statusCode = 0, headers } = answer;
  const isContinued = range !== undefined && statusCode === 206 && startOf(headers["content-range"]) === from;
  if (statusCode !== 200 && !isContinued) {
    answer.destroy();
    // A part that the server can't continue is none.
    if (range) rmSync(part, { force: true });
    throw downloadError(url, `the server answered ${statusCode}`);
  }
  const length = headers["content-length"] === undefined ? undefined : Number(headers["content-length"]);
  const start = isContinued ? from : 0;
  if (length !== undefined && start + length > most) {
    answer.destroy();
    throw tooLarge("bytes to download", start + length, most);
  }
  keepSource(`${part}.json`, url, answer);
  const count = await written(answer, part, { start, most, url, signal: options.signal });
  const all = isContinued ? totalOf(headers["content-range"]) : length;
  if (all !== undefined && start + count !== all) throw downloadError(url, `it broke off after ${start + count} bytes`);
}

/** How many bytes there are in all, behind a range; undefined for `*`. */
function totalOf(range: string | undefined): number | undefined {
  const total = /\/(\d+)$/.exec(range ?? "")?.[1];
  return total === undefined ? undefined : Number(total);
}

const startOf = (range: string | undefined): number => Number(/^bytes (\d+)-/.exec(range ?? "")?.[1] ?? -1);

/** Where a body is put, the most bytes of all of it, and whence it comes. */
interface Body {
  readonly start: number;
  readonly most: number;
  readonly url: string;
  readonly signal: AbortSignal | undefined;
}

/** Writes a body behind the `start` bytes that are there; answers how many bytes came. */
async function written(answer: IncomingMessage, part: string, { start, most, url, signal }: Body): Promise<number> {
  const file = opened(part, start);
  let at = start;
  try {
    for await (const chunk of answer as AsyncIterable<Uint8Array>) {
      if (at + chunk.length > most) throw tooLarge("bytes to download", at + chunk.length, most);
      for (let done = 0; done < chunk.length; ) done += writeSync(file, chunk, done, chunk.length - done, at + done);
      at += chunk.length;
    }
    fsyncSync(file);
  } catch (cause) {
    checkCalledOff(signal, `the rest of ${url}`);
    throw asTyped(cause, url, part);
  } finally {
    closeSync(file);
  }
  return at - start;
}

/** What writing refused is the disk's, everything else the connection's. */
function asTyped(cause: unknown, url: string, part: string): unknown {
  if (cause instanceof FlashproofError) return cause;
  const { syscall } = cause as NodeJS.ErrnoException;
  return syscall === "write" || syscall === "fsync"
    ? asUnwritable(part, cause)
    : downloadError(url, "it broke off", cause);
}

function opened(part: string, start: number): number {
  try {
    return openSync(part, start > 0 ? "r+" : "w");
  } catch (cause) {
    throw asUnwritable(part, cause);
  }
}

/** A weak ETag vouches for no byte (RFC 9110, 8.8.1); without a validator, nothing is continued. */
function keepSource(path: string, url: string, { headers }: IncomingMessage): void {
  const { etag, "last-modified": changed } = headers;
  const validator = etag !== undefined && !etag.startsWith("W/") ? etag : changed;
  if (validator === undefined) rmSync(path, { force: true });
  else writeWhole(path, JSON.stringify({ url, validator } satisfies Source));
}

function sourceOf(path: string): Source | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const { url, validator } = JSON.parse(
      new TextDecoder().decode(readWhole(path, { only: "file" })),
    ) as Partial<Source>;
    return typeof url === "string" && typeof validator === "string" ? { url, validator } : undefined;
  } catch {
    return undefined;
  }
}
