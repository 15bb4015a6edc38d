import type { Picoseconds } from "../../base/clock.ts";
import { type Saved, type Stateful, savedNumber } from "./saved.ts";

/** What happens when a named event is due; `at` is the event's own time. */
export type Handler = (at: Picoseconds) => void;

/**
 * The chip's time and the things that will happen by themselves, by name: one event a name, none twice.
 *
 * Names instead of closures, so that a state file can keep what is under way.
 */
export class Timeline implements Stateful {
  private readonly handlers = new Map<string, Handler>();
  private readonly due = new Map<string, Picoseconds>();
  private soonest: Picoseconds = Number.POSITIVE_INFINITY;
  private soonestName = "";
  private time: Picoseconds = 0;

  /** The time that everything on the chip has caught up with. */
  get now(): Picoseconds {
    return this.time;
  }

  /** When the next event is due, or Infinity. */
  get next(): Picoseconds {
    return this.soonest;
  }

  /** Says what the event `name` does. */
  on(name: string, handler: Handler): void {
    this.handlers.set(name, handler);
  }

  /** Sets the event `name` for `at`, replacing an earlier time. */
  set(name: string, at: Picoseconds): void {
    this.due.set(name, at);
    this.findSoonest();
  }

  /** Takes the event `name` back. */
  clear(name: string): void {
    if (this.due.delete(name)) this.findSoonest();
  }

  /** Takes all events back. */
  clearAll(): void {
    this.due.clear();
    this.findSoonest();
  }

  /** Lets everything happen that is due until `to`, in order; time never goes back. */
  catchUp(to: Picoseconds): void {
    while (this.soonest <= to) this.fire();
    this.time = Math.max(this.time, to);
  }

  /** Times are kept relative to now. */
  save(): Saved {
    return Object.fromEntries([...this.due].map(([name, at]) => [name, at - this.time]));
  }

  restore(saved: Saved): void {
    this.due.clear();
    for (const name of Object.keys(saved)) this.due.set(name, this.time + savedNumber(saved, name));
    this.findSoonest();
  }

  private fire(): void {
    const at = this.soonest;
    const name = this.soonestName;
    this.clear(name);
    this.time = Math.max(this.time, at);
    this.handlers.get(name)?.(at);
  }

  /** Of events due at the same time, the one that was set first comes first. */
  private findSoonest(): void {
    this.soonest = Number.POSITIVE_INFINITY;
    for (const [name, at] of this.due) {
      if (at >= this.soonest) continue;
      this.soonest = at;
      this.soonestName = name;
    }
  }
}
