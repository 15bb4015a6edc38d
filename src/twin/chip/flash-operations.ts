import type { Picoseconds } from "../../base/clock.ts";
import type { u32 } from "../../base/u32.ts";
import type { FlashFault, LaunchObserver } from "./flash-model.ts";
import { Prng } from "./prng.ts";
import { type Saved, type Stateful, savedBytes, savedNumber } from "./saved.ts";
import type { Timeline } from "./timeline.ts";

/** One operation of a flash controller, as data that a state file can keep. */
export interface FlashOperation {
  /** The controller's own code of the operation. */
  readonly code: number;
  readonly name: string;
  readonly address: u32;
  /** Bytes that it works on. */
  readonly length: number;
  /** What is written; empty for an erase. */
  readonly data: readonly number[];
}

/** What a controller does at the ends of its operations. */
export interface OperationHooks {
  /** The operation ran to its end, with the fault that was planned for it, if any. */
  finish(operation: FlashOperation, fault: FlashFault | undefined): void;
  /** Power or reset took it at `progress` (0 to 1). */
  cut(operation: FlashOperation, progress: number, prng: Prng): void;
  /** `busy` may have changed. */
  busyChanged(): void;
}

interface Running extends FlashOperation {
  readonly duration: Picoseconds;
  readonly since: Picoseconds;
  readonly fault: FlashFault | "";
}

const END = "flashEnd";
const POWER_CUT = "powerCut";

/**
 * Runs one operation of a flash controller at a time, whatever family: starts it with the faults that the board plans,
 * ends it when its time is over, or leaves it half done.
 */
export class FlashOperations implements Stateful {
  /** Operations begun since the model was made; no part of the state. */
  launches = 0;
  onLaunch: LaunchObserver | undefined;
  /** Called at a power cut that the board has planned for an operation. */
  onPowerCut: (at: Picoseconds) => void = () => {};
  private running: Running | undefined;
  private readonly timeline: Timeline;
  private readonly hooks: OperationHooks;
  private readonly prng: Prng;

  constructor(timeline: Timeline, seed: number, hooks: OperationHooks) {
    this.timeline = timeline;
    this.hooks = hooks;
    this.prng = new Prng(seed);
    timeline.on(END, () => this.end());
    timeline.on(POWER_CUT, (at) => this.onPowerCut(at));
  }

  get busy(): boolean {
    return this.running !== undefined;
  }

  /** When the operation under way will have ended; Infinity where it never does, or there is none. */
  get endsAt(): Picoseconds {
    const { running } = this;
    return running && running.fault !== "busy" ? running.since + running.duration : Number.POSITIVE_INFINITY;
  }

  /** Begins an operation; one that takes no time ends at once. */
  start(operation: FlashOperation, duration: Picoseconds): void {
    const { now } = this.timeline;
    this.launches += 1;
    const { code, name, address } = operation;
    const faults = this.onLaunch?.({ index: this.launches, code, name, address, start: now, duration }) ?? {};
    if (faults.cutAfter !== undefined) this.timeline.set(POWER_CUT, now + faults.cutAfter);
    this.running = { ...operation, duration, since: now, fault: faults.fault ?? "" };
    if (faults.fault !== "busy") this.timeline.set(END, now + duration);
    this.hooks.busyChanged();
    if (duration === 0 && faults.cutAfter === undefined) this.timeline.catchUp(now);
  }

  /** Power gone or reset: what is under way stays half done, its bits drawn from `prng`. */
  cut(prng: Prng = this.prng): void {
    const { running } = this;
    this.timeline.clear(END);
    this.running = undefined;
    if (!running) return;
    const done = this.timeline.now - running.since;
    this.hooks.cut(running, running.duration === 0 ? 1 : Math.min(1, done / running.duration), prng);
    this.hooks.busyChanged();
  }

  save(): Saved {
    const { running, prng } = this;
    if (!running) return { prng: prng.state };
    const { since, ...rest } = running;
    return { prng: prng.state, running: { ...rest, data: [...rest.data], age: this.timeline.now - since } };
  }

  /** The end of a running operation is the timeline's to restore. */
  restore(saved: Saved): void {
    this.prng.state = savedNumber(saved, "prng");
    const running = saved["running"] as Saved | undefined;
    this.running = running && {
      code: savedNumber(running, "code"),
      name: running["name"] as string,
      address: savedNumber(running, "address"),
      length: savedNumber(running, "length"),
      data: savedBytes(running, "data"),
      duration: savedNumber(running, "duration"),
      since: this.timeline.now - savedNumber(running, "age"),
      fault: (running["fault"] ?? "") as Running["fault"],
    };
    this.hooks.busyChanged();
  }

  private end(): void {
    const { running } = this;
    if (!running) return;
    this.running = undefined;
    this.hooks.finish(running, running.fault === "" ? undefined : running.fault);
    this.hooks.busyChanged();
  }
}
