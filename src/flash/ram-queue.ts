import type { MemoryOp } from "../adi/memory.ts";
import { readTwice, unsteadyRead } from "../adi/read-twice.ts";
import { bytesOfWords, wordWrites } from "../adi/word-ops.ts";
import { type Clock, type Io, within } from "../base/clock.ts";
import { pollUntil } from "../base/deadlines.ts";
import { codeOf } from "../base/errors.ts";
import { randomWords } from "../base/random.ts";
import { address32 } from "../base/u32.ts";
import type { Chip } from "../chips/chip.ts";
import type { Core, RegisterName } from "../cortex/core.ts";
import { areWritten, registerWrites } from "../cortex/core-registers.ts";
import { CodeUpload } from "./queue/code-upload.ts";
import { FlashError } from "./flash-error.ts";
import { type CheckKeys, type Checks, checksOf, keysFrom } from "./hash/checks.ts";
import { type KeptRegisters, keepRegisters } from "./kept-registers.ts";
import type { StartOptions } from "./loader.ts";
import { isWorthSending, type QueueLayout, type QueueRoom, type QueueStep, roomFor, withStep } from "./queue/room.ts";
import { codeBytes, type MailboxCommand, workRamOf } from "./ram-mailbox.ts";
import { coreStateOf } from "../cortex/core-state.ts";
import { DHCSR } from "../registers/scs.ts";
import { CFBP_INTERRUPTS_MASKED, XPSR_THUMB } from "../registers/special.ts";

/** What a family's loader with a queue is, and what it needs around it. */
export interface QueueLoader {
  /** Machine code in hex; its entry is its first byte. */
  readonly code: string;
  readonly layout: QueueLayout;
  /** The command that ends the loader. */
  readonly quit: number;
  /** The family's words of the set-up, between the keys and the ring; asked for behind `prepare`. */
  readonly setup: () => readonly number[];
  /** Throws where the chip is not in a state for flash commands, where that takes more than looks. */
  prepare?(core: Core, io: StartOptions): Promise<void>;
  /** What is looked at before it starts. */
  readonly looks?: readonly MemoryOp[];
  /** Throws where the chip is not in a state for flash commands, by the words of the looks. */
  check?(words: Uint32Array): void;
  /** Keeps what else the loader uses and is wanted back. */
  keep?(core: Core, io: Io): Promise<void>;
  /** Accesses for after the loader has ended. */
  lastAccesses?(): readonly MemoryOp[];
  /** After the loader has ended, before RAM and registers are given back. */
  finish?(core: Core, io: Io): Promise<void>;
  /** Gives back what else was kept. */
  giveBack?(core: Core, io: Io): Promise<void>;
  /** Throws what a status says. */
  throwFailure(command: MailboxCommand, address: number, status: number): never;
}

/** Words of a step: seven and the checks of its data, the checks of those, its number. */
const STEP_WORDS = 12;
/** Words of progress behind the set-up: done, status, failed, erased. */
const PROGRESS = { done: 0x0, status: 0x4, failed: 0x8, erased: 0xc } as const;
/** Pause between two looks at the progress, in microseconds; a look takes a turn of the probe anyway. */
const LOOK_EVERY_US = 50;
const NOTHING: Checks = { first: 0, second: 0, erased: 0 };

/** What the loader may change: everything at once, and sectors, a bit for each in words of 32. */
export interface PermittedBits {
  readonly everything: boolean;
  readonly sectors: readonly number[];
}

/** What the target says of how far it has come. */
interface Progress {
  readonly done: number;
  readonly status: number;
  readonly erased: number;
}

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
  /** Others for each start, so that no step of an earlier one is ever sound. */
  private keys: CheckKeys = keysFrom(randomWords(3));
  private nonce = randomWords(1)[0];
  private room: QueueRoom;
  /** How much RAM there is from `base` on. */
  private readonly ramLength: number;
  private ram: Uint8Array | undefined;
  private registers: KeptRegisters | undefined;
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
  }

  /** How many sectors the target has found not blank that should have been, and has erased; known after `settle`. */
  get erased(): number {
    return this.erasedCount;
  }

  /** Keeps RAM and registers where they are wanted back, and puts code and set-up there; it runs from the first transfer on. */
  async start(io: StartOptions, permitted: PermittedBits): Promise<void> {
    const { core, base } = this;
    const { layout } = this.loader;
    this.forget();
    this.keys = keysFrom(randomWords(3));
    this.nonce = randomWords(1)[0];
    await this.loader.prepare?.(core, io);
    const isKept = io.keepRam ?? true;
    if (isKept) this.early = undefined;
    const { ramLength } = this;
    this.room = roomFor(layout, { isKept, isLong: permitted.everything, ramLength });
    this.users = Array.from({ length: this.room.bufferCount }, () => 0);
    if (isKept) {
      const { looks = [] } = this.loader;
      if (looks.length > 0) this.loader.check?.(await core.memory.run(looks, io));
      const used = this.room.buffers + this.room.bufferCount * this.room.bufferSize - layout.start;
      this.ram = await readTwice(core.memory, base + layout.start, used, io);
      this.registers = await keepRegisters(core, io);
      await this.loader.keep?.(core, io);
    }
    await this.putCode(permitted, isKept, io);
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
    this.runs = false;
    this.ram = undefined;
    this.registers = undefined;
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

  /** Ends the loader where it has not stopped, and gives RAM and registers back where they were kept. */
  async stop(io: Io): Promise<void> {
    const { core, base, loader } = this;
    await this.end(io);
    await this.halt(io);
    await loader.finish?.(core, io);
    if (this.ram) {
      await loader.giveBack?.(core, io);
      await core.memory.write(base + loader.layout.start, this.ram, 32, io);
    }
    if (this.registers) await core.writeRegisters(this.registers, io);
  }

  /** A loader that has ended has halted by its BKPT; one that has not is halted. */
  private async halt(io: Io): Promise<void> {
    const { core, loader } = this;
    const look: MemoryOp = { op: "read", address: DHCSR.address, width: 32 };
    const own = loader.lastAccesses?.() ?? [];
    const words = await core.memory.run([look, look, ...own], io);
    if (coreStateOf(words[1]) === "halted") return;
    await core.halt(io);
    if (own.length > 0) await core.memory.run(own, io);
  }

  private async quit(io: Io): Promise<void> {
    const about = { code: 0, name: "end", limitMs: 1_000 };
    const step = { about, command: this.loader.quit, address: 0, length: 0, operands: [NO_ADDRESS, 0, 0] } as const;
    this.waiting = [...this.waiting, step];
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
      ...this.stepOps(step, number, at),
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

  private stepOps(step: QueueStep, number: number, at: number): readonly MemoryOp[] {
    const { command, address, length, operands, data } = step;
    const own = data ? this.checks(address, data) : NOTHING;
    const words = [command, address, length, at, ...operands, own.first, own.second];
    const all = this.checks(number, bytesOfWords(words));
    const place = this.stepAt(number % this.room.stepCount);
    // What stands in a slot from before, whoever left it there, has another number.
    const marked = (this.nonce + number) >>> 0;
    return [...words, all.first, all.second, marked].map((value, i) => this.write(place + 4 * i, value));
  }

  private stepAt(slot: number): number {
    return this.base + this.loader.layout.steps + slot * STEP_WORDS * 4;
  }

  private checks(address: number, bytes: Uint8Array): Checks {
    return checksOf(this.keys, { address, bytes, nonce: this.nonce, erasedWord: 0 });
  }

  private setupBytes({ everything, sectors }: PermittedBits): Uint8Array {
    const { base, keys, nonce } = this;
    const { setup } = this.loader;
    const { stepCount, bufferCount, bufferSize } = this.room;
    const buffers = base + this.room.buffers;
    const ring = [this.stepAt(0), stepCount - 1, buffers, buffers + bufferCount * bufferSize];
    const words = [keys.key1, keys.key2, keys.key3, nonce, ...setup(), everything ? 1 : 0, ...ring, ...sectors];
    const own = this.checks(0, bytesOfWords(words));
    return bytesOfWords([...words, own.first, own.second, 0, 0, 0, 0]);
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
        ...wordWrites(base + layout.setup, this.setupBytes(permitted)),
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
    const at = this.progressAt;
    const looks = Object.values(PROGRESS).map((offset): MemoryOp => ({ op: "read", address: at + offset, width: 32 }));
    const [done, status, failed, erased, ...again] = await this.access([...before, ...looks, ...looks], io);
    // A status is the last word that the loader writes: what is read behind it is final.
    const isFailed = status !== 0;
    const last = isFailed ? again[0] : done;
    const isPossible = done >= this.done && done <= again[0] && again[0] <= this.lastNumber;
    // What is counted while steps are under way may grow between two looks; behind the last of them it is what it is.
    const isCounted = done === this.lastNumber || isFailed ? erased === again[3] : erased <= again[3];
    if (!isPossible || !isCounted || (isFailed && (status !== again[1] || failed !== again[2] || failed !== last + 1)))
      throw unsteadyRead("The loader's progress");
    this.take({ done: last, status, erased });
  }

  /** Accesses in one batch, behind the start of the core where it does not run yet. */
  private async access(ops: readonly MemoryOp[], io: Io): Promise<Uint32Array> {
    const { core } = this;
    if (this.runs) return core.memory.run(ops, io);
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

  private get progressAt(): number {
    const { setup } = this.loader.layout;
    return this.base + setup + 4 * SETUP_WORDS;
  }

  private write(address: number, value: number): MemoryOp {
    return { op: "write", address, width: 32, value: value >>> 0 };
  }
}

/** The set-up's words with their checks. */
const SETUP_WORDS = 34;
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
