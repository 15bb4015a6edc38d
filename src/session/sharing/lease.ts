import type { Clock, Io } from "../../base/clock.ts";
import { WaitError } from "../../base/errors.ts";
import { within } from "../../base/clock.ts";
import { SessionError } from "../session-error.ts";

/** What a holder does with the target while the lease lasts. */
export type LeaseKind = "flash" | "debug" | "poll";

/** The right to use the target alone until `release`. */
export interface Lease {
  readonly kind: LeaseKind;
  release(): void;
}

/** How long a call of a user who shares the target waits for a job to end where it names no deadline, in milliseconds. */
const PATIENCE_MS = 30_000;

/**
 * Hands the target to one holder at a time. Who wants it alone is refused while another one holds it; who shares it with
 * others waits for the holder.
 */
export class Leases {
  private holder: LeaseKind | undefined;
  private readonly waiting = new Set<() => void>();

  /** Throws `lease-busy` while another holder has the target. */
  take(kind: LeaseKind): Lease {
    this.check(kind);
    this.holder = kind;
    let isHeld = true;
    const release = () => {
      if (isHeld) this.free();
      isHeld = false;
    };
    return { kind, release };
  }

  /** Throws `lease-busy` while the target is held: what is not the holder's has to wait. */
  check(wanted: string): void {
    if (this.holder !== undefined) throw busy(this.holder, wanted);
  }

  /** Runs `work` while holding the target. */
  async hold<T>(kind: LeaseKind, work: () => Promise<T>): Promise<T> {
    const lease = this.take(kind);
    try {
      return await work();
    } finally {
      lease.release();
    }
  }

  /** Runs a call of a user who shares the target, at once or when its holder has released it; else throws `lease-busy`. */
  async whenFree<T>(user: string, clock: Clock, call: () => Promise<T>, io: Io = {}): Promise<T> {
    const bounded = io.deadline === undefined ? within(clock, PATIENCE_MS, io) : io;
    while (this.holder !== undefined) await this.released(this.holder, user, clock, bounded);
    return call();
  }

  private free(): void {
    this.holder = undefined;
    for (const wake of [...this.waiting]) wake();
  }

  private released(holder: LeaseKind, user: string, clock: Clock, { deadline, signal }: Io): Promise<void> {
    if (signal?.aborted) return Promise.reject(calledOff(signal));
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        this.waiting.delete(wake);
        cancel();
        signal?.removeEventListener("abort", onAbort);
        act();
      };
      const wake = () => settle(resolve);
      const onAbort = () => settle(() => reject(calledOff(signal)));
      this.waiting.add(wake);
      signal?.addEventListener("abort", onAbort, { once: true });
      const late = () => settle(() => reject(busy(holder, user)));
      const cancel = deadline === undefined ? () => {} : clock.alarm(deadline, late);
    });
  }
}

const busy = (holder: LeaseKind, wanted: string): SessionError =>
  new SessionError("lease-busy", `The target is in use (${holder})`, { details: { holder, wanted } });

const calledOff = (signal: AbortSignal | undefined): WaitError => {
  const what = "a job on the target to end";
  return new WaitError("aborted", `Called off while waiting for ${what}`, { details: { what }, cause: signal?.reason });
};
