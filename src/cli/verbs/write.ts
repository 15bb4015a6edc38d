import { address32 } from "../../base/u32.ts";
import { HostError } from "../../base/errors.ts";
import { FCCOB89AB, FSTAT } from "../../registers/ftfe.ts";
import { parseAddress, parseNumber } from "../options/numbers.ts";
import type { Answer } from "../output.ts";
import { type Target, withTarget } from "../target.ts";
import type { OptionsOf } from "../options/sets.ts";
import { type Invocation, note } from "../verb.ts";

/** `write A VALUE...`: values of 8, 16 or 32 bits to memory or registers, one access each; running firmware goes on. */
export function write(invocation: Invocation<OptionsOf<"write">>): Promise<Answer> {
  const [first, ...rest] = invocation.args;
  const { width } = invocation.options;
  const address = parseAddress(first);
  const bytes = Uint8Array.from(rest.flatMap((text) => bytesOf(parseNumber(text), width)));
  const store = async ({ session, open }: Target): Promise<Answer> => {
    await session.core.memory.write(address, bytes, width, { signal: invocation.signal });
    const result = { address: address32(address), width, count: rest.length };
    const text = [`${rest.length} x ${width} bit written at ${address32(address)}`];
    return { result, text, exit: 0, clock: open.clockKind };
  };
  warnOfRaw(invocation, address, bytes.length);
  return withTarget(invocation, store, { connect: "attach" });
}

function bytesOf(value: number, width: number): readonly number[] {
  if (value >= 2 ** width) throw new HostError("usage", `${value} does not fit ${width} bits`);
  return Array.from({ length: width / 8 }, (_, i) => Math.floor(value / 2 ** (8 * i)) & 0xff);
}

/** Raw writes are the user's own hand: not guarded, but said once where they can erase or lock. */
function warnOfRaw(invocation: Invocation, address: number, length: number): void {
  if (address + length > FSTAT.address && address < FCCOB89AB.address + 4)
    note(invocation, "this writes to the flash controller, unchecked: it can erase the chip, and lock it for ever");
}
