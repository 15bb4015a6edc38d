import { SessionError } from "./session-error.ts";

/** What a holder does with the target while the lease lasts. */
export type LeaseKind = "flash" | "debug" | "poll";

/** The right to use the target until `release`. */
export interface Lease {
  readonly kind: LeaseKind;
  release(): void;
}

/** Hands the target to one holder at a time; a poller is refused rather than made to wait. */
export class Leases {
  private holder: LeaseKind | undefined;

  /** Throws `lease-busy` while somebody else holds the target. */
  take(kind: LeaseKind): Lease {
    if (this.holder !== undefined) {
      throw new SessionError("lease-busy", `The target is in use (${this.holder})`, {
        details: { holder: this.holder, wanted: kind },
      });
    }
    this.holder = kind;
    return { kind, release: () => this.give() };
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

  private give(): void {
    this.holder = undefined;
  }
}
