import { RttPlaces } from "../../rtt/places.ts";
import { USUAL_RAM } from "../../rtt/search.ts";
import type { Session } from "../../session/session.ts";
import { isProbeLost } from "./failure.ts";

/** What is printed about RTT, and the line that tells how a control block's place is given. */
export interface RttNotes {
  readonly hint: string;
  note(...lines: readonly string[]): void;
}

/** RTT of a session's target, whose control block is searched for in the chip's RAM where no place is given. */
export const rttOfSession = (session: Session, notes: RttNotes): RttPlaces =>
  new RttPlaces({
    memory: () => session.share("rtt").core.memory,
    clock: session.clock,
    ranges: session.found.chip?.memories.filter(({ kind }) => kind === "ram") ?? USUAL_RAM,
    isLost: isProbeLost,
    ...notes,
  });
