import type { Picoseconds } from "../../../../base/clock.ts";
import type { FlashCommand, FlashRange, FlashResources } from "./ftfe-command.ts";
import { addressOf } from "./ftfe-command.ts";
import { flashCommand } from "./ftfe-commands.ts";
import type { FlashFault, FlashSpeed, LaunchFaults, LaunchObserver } from "../../../chip/flash-model.ts";
import { FLASH_TIMES } from "./ftfe-times.ts";
import { ERSSCR, MASS_ERASE } from "./ftfe-write-commands.ts";
import type { Prng } from "../../../chip/prng.ts";
import { type Saved, type Stateful, savedBytes, savedNumber, savedPart } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";

interface Running {
  readonly command: FlashCommand;
  readonly fccob: Uint8Array;
  readonly duration: Picoseconds;
  /** Time already behind the command when the present run of it began. */
  readonly done: Picoseconds;
  readonly since: Picoseconds;
  readonly fault: FlashFault | "";
}

/** The timeline's event at which a command ends. */
const FLASH_END = "flashEnd";
/** The timeline's event of a requested power cut; the chip handles it. */
export const POWER_CUT = "powerCut";

/** Runs one flash command at a time: starts it, ends it when its time is over, or leaves it half done. */
export class FlashEngine implements Stateful {
  /** Commands accepted since the model was made; not part of the state. */
  launches = 0;
  onLaunch: LaunchObserver | undefined;
  /** Called when a command ends; `ok` is false where MGSTAT0 is due. */
  onEnd: (command: FlashCommand, ok: boolean) => void = () => {};
  /** Called when `busy` may have changed. */
  onBusyChange: () => void = () => {};
  private running: Running | undefined;
  private suspended: Running | undefined;
  private readonly timeline: Timeline;
  private readonly on: FlashResources;
  private readonly speed: FlashSpeed;
  private readonly prng: Prng;

  constructor(timeline: Timeline, on: FlashResources, speed: FlashSpeed, prng: Prng) {
    this.timeline = timeline;
    this.on = on;
    this.speed = speed;
    this.prng = prng;
    timeline.on(FLASH_END, () => this.end());
  }

  get busy(): boolean {
    return this.running !== undefined;
  }

  /** Whether an erase waits for its resumption. */
  get isSuspended(): boolean {
    return this.suspended !== undefined;
  }

  /** The range that can't be read now, if any. */
  get busyRange(): FlashRange | undefined {
    return this.running?.command.busy(this.running);
  }

  /** Starts a command that nothing forbids; with no duration it ends at once. `fccob` takes the results. */
  start(command: FlashCommand, fccob: Uint8Array): void {
    this.abandonSuspended(this.prng);
    const duration = command.duration(FLASH_TIMES[this.speed], { fccob });
    const faults = this.announce(command, fccob, duration);
    if (faults.cutAfter !== undefined) this.timeline.set(POWER_CUT, this.timeline.now + faults.cutAfter);
    this.run({ command, fccob, duration, done: 0, since: 0, fault: faults.fault ?? "" });
    if (duration === 0 && faults.cutAfter === undefined) this.timeline.catchUp(this.timeline.now);
  }

  /** Stops a sector erase for now; answers whether there was one. */
  suspend(): boolean {
    if (this.running?.command !== ERSSCR) return false;
    this.suspended = this.stop();
    return true;
  }

  /** Resumes the suspended erase. */
  resume(): void {
    const erase = this.suspended;
    if (erase === undefined) return;
    this.suspended = undefined;
    this.run(erase);
  }

  /** Power gone or reset: whatever is under way stays half done, its bits drawn from `prng`. */
  cut(prng = this.prng): void {
    const running = this.stop();
    if (running) leaveHalfDone(running, this.on, prng);
    this.abandonSuspended(prng);
  }

  save(): Saved {
    return {
      prng: this.prng.state,
      running: pack(this.running && this.pausedNow(this.running)),
      suspended: pack(this.suspended),
    };
  }

  /** The end of a running command is the timeline's to restore. */
  restore(saved: Saved): void {
    this.prng.state = savedNumber(saved, "prng");
    this.running = unpack(savedPart(saved, "running"), this.timeline.now);
    this.suspended = unpack(savedPart(saved, "suspended"), this.timeline.now);
    this.onBusyChange();
  }

  /** Where results go after `restore`, which knows only a copy of FCCOB. */
  adoptResults(fccob: Uint8Array): void {
    if (this.running) this.running = { ...this.running, fccob };
  }

  private announce(command: FlashCommand, fccob: Uint8Array, duration: Picoseconds): LaunchFaults {
    this.launches += 1;
    const { code, name } = command;
    const address = command === MASS_ERASE ? 0 : addressOf({ fccob });
    return this.onLaunch?.({ index: this.launches, code, name, address, start: this.timeline.now, duration }) ?? {};
  }

  private run(running: Running): void {
    const now = this.timeline.now;
    this.running = { ...running, since: now };
    if (running.fault !== "busy") this.timeline.set(FLASH_END, now + running.duration - running.done);
    this.onBusyChange();
  }

  private stop(): Running | undefined {
    const running = this.running && this.pausedNow(this.running);
    this.timeline.clear(FLASH_END);
    this.running = undefined;
    this.onBusyChange();
    return running;
  }

  private pausedNow(running: Running): Running {
    const done = running.done + this.timeline.now - running.since;
    return { ...running, done, fccob: running.fccob.slice() };
  }

  private end(): void {
    const running = this.running;
    if (!running) return;
    this.running = undefined;
    const ok = running.command.finish(running, this.on);
    this.spoil(running);
    this.onBusyChange();
    this.onEnd(running.command, ok && running.fault !== "mgstat");
  }

  private spoil({ command, fccob, fault }: Running): void {
    const address = command === MASS_ERASE ? 0 : addressOf({ fccob });
    if (fault === "ecc") this.on.flash.spoil(address);
    if (fault === "badprog") this.on.flash.disturb(address);
  }

  private abandonSuspended(prng: Prng): void {
    if (this.suspended) leaveHalfDone(this.suspended, this.on, prng);
    this.suspended = undefined;
  }
}

function leaveHalfDone({ command, fccob, duration, done }: Running, on: FlashResources, prng: Prng): void {
  const progress = duration === 0 ? 1 : Math.min(1, done / duration);
  command.cut?.({ fccob }, on, progress, prng);
}

const pack = (running: Running | undefined): Saved =>
  running === undefined
    ? {}
    : {
        code: running.command.code,
        fccob: [...running.fccob],
        duration: running.duration,
        done: running.done,
        fault: running.fault,
      };

function unpack(saved: Saved, now: Picoseconds): Running | undefined {
  if (Object.keys(saved).length === 0) return undefined;
  const command = flashCommand(savedNumber(saved, "code"));
  if (!command) throw new RangeError("saved state names an unknown flash command");
  return {
    command,
    fccob: Uint8Array.from(savedBytes(saved, "fccob")),
    duration: savedNumber(saved, "duration"),
    done: savedNumber(saved, "done"),
    since: now,
    fault: (saved["fault"] ?? "") as Running["fault"],
  };
}
