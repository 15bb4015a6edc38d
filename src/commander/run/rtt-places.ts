import type { Io } from "../../base/clock.ts";
import type { AddressRange } from "../../rtt/control-block.ts";
import { joinedLines } from "../../rtt/joined-lines.ts";
import { carry, type RttLine } from "../../rtt/pump.ts";
import { Rtt } from "../../rtt/rtt.ts";
import { USUAL_RAM } from "../../rtt/search.ts";
import type { Session } from "../../session/session.ts";
import { isProbeLost } from "./failure.ts";
import type { PlacedLine } from "../host.ts";
import type { Notes } from "../console/notes.ts";
import type { RttSettings } from "../language/settings.ts";

/** A line with what looks for its block. */
interface Placed {
  readonly key: string;
  readonly rtt: Rtt;
  readonly line: RttLine;
  /** A client has named the place. */
  readonly isNamed: boolean;
}

/**
 * RTT for clients that say different things about where the control block is: each place is looked at for the clients
 * that have named it, so that a wrong one is a matter of theirs alone. Places that lead to the same block share it.
 */
export class RttPlaces {
  private readonly session: Session;
  private readonly notes: Notes;
  private readonly known = new Map<string, Rtt>();

  constructor(session: Session, notes: Notes) {
    this.session = session;
    this.notes = notes;
  }

  /** One poll for all clients; `usual` is the place for those that have named none. Throws only where the probe is lost. */
  async serve(lines: readonly PlacedLine[], usual: RttSettings, io: Io): Promise<void> {
    const placed = lines.map((each) => this.rttAt(each, usual));
    for (const key of this.known.keys()) if (!placed.some((one) => one.key === key)) this.known.delete(key);
    const blocks = new Map<number, Placed[]>();
    for (const one of placed) {
      const found = await this.attempt(one, () => one.rtt.look(io));
      if (found) blocks.set(found.address, [...(blocks.get(found.address) ?? []), one]);
      else if (one.rtt.failedSearches === 1) this.noteMissingBlock(one);
    }
    for (const [first, ...more] of blocks.values()) {
      const line = joinedLines([first, ...more].map((one) => one.line));
      await this.attempt(first, () => carry(first.rtt, line, io));
    }
  }

  /** What the target refuses at one place just now is no reason to leave the others alone. */
  private async attempt<T>({ isNamed }: Placed, act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act();
    } catch (error) {
      if (isProbeLost(error)) throw error;
      if (!isNamed) this.notes.add(`RTT: ${(error as Error).message}`);
      else this.notes.add("RTT: the target refuses what a client wants to have looked at");
      return undefined;
    }
  }

  private rttAt({ place, line }: PlacedLine, usual: RttSettings): Placed {
    const isNamed = place.address !== undefined || place.ranges !== undefined;
    const named = isNamed ? place : usual;
    const key = JSON.stringify(named);
    const rtt = this.known.get(key) ?? this.rttFor(named);
    this.known.set(key, rtt);
    return { key, rtt, line, isNamed };
  }

  private rttFor(place: RttSettings): Rtt {
    return new Rtt(this.session.share("rtt").core.memory, this.session.clock, {
      ranges: ramOf(this.session),
      ...place,
    });
  }

  private noteMissingBlock({ isNamed }: Placed): void {
    if (isNamed) this.notes.add("RTT: no control block is where a client says that it is; the search continues");
    else
      this.notes.add(
        "RTT: no control block is in the target's RAM yet; the search continues",
        "hint: exec SetRTTAddr ADDRESS or exec SetRTTSearchRanges START LENGTH says where it is",
      );
  }
}

const ramOf = ({ found }: Session): readonly AddressRange[] =>
  found.chip?.memories.filter(({ kind }) => kind === "ram") ?? USUAL_RAM;
