import { type BatchMemory, together } from "../../adi/memory.ts";
import type { Clock, Io, Priority } from "../../base/clock.ts";
import type { CortexCore } from "../../cortex/cortex-core.ts";
import { concealing } from "../patches/concealing.ts";
import type { PatchedFlash } from "../patches/patched-flash.ts";
import type { Leases } from "./lease.ts";
import { SessionError } from "../session-error.ts";

/** What a user does who shares a target with others: it decides how urgent its calls are. */
export type SharedUse = "debugger" | "rtt" | "view";

const PRIORITIES: { readonly [use in SharedUse]: Priority } = { debugger: "run-control", rtt: "rtt", view: "live" };

/** What a user of a shared target gets from the session. */
export interface Sharing {
  readonly leases: Leases;
  readonly clock: Clock;
  /** The core as it is reached now; throws `target-locked` and `session-closed`. */
  readonly core: () => CortexCore;
  /** Breakpoints in flash, in whose place reads show the firmware's bytes. */
  readonly patched: PatchedFlash;
}

/**
 * One of several users of a target: a debugger, RTT, a live view. Their calls go through the probe's queue. While a job
 * holds the target they wait, until their deadline or half a minute, and are `lease-busy` then.
 */
export class SharedTarget {
  readonly use: SharedUse;
  private readonly sharing: Sharing;
  private isReleased = false;
  private seen: { readonly core: CortexCore; readonly view: CortexCore } | undefined;

  constructor(use: SharedUse, sharing: Sharing) {
    this.use = use;
    this.sharing = sharing;
  }

  /** The core, as this user's; throws `target-locked` while it can't be reached, and `session-closed`. */
  get core(): CortexCore {
    this.checkOpen();
    const core = this.sharing.core();
    if (this.seen?.core !== core) this.seen = { core, view: core.sharedWith(this.use, (memory) => this.way(memory)) };
    return this.seen.view;
  }

  /** Does something of the session's own, such as a reset, once no job holds the target; waits as this user's accesses do. */
  async whenFree<T>(call: () => Promise<T>, io: Io = {}): Promise<T> {
    this.checkOpen();
    return this.sharing.leases.whenFree(this.use, this.sharing.clock, call, io);
  }

  /** Ends this user's part: each later call throws `session-closed`. */
  release(): void {
    this.isReleased = true;
  }

  private way(bare: BatchMemory): BatchMemory {
    const { leases, clock, patched } = this.sharing;
    const memory = concealing(bare, patched);
    const call = <T>(act: (io: Io) => Promise<T>, io: Io = {}): Promise<T> => {
      this.checkOpen();
      const own = { priority: PRIORITIES[this.use], ...io };
      return leases.whenFree(this.use, clock, () => act(own), own);
    };
    return {
      read: async (address, count, width, io) => call((own) => memory.read(address, count, width, own), io),
      write: async (address, bytes, width, io) => call((own) => memory.write(address, bytes, width, own), io),
      run: async (ops, io) => call((own) => memory.run(ops, own), io),
      ...(memory.together && {
        together: async <T>(accesses: (own: BatchMemory, io: Io) => Promise<T>, io?: Io) =>
          call((own) => together(memory, accesses, own), io),
      }),
    };
  }

  private checkOpen(): void {
    if (this.isReleased) throw new SessionError("session-closed", "This user's part of the target is released");
  }
}
