import { address32, hex8, hex32 } from "../../base/u32.ts";
import { writeWhole } from "../../node/files.ts";
import { parseRange } from "../numbers.ts";
import type { Answer } from "../output.ts";
import { type Target, withTarget } from "../target.ts";
import { type Invocation, textOption } from "../verb.ts";

/** `read A:B [-o FILE]`: memory as a raw file, or as lines on the terminal; running firmware goes on. */
export function read(invocation: Invocation): Promise<Answer> {
  const { start, length } = parseRange(invocation.args[0]);
  const file = textOption(invocation, "output");
  const fetch = async ({ session, open }: Target): Promise<Answer> => {
    const { memory } = session.core;
    const io = { signal: invocation.signal };
    const bytes = await readAny((at, count, width) => memory.read(at, count, width, io), start, length);
    if (file !== undefined) writeWhole(file, bytes);
    const result = {
      start: address32(start),
      length,
      ...(file === undefined ? { bytes: hexOfBytes(bytes) } : { file }),
    };
    return { result, text: linesFor(start, bytes, file), exit: 0, clock: open.clockKind };
  };
  return withTarget(invocation, fetch, { connect: "attach" });
}

const linesFor = (start: number, bytes: Uint8Array, file: string | undefined): readonly string[] =>
  file === undefined ? dump(start, bytes) : [`${bytes.length} bytes from ${address32(start)} to ${file}`];

type Read = (address: number, count: number, width: 8 | 32) => Promise<Uint8Array>;

/** Words where they are aligned, because that is four times as fast; bytes at the edges. */
async function readAny(read: Read, start: number, length: number): Promise<Uint8Array> {
  const from = start - (start % 4);
  const bytes = await read(from, Math.ceil((start + length - from) / 4) * 4, 32);
  return bytes.slice(start - from, start - from + length);
}

/** In memory order. */
const hexOfBytes = (bytes: Uint8Array): string => `0x${[...bytes].map(hex8).join("")}`;

function dump(start: number, bytes: Uint8Array): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    lines.push(`${hex32(start + at)}  ${[...bytes.subarray(at, at + 16)].map(hex8).join(" ")}`);
  }
  return lines;
}
