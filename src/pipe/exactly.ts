import { concatBytes } from "../base/bytes.ts";
import type { Io } from "../base/clock.ts";
import type { Pipe } from "./pipe.ts";

/** Reads exactly `count` bytes, in as many reads as the pipe needs; throws what `read` throws. */
export async function readExactly(pipe: Pipe, count: number, io: Io = {}): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let left = count; left > 0; left -= parts[parts.length - 1].length) {
    parts.push(await pipe.read(Math.min(left, pipe.maxRead), io));
  }
  return parts.length === 1 ? parts[0] : concatBytes(parts);
}
