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

  /** Throws `lease-busy` while another holder has the target. */
  take(kind: LeaseKind): Lease {
    this.check(kind);
    this.holder = kind;
    let isHeld = true;
    const release = () => {
      if (isHeld) this.holder = undefined;
      isHeld = false;
    };
    return { kind, release };
  }

  /** Throws `lease-busy` while the target is held: what is not the holder's has to wait. */
  check(wanted: LeaseKind): void {
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
}

const busy = (holder: LeaseKind, wanted: LeaseKind): SessionError =>
  new SessionError("lease-busy", `The target is in use (${holder})`, { details: { holder, wanted } });
