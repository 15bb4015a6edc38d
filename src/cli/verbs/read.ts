import { address32, hex8, hex32 } from "../../base/u32.ts";
import { HostError } from "../../base/errors.ts";
import type { Range } from "../../chips/flash-bank.ts";
import { bankOf } from "../options/bank-option.ts";
import { parseRange } from "../options/numbers.ts";
import { type Reading, readMemory } from "../../session/read-memory.ts";
import type { Answer } from "../output.ts";
import { writeOutput } from "../options/output-options.ts";
import { progressFor } from "../progress-line.ts";
import { chipNeeded, type Target, withTarget } from "../target.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Invocation } from "../verb.ts";

/**
 * `read A:B|--bank NAME [-o FILE]`: memory as a raw file, or as lines on the terminal; running firmware continues. What stands still
 * is read twice and compared, unless `--once`; flash of a halted chip once, where code on it can prove that. Nothing beside the range is accessed: a byte is one access of 8 bits, as
 * registers of that width want.
 */
export function read(invocation: Invocation<OptionsOf<"read">>): Promise<Answer> {
  const { start, length } = rangeOf(invocation);
  const { output: file, once, verify: proveBy } = invocation.options;
  const fetch = async ({ session, open }: Target): Promise<Answer> => {
    const show = progressFor(invocation, open.clock);
    const onProgress = (done: number, total: number) => show({ phase: "read", done, total });
    const options = { signal: invocation.signal, once, proveBy, onProgress };
    const { bytes, readings, isProved } = await readMemory(session, { start, length }, options);
    if (file !== undefined) writeOutput(file, bytes, invocation.terminal);
    const result = {
      start: address32(start),
      length,
      readings,
      ...(isProved && { provedBy: "hash" }),
      ...(file === undefined ? { bytes: hexOfBytes(bytes) } : { file }),
    };
    return { result, text: linesFor(start, { bytes, readings, isProved }, file), exit: 0, clock: open.clockKind };
  };
  return withTarget(invocation, fetch, { connect: "attach" });
}

/** The range that is named, or that of the bank; throws `usage` where not one of the two is. */
function rangeOf(invocation: Invocation<OptionsOf<"read">>): Range {
  const [text] = invocation.args;
  const { bank } = invocation.options;
  if ((text === undefined) === (bank === undefined))
    throw new HostError("usage", "read takes a range A:B, or --bank NAME");
  return text === undefined ? bankOf(chipNeeded(invocation), bank ?? "") : parseRange(text);
}

function linesFor(start: number, { bytes, readings, isProved }: Reading, file: string | undefined): readonly string[] {
  if (file === undefined) return dump(start, bytes);
  const how = isProved ? "once and proved by checks on the chip" : readings === 2 ? "twice" : "once";
  return [`${bytes.length} bytes from ${address32(start)} to ${file}, read ${how}`];
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
