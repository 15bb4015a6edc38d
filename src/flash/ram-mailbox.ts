import type { MemoryOp } from "../adi/memory.ts";
import { readTwice, unsteadyRead } from "../adi/read-twice.ts";
import { equalBytes } from "../base/bytes.ts";
import { type Clock, type Io, within } from "../base/clock.ts";
import { codeOf } from "../base/errors.ts";
import { address32 } from "../base/u32.ts";
import type { Chip, WorkRam } from "../chips/chip.ts";
import type { Core } from "../cortex/core.ts";
import { FlashError } from "./flash-error.ts";
import type { StartOptions } from "./loader.ts";
import { type KeptRegisters, keepRegisters } from "./kept-registers.ts";
import { CFBP_INTERRUPTS_MASKED, XPSR_THUMB } from "../registers/special.ts";

/** One command of a loader in RAM, as its errors name it, and how long it may take. */
export interface MailboxCommand {
  readonly code: number;
  readonly name: string;
  readonly limitMs: number;
}

/** The words that every mailbox begins with, by their offset; `command` is written last and cleared by the loader. */
export const COMMON_WORDS = { command: 0x00, status: 0x04, result: 0x08 } as const;

type CommonWord = keyof typeof COMMON_WORDS;

/** No command waits. */
const IDLE = 0;
/** The loader's status when nothing went wrong. */
export const SUCCESS = 0;

/** Where things lie in the work RAM, from its start; `buffers` are filled in turn, one while the other is programmed. */
export interface MailboxLayout {
  readonly code: number;
  readonly mailbox: number;
  /** The stack grows down from here. */
  readonly stackTop: number;
  readonly buffers: readonly [number, number];
  readonly end: number;
}

/** What a family's loader in RAM is, and what it needs around it. */
export interface MailboxLoader<Word extends string, Command extends string> {
  /** Machine code in hex; its entry is its first byte. */
  readonly code: string;
  readonly layout: MailboxLayout;
  /** The family's own words by their offset, beside the common ones. */
  readonly words: { readonly [word in Word]: number };
  readonly commands: { readonly [command in Command | "QUIT"]: number };
  /** Words that are set once, before the loader starts. */
  readonly set: { readonly [word in Word]?: number };
  /** Throws where the chip is not in a state for flash commands. */
  prepare(core: Core, io: Io): Promise<void>;
  /** After the loader has ended, before RAM and registers are given back. */
  finish(core: Core, io: Io): Promise<void>;
  /** Throws what a status other than success says. */
  throwFailure(command: MailboxCommand, address: number, status: number): never;
}

/** What a command left in the mailbox. */
export interface MailboxAnswer {
  readonly status: number;
  readonly result: number;
}

/** A command that was posted to the loader, and where it works. */
interface Posted {
  readonly command: MailboxCommand;
  readonly address: number;
}

/** The RAM that a loader works in; throws `no-loader` where the chip's data name none. */
export function workRamOf({ name, workRam: [ram] }: Chip, { end }: Pick<MailboxLayout, "end">): WorkRam {
  if (ram && ram.length >= end) return ram;
  throw new FlashError("no-loader", `The ${name} has no RAM for the loader`, { details: { chip: name } });
}

/** The mailbox between the host and a loader in RAM, and what has to be given back afterwards. */
export class RamMailbox<Word extends string, Command extends string> {
  private readonly core: Core;
  private readonly clock: Clock;
  private readonly workRam: WorkRam;
  private readonly loader: MailboxLoader<Word, Command>;
  private readonly base: number;
  private ram: Uint8Array | undefined;
  private registers: KeptRegisters | undefined;
  /** The command that was posted last, while its result has not been read. */
  private pending: Posted | undefined;
  /** Whether the loader did not answer: what runs on the core may be something else. */
  private isSilent = false;
  /** Which buffer was filled last. */
  private buffer = 1;

  constructor(core: Core, chip: Chip, clock: Clock, loader: MailboxLoader<Word, Command>) {
    this.core = core;
    this.clock = clock;
    this.loader = loader;
    this.workRam = workRamOf(chip, loader.layout);
    this.base = this.workRam.start + loader.layout.mailbox;
  }

  /**
   * Keeps RAM and registers where they are wanted back, puts the code there, checks it, and lets it run; `more` words are
   * set beside the loader's own.
   */
  async start(io: StartOptions, more: { readonly [word in Word]?: number } = {}): Promise<void> {
    const { core, workRam } = this;
    const { layout } = this.loader;
    this.isSilent = false;
    await this.loader.prepare(core, io);
    if (io.keepRam ?? true) {
      this.ram = await readTwice(core.memory, workRam.start, layout.end, io);
      this.registers = await keepRegisters(core, io);
    }
    await this.load({ ...this.loader.set, ...more }, io);
    await core.writeRegisters(
      {
        R0: this.base,
        MSP: workRam.start + layout.stackTop,
        PC: workRam.start + layout.code,
        XPSR: XPSR_THUMB,
        CFBP: CFBP_INTERRUPTS_MASKED,
      },
      io,
    );
    await core.resume(io);
  }

  /** Ends the loader, and gives RAM and registers back where they were kept; one that did not answer is left alone. */
  async stop(io: Io): Promise<void> {
    const { core, workRam } = this;
    if (this.isSilent) return;
    await this.call("QUIT", { code: 0, name: "end", limitMs: 1_000 }, {}, io);
    await core.halt(io);
    await this.loader.finish(core, io);
    if (this.ram) await core.memory.write(workRam.start, this.ram, 32, io);
    if (this.registers) await core.writeRegisters(this.registers, io);
  }

  /** The buffer that the loader does not read now, as an address. */
  nextBuffer(): number {
    this.buffer = 1 - this.buffer;
    return this.workRam.start + this.loader.layout.buffers[this.buffer];
  }

  /**
   * Posts the next command as soon as the loader is done with the one before, and does not wait for it. Throws the error
   * of the one before; the loader does not begin the next command then.
   */
  async post(
    command: Command,
    about: MailboxCommand,
    words: { readonly [word in Word]?: number },
    address = 0,
    io: Io = {},
  ): Promise<void> {
    const mailboxOps = this.mailboxOps(command, words);
    const before = this.pending;
    this.pending = { command: about, address };
    if (before) await this.end(before, mailboxOps, io);
    else await this.core.memory.run(mailboxOps, within(this.clock, about.limitMs, io));
  }

  /** Waits for what was posted last; throws its error. */
  async settle(io: Io = {}): Promise<void> {
    const before = this.pending;
    this.pending = undefined;
    if (before) await this.end(before, [], io);
  }

  /** Has a command done and waits for it; answers what it left in the mailbox. */
  async call(
    command: Command | "QUIT",
    about: MailboxCommand,
    words: { readonly [word in Word]?: number },
    io: Io = {},
  ): Promise<MailboxAnswer> {
    await this.settle(io);
    return this.answer(about, this.mailboxOps(command, words), [], io);
  }

  /** Fills the mailbox, the command last. */
  private mailboxOps(command: Command | "QUIT", words: { readonly [word in Word]?: number }): readonly MemoryOp[] {
    return [...this.fill(words), this.write("command", this.loader.commands[command])];
  }

  private fill(words: { readonly [word in Word]?: number }): readonly MemoryOp[] {
    const entries = Object.entries(words) as [Word, number][];
    return entries.map(([word, value]) => this.write(word, value));
  }

  private async end({ command, address }: Posted, after: readonly MemoryOp[], io: Io): Promise<void> {
    const { status } = await this.answer(command, [], after, io).catch((error: unknown) => {
      // A loader that did not end this one has not begun the next; after any other error it may have.
      if (codeOf(error) === "loader-failed") this.pending = undefined;
      throw error;
    });
    if (status === SUCCESS) return;
    this.pending = undefined;
    this.loader.throwFailure(command, address, status);
  }

  /** Waits until the loader has cleared the command, and takes its answer before anything else is posted. */
  private async answer(
    command: MailboxCommand,
    before: readonly MemoryOp[],
    after: readonly MemoryOp[],
    io: Io,
  ): Promise<MailboxAnswer> {
    const limits = within(this.clock, command.limitMs, io);
    const looks = [this.wait(), this.read("status"), this.read("result")];
    try {
      const [, status, result] = await this.core.memory.run([...before, ...looks, ...after], limits);
      if (status !== SUCCESS) await this.confirm(status, limits);
      return { status, result };
    } catch (cause) {
      throw codeOf(cause) === "dap-until-timeout" ? await this.silent(command, cause) : cause;
    }
  }

  /** A failure decides what happens next, so it is read again before it is believed; the final verify proves success. */
  private async confirm(status: number, io: Io): Promise<void> {
    const [again] = await this.core.memory.run([this.read("status")], io);
    if (again !== status) throw unsteadyRead("The loader's status");
  }

  private async load(set: { readonly [word in Word]?: number }, io: Io): Promise<void> {
    const { memory } = this.core;
    const at = this.workRam.start + this.loader.layout.code;
    const code = codeBytes(this.loader.code);
    await memory.write(at, code, 32, io);
    if (!equalBytes(await memory.read(at, code.length, 32, io), code)) {
      throw new FlashError(
        "loader-failed",
        `The RAM at ${address32(this.workRam.start)} does not hold the loader's code`,
      );
    }
    await memory.run([this.write("command", IDLE), ...this.fill(set)], io);
  }

  /** The error of a loader that does not answer, with what the core is doing instead. */
  private async silent(command: MailboxCommand, cause: unknown): Promise<FlashError> {
    this.isSilent = true;
    const state = await this.core.state().catch(() => "unreachable");
    const text = `The loader in the chip's RAM does not answer (it was to ${command.name}); the core is ${state}`;
    return new FlashError("loader-failed", text, { details: { command: command.name, core: state }, cause });
  }

  private offsetOf(word: Word | CommonWord): number {
    return word in COMMON_WORDS ? COMMON_WORDS[word as CommonWord] : this.loader.words[word as Word];
  }

  private write(word: Word | CommonWord, value: number): MemoryOp {
    return { op: "write", address: this.base + this.offsetOf(word), width: 32, value };
  }

  private read(word: CommonWord): MemoryOp {
    return { op: "read", address: this.base + this.offsetOf(word), width: 32 };
  }

  private wait(): MemoryOp {
    return { op: "until", address: this.base + COMMON_WORDS.command, width: 32, mask: 0xffffffff, value: IDLE };
  }
}

/** Machine code in hex as bytes, padded to words. */
export function codeBytes(code: string): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(code.length / 8) * 4);
  for (let i = 0; i < code.length / 2; i++) bytes[i] = Number.parseInt(code.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
