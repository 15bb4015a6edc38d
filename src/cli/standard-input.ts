import { readSync } from "node:fs";

/** What names the standard input where a file is asked for; a socket can't be opened by that name, but read it can. */
export const isStandardInput = (path: string): boolean => path === "/dev/stdin" || path === "-";

/** Everything up to the end of the standard input; a writer that is slower than we are is waited for. */
export const readStandardInput = (): Uint8Array => Buffer.concat([...standardInputChunks()]);

/** The standard input piece by piece, up to its end. */
export function* standardInputChunks(): Generator<Uint8Array> {
  for (let part = readPart(); part === undefined || part.length > 0; part = readPart()) {
    if (part) yield part;
    else pause();
  }
}

/** The next bytes, none at the end; undefined where there are none yet. */
function readPart(): Uint8Array | undefined {
  const buffer = Buffer.alloc(0x10000);
  try {
    return buffer.subarray(0, readSync(0, buffer));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return undefined;
    if ((error as NodeJS.ErrnoException).code === "EOF") return buffer.subarray(0, 0);
    throw error;
  }
}

const PAUSE_MS = 5;

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}
