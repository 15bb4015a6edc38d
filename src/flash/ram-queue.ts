import type { MemoryOp } from "../adi/memory.ts";
import { wordWrites } from "../adi/word-ops.ts";
import { type Clock, type Io, within } from "../base/clock.ts";
import { pollUntil } from "../base/deadlines.ts";
import { codeOf } from "../base/errors.ts";
import { address32 } from "../base/u32.ts";
import type { Chip } from "../chips/chip.ts";
import type { Range } from "../chips/flash-bank.ts";
import type { Core, RegisterName } from "../cortex/core.ts";
import { areWritten, registerWrites } from "../cortex/core-registers.ts";
import { coreStateOf } from "../cortex/core-state.ts";
import { DHCSR } from "../registers/scs.ts";
import { CFBP_INTERRUPTS_MASKED, XPSR_THUMB } from "../registers/special.ts";
import { FlashError } from "./flash-error.ts";
import { KeptTarget } from "./kept/kept-target.ts";
import type { StartOptions } from "./loader.ts";
import { CodeUpload } from "./queue/code-upload.ts";
import { type Progress, progressIn, progressLooks } from "./queue/progress.ts";
import type { PermittedBits, QueueLoader } from "./queue/queue-loader.ts";
import { QueueWords } from "./queue/queue-words.ts";
import { isWorthSending, type QueueRoom, type QueueStep, roomFor, withStep } from "./queue/room.ts";
import { codeBytes, type MailboxCommand, workRamOf } from "./ram-mailbox.ts";

/** Pause between two looks at the progress, in microseconds; a look takes a turn of the probe anyway. */
const LOOK_EVERY_US = 50;

/**
 * The queue between the host and a loader in RAM: steps wait on this side until enough of them make one transfer, and on
 * the target's side while one before is under way. A slot is written only when the target has said twice that it is done
 * with what stood there. Steps, data and set-up carry checks, which the target counts before it acts on any of them.
 */
export class RamQueue {
  private readonly core: Core;
  private readonly clock: Clock;
  private readonly loader: QueueLoader;
  private readonly base: number;
  private room: QueueRoom;
  /** Others for each start, so that no step of an earlier one is ever sound. */
  private words: QueueWords;
  /** How much RAM there is from `base` on. */
  private readonly ramLength: number;
  /** What is wanted back, and whether that is done by this queue. */
  private kept: { readonly target: KeptTarget; readonly isOwn: boolean } | undefined;
  /** Steps that were not written yet. */
  private waiting: readonly QueueStep[] = [];
  /** Steps that were written, and the target has not ended, the oldest first. */
  private posted: QueueStep[] = [];
  /** The number of the last step that ended well. */
  private done = 0;
  /** For each buffer, the number of the step that used it last. */
  private users: number[] = [];
  private nextBuffer = 0;
  private erasedCount = 0;
  /** Whether the loader has stopped by itself, behind a step that failed. */
  private hasStopped = false;
  /** Whether the step that ends the loader was posted, and whether the core was seen halted behind it. */
  private ending: "no" | "asked" | "halted" = "no";
  private runs = false;
  /** The code where it was put into RAM beforehand. */
  private early: CodeUpload | undefined;

  /** Throws `no-loader` where the chip's data name no RAM for it. */
  constructor(core: Core, chip: Chip, clock: Clock, loader: QueueLoader) {
    this.core = core;
    this.clock = clock;
    this.loader = loader;
    const ram = workRamOf(chip, loader.layout);
    this.base = ram.start;
    this.ramLength = ram.length;
    this.room = roomFor(loader.layout, { isKept: false, isLong: false, ramLength: ram.length });
    this.words = new QueueWords(this.base, loader, this.room);
  }

  /** How many sectors the target has found not blank that should have been, and has erased; known after `settle`. */
  get erased(): number {
    return this.erasedCount;
  }

  /** The RAM that a start keeps where it is wanted back. */
  get keptRam(): readonly Range[] {
    const { base, ramLength, loader } = this;
    const { buffers, bufferCount, bufferSize } = roomFor(loader.layout, { isKept: true, isLong: false, ramLength });
    const { start } = loader.layout;
    const length = buffers + bufferCount * bufferSize - start;
    return [{ start: base + start, length }, ...(loader.keptRam ?? [])];
  }

  /** Keeps RAM and registers where they are wanted back, and puts code and set-up there; it runs from the first transfer on. */
  async start(io: StartOptions, permitted: PermittedBits): Promise<void> {
    const { core, base, ramLength, loader } = this;
    this.forget();
    await loader.prepare?.(core, io);
    const isKept = io.keepRam ?? true;
    this.room = roomFor(loader.layout, { isKept, isLong: permitted.everything, ramLength });
    this.words = new QueueWords(base, loader, this.room);
    this.users = Array.from({ length: this.room.bufferCount }, () => 0);
    if (isKept) await this.keep(io);
    await this.putCode(permitted, isKept, io);
  }

  private async keep(io: StartOptions): Promise<void> {
    const { core, loader } = this;
    const { looks = [] } = loader;
    this.early = undefined;
    const kept = io.kept ? { target: io.kept, isOwn: false } : { target: new KeptTarget(core), isOwn: true };
    const check = (words: Uint32Array) => {
      if (looks.length > 0) loader.check?.(words);
      this.kept = kept;
    };
    await kept.target.keep(this.keptRam, io, { looks, check });
  }

  /** Puts the code into RAM beforehand, for a start that keeps nothing. */
  preload(): CodeUpload {
    this.early = new CodeUpload(this.base + this.loader.layout.code, codeBytes(this.loader.code));
    return this.early;
  }

  /** A loader may be started again after it has ended. */
  private forget(): void {
    this.waiting = [];
    this.posted = [];
    this.done = 0;
    this.nextBuffer = 0;
    this.erasedCount = 0;
    this.hasStopped = false;
    this.ending = "no";
    this.runs = false;
    this.kept = undefined;
  }

  /**
   * Takes a step. With `now`, all that waits is written as soon as the target has room; else what waits is written before
   * where it is worth a transfer: a next sector's erase goes along with the data before it. Throws the error of an earlier
   * step; nothing behind that one is begun.
   */
  async post(step: QueueStep, now: boolean, io: Io = {}): Promise<void> {
    if (!now && isWorthSending(this.waiting, this.room)) await this.flush(io);
    this.waiting = withStep(this.waiting, step, this.room.bufferSize);
    if (now) await this.flush(io);
  }

  /** Writes what waits and waits for its end; throws the error of the step that failed. */
  async settle(io: Io = {}): Promise<void> {
    await this.flush(io);
    await this.until(() => this.posted.length === 0, io);
  }

  /** The same, and ends the loader: it takes no more steps. */
  async end(io: Io = {}): Promise<void> {
    if (!this.hasStopped) await this.quit(io);
    this.hasStopped = true;
  }

  /** Ends the loader where it has not stopped, and gives RAM and registers back where it has kept them. */
  async stop(io: Io): Promise<void> {
    const { core, loader, kept } = this;
    await this.end(io);
    await this.halt(io);
    await loader.finish?.(core, io);
    if (!kept) return;
    kept.target.isLent = false;
    if (kept.isOwn) await kept.target.giveBack(io);
  }

  /** A loader that has ended has halted by its BKPT; one that has not is halted. */
  private async halt(io: Io): Promise<void> {
    const { core, loader } = this;
    const own = loader.lastAccesses?.() ?? [];
    const isSeen = this.ending === "halted";
    const looks = isSeen ? [] : HALT_LOOKS;
    const ops = [...looks, ...own];
    const words = ops.length > 0 ? await core.memory.run(ops, io) : [];
    if (isSeen || coreStateOf(words[looks.length - 1]) === "halted") return;
    await core.halt(io);
    if (own.length > 0) await core.memory.run(own, io);
  }

  private async quit(io: Io): Promise<void> {
    const about = { code: 0, name: "end", limitMs: 1_000 };
    const step = { about, command: this.loader.quit, address: 0, length: 0, operands: [NO_ADDRESS, 0, 0] } as const;
    this.waiting = [...this.waiting, step];
    this.ending = "asked";
    await this.settle(io);
  }

  /** Writes what waits in one batch: each step's data, then the step, its number last, so that the first begins at once. */
  private async flush(io: Io): Promise<void> {
    if (this.waiting.length === 0) return;
    const placed = this.waiting.map((step, i) => this.placed(step, this.lastNumber + 1 + i));
    const needed = Math.max(
      0,
      ...placed.map(({ freeAfter }) => freeAfter),
      this.lastNumber + placed.length - this.room.stepCount,
    );
    await this.until(() => this.done >= needed, io);
    for (const { step, number, at } of placed) if (step.data) this.users[this.bufferOf(at)] = number;
    const ops = placed.flatMap(({ step, number, at }) => [
      ...(step.data ? wordWrites(at, step.data) : []),
      ...this.words.step(step, number, at),
    ]);
    this.posted.push(...this.waiting);
    this.waiting = [];
    await this.look(ops, within(this.clock, LOOK_MS + ops.length * SLOWEST_WORD_MS, io));
  }

  /** A step with its number and the buffer of its data, and the step after which that is free. */
  private placed(step: QueueStep, number: number): Placed {
    if (!step.data) return { step, number, at: 0, freeAfter: 0 };
    const buffer = this.nextBuffer;
    this.nextBuffer = (buffer + 1) % this.room.bufferCount;
    const { bufferSize } = this.room;
    return { step, number, at: this.base + this.room.buffers + buffer * bufferSize, freeAfter: this.users[buffer] };
  }

  private bufferOf(at: number): number {
    return (at - this.base - this.room.buffers) / this.room.bufferSize;
  }

  private get lastNumber(): number {
    return this.done + this.posted.length;
  }

  /** What is left of the code and its read-back, set-up and registers, in one batch. */
  private async putCode(permitted: PermittedBits, isChecked: boolean, io: Io): Promise<void> {
    const { core, base } = this;
    const { layout } = this.loader;
    const upload = this.early ?? new CodeUpload(base + layout.code, codeBytes(this.loader.code));
    this.early = undefined;
    const registers = {
      R0: base + layout.setup,
      MSP: base + layout.stackTop,
      PC: base + layout.code,
      XPSR: XPSR_THUMB,
      CFBP: CFBP_INTERRUPTS_MASKED,
    };
    const rest = upload.rest();
    const looks = isChecked ? [] : (this.loader.looks ?? []);
    const words = await core.memory.run(
      [
        ...looks,
        ...rest,
        ...wordWrites(base + layout.setup, this.words.setup(permitted)),
        ...registerWrites(Object.entries(registers) as [RegisterName, number][]),
      ],
      io,
    );
    if (!isChecked) this.loader.check?.(words.subarray(0, looks.length));
    const count = looks.length + rest.filter(({ op }) => op === "read").length;
    upload.take(words.subarray(looks.length, count));
    if (!upload.isRight)
      throw new FlashError("loader-failed", `The RAM at ${address32(base)} does not hold the loader's code`);
    if (!areWritten(words.subarray(count))) await core.writeRegisters(registers, io);
  }

  /** Looks until the target has come far enough; throws `loader-failed` where no step ends within its time. */
  private async until(isEnough: () => boolean, io: Io): Promise<void> {
    while (!isEnough()) {
      const [step] = this.posted;
      if (!step) throw new RangeError("nothing is under way that could end");
      const { done } = this;
      const limits = within(this.clock, step.about.limitMs, io);
      const poll = { ...limits, everyUs: LOOK_EVERY_US, patientAfterUs: PATIENT_AFTER_US, what: step.about.name };
      const look = async () => {
        await this.look([], limits);
        return this.done > done ? true : undefined;
      };
      await pollUntil(this.clock, poll, look).catch(async (error: unknown) => {
        // The caller's own deadline says nothing of the loader.
        const isOwn = io.deadline !== undefined && this.clock.now() > io.deadline;
        throw codeOf(error) === "timeout" && !isOwn ? await this.silent(step.about, error) : error;
      });
    }
  }

  /** Does some writes and reads the progress behind them, twice; what it says has to be possible. */
  private async look(before: readonly MemoryOp[], io: Io): Promise<void> {
    // Where the loader has accesses of its own to do behind its end, the core is looked at along with those.
    const last = this.ending === "no" || this.loader.lastAccesses ? [] : HALT_LOOKS;
    const words = await this.access([...before, ...progressLooks(this.base, this.loader.layout), ...last], io);
    const count = words.length - last.length;
    this.take(progressIn(words.subarray(0, count), { done: this.done, last: this.lastNumber }));
    if (last.length > 0 && this.posted.length === 0 && coreStateOf(words[words.length - 1]) === "halted")
      this.ending = "halted";
  }

  /** Accesses in one batch, behind the start of the core where it does not run yet. */
  private async access(ops: readonly MemoryOp[], io: Io): Promise<Uint32Array> {
    const { core } = this;
    if (this.runs) return core.memory.run(ops, io);
    if (this.kept) this.kept.target.isLent = true;
    const words = await core.resume(io, ops);
    this.runs = true;
    return words;
  }

  private take({ done, status, erased }: Progress): void {
    this.posted = this.posted.slice(done - this.done);
    const [next] = this.posted;
    this.done = done;
    this.erasedCount = erased;
    if (status === 0) return;
    // Nothing is begun any more, whatever was written.
    this.hasStopped = true;
    this.posted = [];
    this.waiting = [];
    this.loader.throwFailure(next?.about ?? { code: 0, name: "begin", limitMs: 0 }, next?.address ?? 0, status);
  }

  /** The error of a loader that does not answer, with what the core is doing instead. */
  private async silent(command: MailboxCommand, cause: unknown): Promise<FlashError> {
    const state = await this.core.state().catch(() => "unreachable");
    const text = `The loader in the chip's RAM does not answer (it was to ${command.name}); the core is ${state}`;
    return new FlashError("loader-failed", text, { details: { command: command.name, core: state }, cause });
  }
}

/** The first of two clears S_RESET_ST. */
const HALT_LOOKS: readonly MemoryOp[] = [0, 1].map(() => ({ op: "read", address: DHCSR.address, width: 32 }));
/** No further address. */
const NO_ADDRESS = 0xffffffff;
/** Milliseconds for reading the progress. */
const LOOK_MS = 5_000;
/** Milliseconds for a word over a wire of 1 kHz, the slowest: SWD has 8 bits of request, 2 turnarounds, 3 of ACK, 33 of data. */
const SLOWEST_WORD_MS = 50;
/** A look takes a turn; after this long they become rarer. */
const PATIENT_AFTER_US = 200_000;

/** A step that is about to be written. */
interface Placed {
  readonly step: QueueStep;
  readonly number: number;
  /** The address of its buffer; 0 without data. */
  readonly at: number;
  readonly freeAfter: number;
}
