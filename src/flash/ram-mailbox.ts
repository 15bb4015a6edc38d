import type { MemoryOp } from "../adi/memory.ts";
import { readTwice, unsteadyRead } from "../adi/read-twice.ts";
import { equalBytes } from "../base/bytes.ts";
import { type Clock, type Io, within } from "../base/clock.ts";
import { codeOf } from "../base/errors.ts";
import { address32 } from "../base/u32.ts";
import type { Chip, WorkRam } from "../chips/chip.ts";
import type { Core, RegisterName } from "../cortex/core.ts";
import { FlashError } from "./flash-error.ts";

/** What every mailbox has beside its family's words: by their offset from its start. */
type OwnWord = "command" | "status" | "result";

/** Words of a mailbox by name, in the order in which they are written. */
export type MailboxWords<Word extends string> = Partial<Readonly<Record<Word | OwnWord, number>>>;

/**
 * A loader that runs in the chip's RAM and serves commands from a mailbox: the debugger fills it and writes the command
 * last; the loader does it, leaves status and result, and clears the command. After a failure it does nothing but to quit.
 */
export interface RamProgram<Word extends string> {
  /** Whole words; its entry is its first byte, with the mailbox's address in R0. */
  readonly code: Uint8Array;
  /** Where things lie in the work RAM, from its start; the code at 0, the stack below `stackTop`. */
  readonly layout: {
    readonly mailbox: number;
    readonly stackTop: number;
    /** One is filled while the other is programmed. */
    readonly buffers: readonly [number, number];
    readonly end: number;
  };
  /** The words by their offset; `command` 0 is none. */
  readonly words: Readonly<Record<Word | OwnWord, number>>;
  /** What the words hold before the loader starts. */
  readonly setup: MailboxWords<Word>;
  /** The command that ends it. */
  readonly quit: number;
  /** Throws what forbids flash commands now. */
  startChecks(io: Io): Promise<void>;
  /** With the loader ended and the core halted, before RAM and registers are given back. */
  readonly ended?: (io: Io) => Promise<void>;
  /** Throws what a status other than 0 says. */
  failed(command: MailboxCommand, address: number, status: number): never;
}

/** One command of a loader. */
export interface MailboxCommand {
  readonly code: number;
  /** For messages: `erase sector`. */
  readonly name: string;
  /** For the command and its way there and back. */
  readonly limitMs: number;
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

/** The status of a command that went well. */
export const SUCCESS = 0;

const IDLE = 0;

/** Registers that the loader changes; the core gets them back. */
const SAVED: readonly RegisterName[] = [
  ...Array.from({ length: 13 }, (_, i) => `R${i}` as RegisterName),
  "MSP",
  "PSP",
  "LR",
  "PC",
  "XPSR",
  "CFBP",
];

/** PRIMASK in CFBP's lowest byte: no interrupt of the firmware may run while its flash changes. */
const INTERRUPTS_MASKED = 0x00000001;
/** xPSR.T: the core executes Thumb instructions. */
const THUMB = 0x01000000;

/** The mailbox between the host and a loader in RAM, and what has to be given back afterwards. */
export class RamMailbox<Word extends string> {
  private readonly core: Core;
  private readonly workRam: WorkRam;
  private readonly program: RamProgram<Word>;
  private readonly clock: Clock;
  private readonly base: number;
  private ram: Uint8Array | undefined;
  private registers: readonly number[] = [];
  /** The command that was posted last, while its result has not been read. */
  private pending: Posted | undefined;
  /** Which buffer was filled last. */
  private buffer = 1;

  constructor(core: Core, workRam: WorkRam, program: RamProgram<Word>, clock: Clock) {
    this.core = core;
    this.workRam = workRam;
    this.program = program;
    this.clock = clock;
    this.base = workRam.start + program.layout.mailbox;
  }

  /** Keeps RAM and registers, puts the code there, checks it, and lets it run. */
  async start(io: Io): Promise<void> {
    const { core, workRam, program } = this;
    await program.startChecks(io);
    this.ram = await readTwice(core.memory, workRam.start, program.layout.end, io);
    this.registers = await steadyRegisters(core, io);
    await this.load(io);
    await core.writeRegisters(
      {
        R0: this.base,
        MSP: workRam.start + program.layout.stackTop,
        PC: workRam.start,
        XPSR: THUMB,
        CFBP: INTERRUPTS_MASKED,
      },
      io,
    );
    await core.resume(io);
  }

  /** Ends the loader and gives RAM and registers back. */
  async stop(io: Io): Promise<void> {
    const { core, workRam, program } = this;
    await this.call({ code: program.quit, name: "end", limitMs: 1_000 }, {}, io);
    await core.halt(io);
    await program.ended?.(io);
    if (this.ram) await core.memory.write(workRam.start, this.ram, 32, io);
    await core.writeRegisters(Object.fromEntries(SAVED.map((name, i) => [name, this.registers[i]])), io);
  }

  /** The buffer that the loader does not read now, as an address. */
  nextBuffer(): number {
    this.buffer = 1 - this.buffer;
    return this.workRam.start + this.program.layout.buffers[this.buffer];
  }

  /**
   * Posts the next command as soon as the loader is done with the one before, and does not wait for it. Throws the error
   * of the one before; the loader does not begin the next command then.
   */
  async post(command: MailboxCommand, words: MailboxWords<Word>, io: Io = {}): Promise<void> {
    const ops = this.mailboxOps(command, words);
    const before = this.pending;
    this.pending = { command, address: addressOf(words) };
    if (before) await this.end(before, ops, io);
    else await this.core.memory.run(ops, within(this.clock, command.limitMs, io));
  }

  /** Waits for what was posted last; throws its error. */
  async settle(io: Io = {}): Promise<void> {
    const before = this.pending;
    this.pending = undefined;
    if (before) await this.end(before, [], io);
  }

  /** Has a command done and waits for it; answers what it left in the mailbox. */
  async call(command: MailboxCommand, words: MailboxWords<Word>, io: Io = {}): Promise<MailboxAnswer> {
    await this.settle(io);
    return this.answer(command, this.mailboxOps(command, words), [], io);
  }

  /** Fills the mailbox, the command last. */
  private mailboxOps(command: MailboxCommand, words: MailboxWords<Word>): readonly MemoryOp[] {
    return [...this.writes(words), this.write("command", command.code)];
  }

  private async end({ command, address }: Posted, after: readonly MemoryOp[], io: Io): Promise<void> {
    const { status } = await this.answer(command, [], after, io).catch((error: unknown) => {
      // A loader that did not end this one has not begun the next; after any other error it may have.
      if (codeOf(error) === "loader-failed") this.pending = undefined;
      throw error;
    });
    if (status === SUCCESS) return;
    this.pending = undefined;
    this.program.failed(command, address, status);
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

  private async load(io: Io): Promise<void> {
    const { memory } = this.core;
    const { workRam, program } = this;
    const { code } = program;
    await memory.write(workRam.start, code, 32, io);
    if (!equalBytes(await memory.read(workRam.start, code.length, 32, io), code)) {
      throw new FlashError("loader-failed", `The RAM at ${address32(workRam.start)} does not hold the loader's code`);
    }
    await memory.run(this.writes(program.setup), io);
  }

  /** The error of a loader that does not answer, with what the core is doing instead. */
  private async silent(command: MailboxCommand, cause: unknown): Promise<FlashError> {
    const state = await this.core.state().catch(() => "unreachable");
    const text = `The loader in the chip's RAM does not answer (it was to ${command.name}); the core is ${state}`;
    return new FlashError("loader-failed", text, { details: { command: command.name, core: state }, cause });
  }

  private writes(words: MailboxWords<Word>): readonly MemoryOp[] {
    return Object.entries(words).map(([word, value]) => this.write(word as Word, value as number));
  }

  private write(word: Word | OwnWord, value: number): MemoryOp {
    return { op: "write", address: this.base + this.program.words[word], width: 32, value };
  }

  private read(word: OwnWord): MemoryOp {
    return { op: "read", address: this.base + this.program.words[word], width: 32 };
  }

  private wait(): MemoryOp {
    const address = this.base + this.program.words.command;
    return { op: "until", address, width: 32, mask: 0xffffffff, value: IDLE };
  }
}

const addressOf = (words: { readonly [word: string]: number | undefined }): number => words["address"] ?? 0;

/** What is given back at the end has to be right; throws `unsteady-read`. */
async function steadyRegisters(core: Core, io: Io): Promise<readonly number[]> {
  const [first, second] = [await core.readRegisters(SAVED, io), await core.readRegisters(SAVED, io)];
  const odd = SAVED.find((_, i) => first[i] !== second[i]);
  if (odd) throw unsteadyRead(`The core's ${odd}`);
  return first;
}

/** The RAM that a loader works in; throws `no-loader` where the chip's data name none with so many bytes. */
export function workRamOf({ name, workRam: [ram] }: Chip, bytes: number): WorkRam {
  if (ram && ram.length >= bytes) return ram;
  throw new FlashError("no-loader", `The ${name} has no RAM for the loader`, { details: { chip: name } });
}

/** A loader's code out of its hex digits, padded to words. */
export function codeBytes(hex: string): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(hex.length / 8) * 4);
  for (let i = 0; i < hex.length / 2; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
