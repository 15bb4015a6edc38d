import type { Picoseconds } from "../../../../base/clock.ts";
import type { u32 } from "../../../../base/u32.ts";
import type { FlashFault, FlashSpeed, LaunchObserver } from "../../../chip/flash-model.ts";
import type { Prng } from "../../../chip/prng.ts";
import { type Saved, type Stateful, savedFlag, savedNumber, savedPart } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import type { FlashMemory } from "./flash-memory.ts";
import {
  durationOf,
  finish,
  leaveHalfDone,
  OPERATION_CODES,
  OPERATION_NAMES,
  type Operation,
  type OperationKind,
  PARTIAL_TOTAL_MS,
  type Target,
  targetsOf,
} from "./operation.ts";

interface Running {
  readonly operation: Operation;
  readonly duration: Picoseconds;
  readonly since: Picoseconds;
  readonly fault: FlashFault | "";
}

const FLASH_END = "nvmcEnd";
/** The timeline's event of a requested power cut; the chip handles it. */
export const POWER_CUT = "powerCut";
const NONE = -1;

/** Runs one operation of the NVMC at a time, to its end or to a cut. */
export class NvmcEngine implements Stateful {
  /** Operations begun since the model was made; no part of the state. */
  launches = 0;
  onLaunch: LaunchObserver | undefined;
  /** Called when an operation has ended. */
  onEnd: (operation: Operation) => void = () => {};
  /** Called when `busy` may have changed. */
  onBusyChange: () => void = () => {};
  private running: Running | undefined;
  /** The page that partial erases work on, and the milliseconds that they have had. */
  private partialPage = NONE;
  private partialMs = 0;
  private readonly timeline: Timeline;
  private readonly flash: FlashMemory;
  private readonly speed: FlashSpeed;
  private readonly prng: Prng;

  constructor(timeline: Timeline, flash: FlashMemory, speed: FlashSpeed, prng: Prng) {
    this.timeline = timeline;
    this.flash = flash;
    this.speed = speed;
    this.prng = prng;
    timeline.on(FLASH_END, () => this.end());
  }

  get busy(): boolean {
    return this.running !== undefined;
  }

  /** Whether an erase that the CTRL-AP asked for is under way. */
  get erasesForPort(): boolean {
    return this.running?.operation.byPort ?? false;
  }

  /** When what is under way ends; never where a fault lets it hang. */
  get readyAt(): Picoseconds {
    const { running } = this;
    if (!running) return this.timeline.now;
    return running.fault === "busy" ? Number.POSITIVE_INFINITY : running.since + running.duration;
  }

  /** Starts an operation while none is under way; one without duration ends at once. */
  start(kind: OperationKind, address: u32, value: u32, byPort = false): void {
    const operation: Operation = { kind, address, value, byPort };
    const duration = durationOf(operation, this.speed);
    const faults = this.announce(operation, duration);
    if (faults.cutAfter !== undefined) this.timeline.set(POWER_CUT, this.timeline.now + faults.cutAfter);
    this.running = { operation, duration, since: this.timeline.now, fault: faults.fault ?? "" };
    if (faults.fault !== "busy") this.timeline.set(FLASH_END, this.timeline.now + duration);
    this.onBusyChange();
    if (duration === 0 && faults.cutAfter === undefined) this.timeline.catchUp(this.timeline.now);
  }

  /** Power gone or reset: whatever is under way stays half done, its bits drawn from `prng` (at a reset: unsure). */
  cut(prng = this.prng): void {
    const { running } = this;
    this.timeline.clear(FLASH_END);
    this.running = undefined;
    this.partialPage = NONE;
    if (running) this.leave(running, prng);
    this.onBusyChange();
  }

  save(): Saved {
    const { running, partialPage, partialMs } = this;
    return { prng: this.prng.state, partialPage, partialMs, running: running ? this.pack(running) : {} };
  }

  /** The end of a running operation is the timeline's to restore. */
  restore(saved: Saved): void {
    this.prng.state = savedNumber(saved, "prng");
    this.partialPage = savedNumber(saved, "partialPage");
    this.partialMs = savedNumber(saved, "partialMs");
    this.running = this.unpack(savedPart(saved, "running"));
    this.onBusyChange();
  }

  private announce({ kind, address }: Operation, duration: Picoseconds) {
    this.launches += 1;
    const launch = { code: OPERATION_CODES[kind], name: OPERATION_NAMES[kind], address, duration };
    return this.onLaunch?.({ index: this.launches, ...launch, start: this.timeline.now }) ?? {};
  }

  private end(): void {
    const { running } = this;
    if (!running) return;
    this.running = undefined;
    const { operation, fault } = running;
    if (operation.kind === "partial") this.endPartial(operation);
    else for (const target of this.targets(operation)) this.finish(operation, target);
    if (fault) this.spoil(operation);
    this.onBusyChange();
    this.onEnd(operation);
  }

  private finish(operation: Operation, target: Target): void {
    finish(operation, target);
    this.flash.touched(target.base + target.offset, target.length);
  }

  /** Partial erases of one page add up; before their sum is an erase the cells are anything (unsure: bits by chance). */
  private endPartial(operation: Operation): void {
    const [target] = this.targets(operation);
    if (!target) return;
    const page = target.base + target.offset;
    const before = this.partialPage === page ? this.partialMs : 0;
    this.partialPage = page;
    this.partialMs = before + operation.value;
    if (this.partialMs >= PARTIAL_TOTAL_MS) {
      this.partialPage = NONE;
      this.finish({ ...operation, kind: "page" }, target);
      return;
    }
    leaveHalfDone(operation, target, operation.value / (PARTIAL_TOTAL_MS - before), this.prng);
    this.flash.touched(page, target.length);
  }

  /** One bit of the first byte is wrong afterwards; the NVMC has no error that it could report. */
  private spoil(operation: Operation): void {
    const [target] = this.targets(operation);
    if (!target) return;
    target.cells.bytes[target.offset] ^= 1;
    this.flash.touched(target.base + target.offset, 1);
  }

  private leave({ operation, duration, since }: Running, prng: Prng): void {
    const progress = duration === 0 ? 1 : Math.min(1, (this.timeline.now - since) / duration);
    for (const target of this.targets(operation)) {
      leaveHalfDone(operation, target, progress, prng);
      this.flash.touched(target.base + target.offset, target.length);
    }
  }

  private targets(operation: Operation): readonly Target[] {
    const { code, uicr } = this.flash;
    return targetsOf(operation, { code, uicr, partAt: (address) => this.flash.partAt(address) });
  }

  private pack({ operation, duration, since, fault }: Running): Saved {
    return { ...operation, duration, done: this.timeline.now - since, fault };
  }

  private unpack(saved: Saved): Running | undefined {
    if (Object.keys(saved).length === 0) return undefined;
    const operation: Operation = {
      kind: saved["kind"] as OperationKind,
      address: savedNumber(saved, "address"),
      value: savedNumber(saved, "value"),
      byPort: savedFlag(saved, "byPort"),
    };
    const since = this.timeline.now - savedNumber(saved, "done");
    return { operation, duration: savedNumber(saved, "duration"), since, fault: saved["fault"] as Running["fault"] };
  }
}
