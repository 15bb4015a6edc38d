import { MICROSECOND, type Picoseconds } from "../../../../base/clock.ts";
import { Prng } from "../../../chip/prng.ts";
import { type Saved, savedFlag, savedNumber, savedPart } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import { type BlockHooks, EventBlock } from "./event-block.ts";

const TASK = { START: 0x00, STOP: 0x04 } as const;
/** VALRDY of the RNG, DATARDY of the TEMP. */
const READY = 0x100;
const SHORTS = 0x200;
const CONFIG = 0x504;
const VALUE = 0x508;

/** A value that is there some time after its START task. */
abstract class Measured extends EventBlock {
  private readonly timeline: Timeline;
  private readonly dueEvent: string;
  protected running = false;

  constructor(name: string, timeline: Timeline, hooks: BlockHooks) {
    super(name, hooks);
    this.timeline = timeline;
    this.dueEvent = `${name.toLowerCase()}Ready`;
    timeline.on(this.dueEvent, () => this.due());
  }

  override reset(): void {
    this.stop();
    super.reset();
  }

  override save(): Saved {
    return { block: super.save(), running: this.running };
  }

  override restore(saved: Saved): void {
    super.restore(savedPart(saved, "block"));
    this.running = savedFlag(saved, "running");
  }

  protected override task(offset: number): void {
    if (offset === TASK.START) this.start();
    if (offset === TASK.STOP) this.stop();
  }

  /** How long one value takes. */
  protected abstract get time(): Picoseconds;
  protected abstract measure(): number;
  /** Whether the next value follows at once. */
  protected abstract get repeats(): boolean;

  private start(): void {
    this.running = true;
    this.timeline.set(this.dueEvent, this.timeline.now + this.time);
  }

  private stop(): void {
    this.running = false;
    this.timeline.clear(this.dueEvent);
  }

  private due(): void {
    this.set(VALUE, this.measure());
    this.fire(READY);
    if (this.running && this.repeats) this.start();
    else this.running = false;
  }
}

/** The random number generator: bytes by the board's seed, so that a run can be repeated. */
export class Rng extends Measured {
  private readonly prng: Prng;

  constructor(timeline: Timeline, seed: number, hooks: BlockHooks) {
    super("RNG", timeline, hooks);
    this.prng = new Prng(seed);
  }

  override save(): Saved {
    return { measured: super.save(), prng: this.prng.state };
  }

  override restore(saved: Saved): void {
    super.restore(savedPart(saved, "measured"));
    this.prng.state = savedNumber(saved, "prng");
  }

  /** 30 us, and 120 us with bias correction (recalled, unsure). */
  protected get time(): Picoseconds {
    return (this.get(CONFIG) & 1 ? 120 : 30) * MICROSECOND;
  }

  protected measure(): number {
    return this.prng.next() >>> 24;
  }

  /** SHORTS: VALRDY_STOP. */
  protected get repeats(): boolean {
    return (this.get(SHORTS) & 1) === 0;
  }
}

/** Quarter degrees: the room is at 25 degrees. */
const ROOM = 100;

/** The temperature sensor. */
export class Temp extends Measured {
  constructor(timeline: Timeline, hooks: BlockHooks) {
    super("TEMP", timeline, hooks);
  }

  /** 36 us (recalled, unsure). */
  protected get time(): Picoseconds {
    return 36 * MICROSECOND;
  }

  protected measure(): number {
    return ROOM;
  }

  protected get repeats(): boolean {
    return false;
  }
}
