import type { Io } from "../../base/clock.ts";
import { scanAps } from "../../adi/ap-identity.ts";
import type { Chip, ChipCore } from "../../chips/chip.ts";
import { openCore, openMemory } from "../open-core.ts";
import type { Session } from "../session.ts";
import { SessionError } from "../session-error.ts";
import type { SessionEvents } from "../sharing/session-events.ts";

/** A further core of a chip, behind a debug port of its own on the same wire. */
export interface OtherCore {
  readonly name: string;
  /** Its number on the chip, from 1 on. */
  readonly index: number;
  readonly targetsel: number;
}

/** The cores of a chip besides its first one that have debug ports of their own. */
export const otherCores = ({ cores }: Chip): readonly OtherCore[] =>
  cores.flatMap(({ name, targetsel }: ChipCore, index) =>
    index === 0 || targetsel === undefined || cores[0].targetsel === undefined ? [] : { name, index, targetsel },
  );

/**
 * Reaches another core and leaves it as it is: its debug port is powered up beside the first one's. What the chip does of its
 * own at connect, halt and reset is the first core's alone. Throws `AdiError`, `CoreError` and `ProbeError`.
 */
export async function openOtherCore(session: Session, { targetsel }: OtherCore, io: Io = {}): Promise<Session> {
  const { lock: _, ...found } = session.found;
  const { clock, chip, probe, trace } = found;
  const dp = await found.dp.beside(targetsel, clock, io);
  const before = { dp, aps: await scanAps(dp, io), clock, chip, ...(trace && { trace }) };
  const { memory } = await openMemory(before, io);
  const resetPin = (level: 0 | 1, limits?: Io) => probe.setPins({ nreset: level }, limits);
  const core = await openCore(before, memory, { resetPin }, io);
  // Resets of before are none of what is told from now on.
  await session.core.state(io);
  await core.state(io);
  const romBase = memory.romTable === undefined ? {} : { romBase: memory.romTable };
  const connected = { ...found, ...romBase, dp, aps: before.aps, core, components: [], match: "unknown" } as const;
  return session.beside(connected, { share: shareResets, reconnect: () => Promise.reject(notByItself()) });
}

/** Each core shows a reset of the chip once, when it is looked at: what the other one has shown already is not published again. */
function shareResets(...both: readonly [SessionEvents, SessionEvents]): void {
  const isKnown = [false, false];
  both.forEach((from, i) => {
    const other = 1 - i;
    from.listen(({ event }) => {
      if (event !== "reset") return;
      const isNews = !isKnown[i];
      isKnown[i] = false;
      if (!isNews) return;
      isKnown[other] = true;
      both[other].publish({ event: "chip-reset" });
    });
  });
}

const notByItself = () =>
  new SessionError(
    "session-closed",
    "The connection to this core can't be made anew by itself: connect to the chip again",
  );
