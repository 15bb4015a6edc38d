import { address32 } from "../../base/u32.ts";
import { HostError } from "../../base/errors.ts";
import { checkRawWrite, rawPermit, writeMemory } from "../../session/write-memory.ts";
import { parseAddress, parseNumber } from "../options/numbers.ts";
import type { Answer } from "../output.ts";
import { chipOption, type Target, withTarget } from "../target.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Invocation } from "../verb.ts";

/**
 * `write A VALUE...`: values of 8, 16 or 32 bits to memory or registers, one access each; running firmware continues.
 * Throws `raw-write-consent` where a write can erase or lock, and `--raw` was not given.
 */
export function write(invocation: Invocation<OptionsOf<"write">>): Promise<Answer> {
  const [first, ...rest] = invocation.args;
  const { width, raw } = invocation.options;
  const address = parseAddress(first);
  const bytes = Uint8Array.from(rest.flatMap((text) => bytesOf(parseNumber(text), width)));
  const permits = raw ? [rawPermit()] : [];
  // Asked before a probe is opened; the job asks again, of the chip that is there.
  checkRawWrite({ address, bytes }, chipOption(invocation), permits);
  const store = async ({ session, open }: Target): Promise<Answer> => {
    await writeMemory(session, { address, bytes, width }, permits, { signal: invocation.signal });
    const result = { address: address32(address), width, count: rest.length };
    const text = [`${rest.length} x ${width} bit written at ${address32(address)}`];
    return { result, text, exit: 0, clock: open.clockKind };
  };
  return withTarget(invocation, store, { connect: "attach" });
}

function bytesOf(value: number, width: number): readonly number[] {
  if (value >= 2 ** width) throw new HostError("usage", `${value} does not fit ${width} bits`);
  return Array.from({ length: width / 8 }, (_, i) => Math.floor(value / 2 ** (8 * i)) & 0xff);
}
