import type { MemoryOp } from "../adi/memory.ts";
import { unsteadyMemory } from "../adi/read-twice.ts";
import type { Io } from "../base/clock.ts";
import type { FlashBank, Range } from "../chips/flash-bank.ts";
import { overlap } from "../chips/sectors.ts";
import type { Session } from "./session.ts";
import { SessionError } from "./session-error.ts";

/**
 * Throws `flash-not-shown` where one of these ranges lies in a bank that is not in the address space now: reads there
 * succeed, but are of no cell. Looks at the chip only where its bank can be out of it.
 */
export async function refuseHiddenFlash(session: Session, ranges: readonly Range[], io: Io = {}): Promise<void> {
  const { banks = [] } = session.found.chip ?? {};
  for (const bank of banks) {
    if (!bank.shown || !ranges.some((range) => touches(bank, range))) continue;
    const missing = await firstThatFails(session, bank, io);
    if (missing === undefined) continue;
    const text = `The ${bank.name} of the ${session.chip.name} is not in its address space now (${missing}): what is read there is not its content`;
    throw new SessionError("flash-not-shown", text, { details: { bank: bank.id, state: missing } });
  }
}

const touches = ({ start, length, aliases = [] }: FlashBank, range: Range): boolean =>
  [start, ...aliases].some((base) => overlap({ start: base, length }, range));

/** What the first test means that does not hold; all registers are looked at twice, in one round trip. */
async function firstThatFails({ core }: Session, { shown = [] }: FlashBank, io: Io): Promise<string | undefined> {
  const looks = shown.map(({ at }): MemoryOp => ({ op: "read", address: at.address, width: at.width }));
  const words = await core.memory.run([...looks, ...looks], io);
  for (const [i, { at, mask, value, otherwise }] of shown.entries()) {
    if (words[i] !== words[shown.length + i]) throw unsteadyMemory(at.address);
    if ((words[i] & mask) >>> 0 !== value) return otherwise;
  }
  return undefined;
}
