import { address32, hex8, hex32 } from "../../base/u32.ts";
import { writeWhole } from "../../node/files.ts";
import { parseRange } from "../numbers.ts";
import type { Answer } from "../output.ts";
import { withTarget } from "../target.ts";
import { type Invocation, textOption } from "../verb.ts";

/** `read A:B [-o FILE]`: memory as a raw file, or as lines on the terminal. */
export function read(invocation: Invocation): Promise<Answer> {
  const range = parseRange(invocation.args[0]);
  const file = textOption(invocation, "output");
  return withTarget(invocation, async ({ session, open }) => {
    const bytes = await readAny(session.core.memory.read.bind(session.core.memory), range.start, range.length);
    if (file !== undefined) writeWhole(file, bytes);
    const result = {
      start: address32(range.start),
      length: range.length,
      ...(file === undefined ? { bytes: hexOfBytes(bytes) } : { file }),
    };
    const text =
      file === undefined
        ? dump(range.start, bytes)
        : [`${range.length} bytes from ${address32(range.start)} to ${file}`];
    return { result, text, exit: 0, clock: open.clockKind };
  });
}

type Read = (address: number, count: number, width: 8 | 32) => Promise<Uint8Array>;

/** Words where they are aligned, because that is four times as fast; bytes at the edges. */
async function readAny(read: Read, start: number, length: number): Promise<Uint8Array> {
  const from = start - (start % 4);
  const bytes = await read(from, Math.ceil((start + length - from) / 4) * 4, 32);
  return bytes.slice(start - from, start - from + length);
}

const hexOfBytes = (bytes: Uint8Array): string => [...bytes].map(hex8).join("");

function dump(start: number, bytes: Uint8Array): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    lines.push(`${hex32(start + at)}  ${[...bytes.subarray(at, at + 16)].map(hex8).join(" ")}`);
  }
  return lines;
}
