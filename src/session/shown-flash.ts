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

/** How often it is looked at, a millisecond apart: from a reset on, a boot ROM takes some of them to show the flash. */
const LOOKS = 50;
const PAUSE_US = 1_000;

/** What the first test means that does not hold. Throws `unsteady-read` where the registers change from look to look. */
async function firstThatFails(session: Session, bank: FlashBank, io: Io): Promise<string | undefined> {
  for (let looks = 1; ; looks++) {
    const failed = await lookAt(session, bank, io);
    if (!failed || looks === LOOKS) return failed?.();
    await session.clock.sleep(PAUSE_US, io.signal);
  }
}

/** Looks at all registers twice, in one round trip; undefined where every test holds, else what says which does not. */
async function lookAt(
  { core }: Session,
  { shown = [] }: FlashBank,
  io: Io,
): Promise<(() => string | undefined) | undefined> {
  const looks = shown.map(({ at }): MemoryOp => ({ op: "read", address: at.address, width: at.width }));
  const words = await core.memory.run([...looks, ...looks], io);
  for (const [i, { at, mask, value, otherwise }] of shown.entries()) {
    if (words[i] !== words[shown.length + i])
      return () => {
        throw unsteadyMemory(at.address);
      };
    if ((words[i] & mask) >>> 0 !== value) return () => otherwise;
  }
  return undefined;
}
