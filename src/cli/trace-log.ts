import { printableLine } from "../base/printable.ts";
import type { TraceRecord, TraceSink } from "../base/trace.ts";
import { isStandardOutput } from "../node/files/descriptors.ts";
import { appendTo } from "../node/files/output-stream.ts";
import { traceJson, traceLine } from "../report/trace-report.ts";
import type { Terminal } from "./output.ts";

/** Where the trace of one call goes. */
export interface TraceRequest {
  /** One line a record on stderr. */
  readonly onStderr: boolean;
  /** A file that JSON lines are appended to; `-` is stdout. */
  readonly logFile: string | undefined;
}

/** From this count of `-v` on the trace is printed. */
const TRACE_VERBOSITY = 2;

/** Whether so many `-v` ask for the trace. */
export const asksForTrace = (verbose: number): boolean => verbose >= TRACE_VERBOSITY;

/**
 * Runs work with the sink of the trace that was asked for, and closes its file; without one no layer builds a record.
 * Throws what `checkOutput` throws for the file, what the work throws, and `file-unwritable` where records are missing.
 */
export async function withTraceLog<T>(
  request: TraceRequest,
  terminal: Terminal,
  work: (sink: TraceSink | undefined) => Promise<T>,
): Promise<T> {
  const { onStderr, logFile } = request;
  if (!onStderr && logFile === undefined) return work(undefined);
  const file = logFile === undefined ? NO_FILE : logWriter(logFile, terminal);
  const write = (record: TraceRecord) => {
    if (onStderr) terminal.err(`${printableLine(traceLine(record))}\n`);
    if (file !== NO_FILE) file.write(`${JSON.stringify(traceJson(record))}\n`);
  };
  let result: T;
  try {
    result = await work({ level: "trace", write });
  } catch (error) {
    closeQuietly(file);
    throw error;
  }
  file.finish();
  return result;
}

/** What went wrong in the work is reported, not that its log could not be written as well. */
function closeQuietly(file: LogWriter): void {
  try {
    file.finish();
  } catch {
    // Reported already by a worse error.
  }
}

/** Where lines of a log go. */
interface LogWriter {
  write(line: string): void;
  finish(): void;
}

const NO_FILE: LogWriter = { write: () => {}, finish: () => {} };

function logWriter(path: string, terminal: Terminal): LogWriter {
  if (isStandardOutput(path)) return { write: (line) => terminal.out(line), finish: () => {} };
  const file = appendTo(path);
  const encoder = new TextEncoder();
  return { write: (line) => file.take(encoder.encode(line)), finish: () => file.finish() };
}
