import type { Memory } from "../adi/memory.ts";
import type { Clock, Io } from "../base/clock.ts";
import type { AddressRange } from "./control-block.ts";
import { joinedLines } from "./pump.ts";
import { carry, type RttLine } from "./pump.ts";
import { Rtt } from "./rtt.ts";

/** Where clients have the control block looked for, as far as they say so. */
export interface NamedPlace {
  readonly address?: number | undefined;
  readonly ranges?: readonly AddressRange[] | undefined;
}

/** The clients that say the same about where the control block is, on a line of their own. */
export interface PlacedLine {
  readonly place: NamedPlace;
  readonly line: RttLine;
}

/** What RTT for many clients needs of the connection and of its host. */
export interface RttTarget {
  /** The target's memory as it is reached now; throws where it can't be. */
  memory(): Memory;
  readonly clock: Clock;
  /** Where the block is looked for where no range is given: the chip's RAM. */
  readonly ranges: readonly AddressRange[];
  /** How a user says where the block is, as a line to print; absent where there is no way. */
  readonly hint?: string;
  /** Prints lines about what is missing or refused; the same ones may come again and again. */
  note(...lines: readonly string[]): void;
  /** Whether an error means that the probe is gone. */
  isLost(error: unknown): boolean;
}

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
  private readonly target: RttTarget;
  private readonly known = new Map<string, Rtt>();

  constructor(target: RttTarget) {
    this.target = target;
  }

  /** One poll for all clients; `usual` is the place for those that have named none. Throws only where the probe is lost. */
  async serve(lines: readonly PlacedLine[], usual: NamedPlace, io: Io): Promise<void> {
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
      if (this.target.isLost(error)) throw error;
      if (!isNamed) this.target.note(`RTT: ${(error as Error).message}`);
      else this.target.note("RTT: the target refuses what a client wants to have looked at");
      return undefined;
    }
  }

  private rttAt({ place, line }: PlacedLine, usual: NamedPlace): Placed {
    const isNamed = place.address !== undefined || place.ranges !== undefined;
    const named = isNamed ? place : usual;
    const key = JSON.stringify(named);
    const rtt = this.known.get(key) ?? this.rttFor(named);
    this.known.set(key, rtt);
    return { key, rtt, line, isNamed };
  }

  private rttFor({ address, ranges = this.target.ranges }: NamedPlace): Rtt {
    const place = { ranges, ...(address === undefined ? {} : { address }) };
    return new Rtt(this.target.memory(), this.target.clock, place);
  }

  private noteMissingBlock({ isNamed }: Placed): void {
    const { hint } = this.target;
    if (isNamed) this.target.note("RTT: no control block is where a client says that it is; the search continues");
    else
      this.target.note(
        "RTT: no control block is in the target's RAM yet; the search continues",
        ...(hint === undefined ? [] : [hint]),
      );
  }
}
