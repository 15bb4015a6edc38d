import type { CoreEvent } from "../../cortex/core-events.ts";
import type { CortexCore } from "../../cortex/cortex-core.ts";
import type { LockState } from "../../protection/lock-state.ts";
import type { LeaseKind } from "./lease.ts";

/** What happened to a target: to its core, by a job, or to its lock. */
export type SessionEvent =
  | CoreEvent
  | { readonly event: "held" | "released"; readonly by: LeaseKind }
  /** Flash may hold something else than before. */
  | { readonly event: "flashed" }
  /** Another core of the chip was reset, and this one with it. */
  | { readonly event: "chip-reset" }
  | { readonly event: "lock-changed"; readonly locked: boolean };

/** Receives events in their order. */
export type OnSessionEvent = (event: SessionEvent) => void;

/** The events of one session, those of each core that it has had among them. */
export class SessionEvents {
  private readonly listeners = new Set<OnSessionEvent>();
  private core: CortexCore | undefined;
  private ignore = () => {};
  private locked: boolean | undefined;

  /** Calls a listener with every event from now on; the returned function ends that. */
  listen(listener: OnSessionEvent): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Passes an event on; what a listener throws is the publisher's to see. */
  publish(event: SessionEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  /** Follows the core and the lock of a connection. */
  follow({ core, lock }: { readonly core?: CortexCore; readonly lock?: LockState }): void {
    if (core !== this.core) {
      this.ignore();
      this.ignore = core?.events.listen((event) => this.publish(event)) ?? (() => {});
      this.core = core;
    }
    const locked = lock?.locked;
    if (locked === undefined || locked === this.locked) return;
    if (this.locked !== undefined) this.publish({ event: "lock-changed", locked });
    this.locked = locked;
  }
}
