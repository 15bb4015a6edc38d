import type { MemoryOp } from "../../adi/memory.ts";
import { readTwice, unsteadyRead } from "../../adi/read-twice.ts";
import { equalBytes } from "../../base/bytes.ts";
import { type Clock, type Io, within } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import { address32, hex32 } from "../../base/u32.ts";
import type { Chip, WorkRam } from "../../chips/chip.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import type { Core, RegisterName } from "../../cortex/core.ts";
import { FSTAT } from "./registers-flash.ts";
import { WDOG_STCTRLH } from "./registers-system.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { checkFlashAddress } from "../../flash/flash-range.ts";
import type { Loader } from "../../flash/loader.ts";
import type { Write } from "../../flash/plan/steps.ts";
import { dropCachedFlash, startChecks } from "./direct.ts";
import { FTFE_LOADER } from "./ftfe-code.ts";
import { FTFE, ftfeOf, phrasesOf, phraseWords, throwOnError } from "./ftfe-command.ts";
import { COMMAND, LAYOUT, MAILBOX, type MailboxWord, NO_PHRASE } from "./mailbox.ts";

/** A loader of our own that runs in the chip's RAM, switches the watchdog off, and serves commands from a mailbox. */
export function ramLoader(core: Core, chip: Chip, first: FlashBank, clock: Clock): Loader {
  const mailbox = new Mailbox(core, ramFor(chip), first, clock);
  const phrase = (bank: FlashBank, write: Write, io?: Io) =>
    mailbox.post("PROGRAM_PHRASE", FTFE.PGM8, checked(bank, { address: write.address, ...phraseIn(write) }), io);
  /** One phrase goes with the erase; what else has to follow is programmed behind it, by the loader in turn. */
  const erase = async (
    bank: FlashBank,
    command: "ERASE_SECTOR" | "ERASE_ALL",
    words: Words,
    then: readonly Write[],
    io?: Io,
  ) => {
    const [opening, ...more] = phrasesOf(then, bank);
    const flash = command === "ERASE_ALL" ? FTFE.ERSALL : FTFE.ERSSCR;
    await mailbox.post(command, flash, checked(bank, { ...words, ...phraseIn(opening) }), io);
    for (const write of more) await phrase(bank, write, io);
  };
  return {
    name: "ram",
    caps: { runsOn: true, eraseThen: true, marginBlank: true, restores: "ram-and-core" },
    start: (io = {}) => mailbox.start(within(clock, START_MS, io)),
    isBlank: async (bank, address, length, io) => {
      const { status } = await mailbox.call("BLANK_CHECK", FTFE.RD1SEC, checked(bank, { address, length }), io);
      if (status !== SUCCESS && status !== NOT_BLANK) throwFailure(FTFE.RD1SEC, address, status);
      return status === SUCCESS;
    },
    eraseSector: (bank, address, then, io) => erase(bank, "ERASE_SECTOR", { address }, then, io),
    eraseBank: (bank, then, io) => erase(bank, "ERASE_ALL", {}, then, io),
    program: async (bank, address, bytes, io) => {
      if (bytes.length === bank.write.unit) return phrase(bank, { address, bytes }, io);
      const buffer = mailbox.nextBuffer();
      await core.memory.write(buffer, bytes, 32, io);
      await mailbox.post("PROGRAM", FTFE.PGMSEC, checked(bank, { address, length: bytes.length, buffer }), io);
    },
    crc: async (address, length, io) =>
      (await mailbox.call("CRC", CRC_COMMAND, checked(first, { address, length }), io)).result,
    settle: (io) => mailbox.settle(io),
    stop: (io = {}) => mailbox.stop(within(clock, START_MS, io)),
  };
}

/** The RAM that the loader works in; throws `no-loader` where the chip's data name none. */
export function ramFor({ name, workRam: [ram] }: Chip): WorkRam {
  if (ram && ram.length >= LAYOUT.end) return ram;
  throw new FlashError("no-loader", `The ${name} has no RAM for the loader`, { details: { chip: name } });
}

/** Loading a few hundred bytes and restoring four kilobytes; generous on a slow probe. */
const START_MS = 5_000;

/** The CRC of a whole megabyte takes the loader a second and a half at the reset clock. */
const CRC_COMMAND = { code: 0, name: "count a CRC", limitMs: 20_000 } as const;

const phraseIn = (phrase: Write | undefined): Partial<Record<MailboxWord, number>> => {
  if (!phrase) return { phraseAddress: NO_PHRASE };
  const [phrase0, phrase1] = phraseWords(phrase.bytes);
  return { phraseAddress: phrase.address, phrase0, phrase1 };
};

/** What is given back at the end has to be right; throws `unsteady-read`. */
async function steadyRegisters(core: Core, io: Io): Promise<readonly number[]> {
  const [first, second] = [await core.readRegisters(SAVED, io), await core.readRegisters(SAVED, io)];
  const odd = SAVED.find((_, i) => first[i] !== second[i]);
  if (odd) throw unsteadyRead(`The core's ${odd}`);
  return first;
}

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

/** The loader's status when FSTAT had no error bit. */
const SUCCESS = 0;
/** The answer of a blank check that found a bit programmed. */
const NOT_BLANK = FSTAT.mask("MGSTAT0");

/** PRIMASK in CFBP's lowest byte: no interrupt of the firmware may run while its flash changes. */
const INTERRUPTS_MASKED = 0x00000001;
/** xPSR.T: the core executes Thumb instructions. */
const THUMB = 0x01000000;

/** The mailbox between the host and the loader in RAM, and what has to be given back afterwards. */
class Mailbox {
  private readonly core: Core;
  private readonly workRam: WorkRam;
  private readonly flash: FlashBank;
  private readonly clock: Clock;
  private readonly base: number;
  private ram: Uint8Array | undefined;
  private registers: readonly number[] = [];
  /** The command that was posted last, while its result has not been read. */
  private pending: Posted | undefined;
  /** Which buffer was filled last. */
  private buffer = 1;

  constructor(core: Core, workRam: WorkRam, flash: FlashBank, clock: Clock) {
    this.core = core;
    this.workRam = workRam;
    this.flash = flash;
    this.clock = clock;
    this.base = workRam.start + LAYOUT.mailbox;
  }

  /** Keeps RAM and registers, puts the code there, checks it, and lets it run. */
  async start(io: Io): Promise<void> {
    const { core, workRam } = this;
    await startChecks(core, io);
    this.ram = await readTwice(core.memory, workRam.start, LAYOUT.end, io);
    this.registers = await steadyRegisters(core, io);
    await this.load(io);
    await core.writeRegisters(
      {
        R0: this.base,
        MSP: workRam.start + LAYOUT.stackTop,
        PC: workRam.start + LAYOUT.code,
        XPSR: THUMB,
        CFBP: INTERRUPTS_MASKED,
      },
      io,
    );
    await core.resume(io);
  }

  /** Ends the loader, drops stale flash lines, and gives RAM and registers back. */
  async stop(io: Io): Promise<void> {
    const { core, workRam } = this;
    await this.call("QUIT", { code: 0, name: "end", limitMs: 1_000 }, {}, io);
    await core.halt(io);
    await dropCachedFlash(core, io);
    if (this.ram) await core.memory.write(workRam.start, this.ram, 32, io);
    await core.writeRegisters(Object.fromEntries(SAVED.map((name, i) => [name, this.registers[i]])), io);
  }

  /** The buffer that the loader does not read now, as an address. */
  nextBuffer(): number {
    this.buffer = 1 - this.buffer;
    return this.workRam.start + LAYOUT.buffers[this.buffer];
  }

  /**
   * Posts the next command as soon as the loader is done with the one before, and does not wait for it. Throws the error
   * of the one before; the loader does not begin the next command then.
   */
  async post(command: keyof typeof COMMAND, flash: FlashCommand, words: Words, io: Io = {}): Promise<void> {
    const mailboxOps = this.mailboxOps(command, words);
    const before = this.pending;
    this.pending = { flash, address: words.address ?? 0 };
    if (before) await this.end(before, mailboxOps, io);
    else await this.core.memory.run(mailboxOps, within(this.clock, flash.limitMs, io));
  }

  /** Waits for what was posted last; throws its error. */
  async settle(io: Io = {}): Promise<void> {
    const before = this.pending;
    this.pending = undefined;
    if (before) await this.end(before, [], io);
  }

  /** Has a command done and waits for it; answers what it left in the mailbox. */
  async call(command: keyof typeof COMMAND, flash: FlashCommand, words: Words, io: Io = {}): Promise<Answer> {
    await this.settle(io);
    return this.answer(flash, this.mailboxOps(command, words), [], io);
  }

  /** Fills the mailbox, the command last. */
  private mailboxOps(command: keyof typeof COMMAND, words: Words): readonly MemoryOp[] {
    const fill = Object.entries(words).map(([word, value]) => this.write(word as MailboxWord, value));
    return [...fill, this.write("command", COMMAND[command])];
  }

  private async end({ flash, address }: Posted, after: readonly MemoryOp[], io: Io): Promise<void> {
    const { status } = await this.answer(flash, [], after, io).catch((error: unknown) => {
      // A loader that did not end this one has not begun the next; after any other error it may have.
      if (codeOf(error) === "loader-failed") this.pending = undefined;
      throw error;
    });
    if (status === SUCCESS) return;
    this.pending = undefined;
    throwFailure(flash, address, status);
  }

  /** Waits until the loader has cleared the command, and takes its answer before anything else is posted. */
  private async answer(
    flash: FlashCommand,
    before: readonly MemoryOp[],
    after: readonly MemoryOp[],
    io: Io,
  ): Promise<Answer> {
    const limits = within(this.clock, flash.limitMs, io);
    const looks = [this.wait(), this.read("status"), this.read("result")];
    try {
      const [, status, result] = await this.core.memory.run([...before, ...looks, ...after], limits);
      if (status !== SUCCESS) await this.confirm(status, limits);
      return { status, result };
    } catch (cause) {
      throw codeOf(cause) === "dap-until-timeout" ? await this.silent(flash, cause) : cause;
    }
  }

  /** A failure decides what happens next, so it is read again before it is believed; the final verify proves success. */
  private async confirm(status: number, io: Io): Promise<void> {
    const [again] = await this.core.memory.run([this.read("status")], io);
    if (again !== status) throw unsteadyRead("The loader's status");
  }

  private async load(io: Io): Promise<void> {
    const { memory } = this.core;
    const { flash, workRam } = this;
    const { registers, buffer } = ftfeOf(flash);
    const code = codeBytes();
    await memory.write(workRam.start + LAYOUT.code, code, 32, io);
    if (!equalBytes(await memory.read(workRam.start + LAYOUT.code, code.length, 32, io), code)) {
      throw new FlashError("loader-failed", `The RAM at ${address32(workRam.start)} does not hold the loader's code`);
    }
    const set: Words = {
      command: COMMAND.IDLE,
      failed: 0,
      controller: registers,
      sectionBuffer: buffer.start,
      sectionSize: flash.write.burst.size,
      watchdog: WDOG_STCTRLH.address,
    };
    await memory.run(
      Object.entries(set).map(([word, value]) => this.write(word as MailboxWord, value)),
      io,
    );
  }

  /** The error of a loader that does not answer, with what the core is doing instead. */
  private async silent(flash: FlashCommand, cause: unknown): Promise<FlashError> {
    const state = await this.core.state().catch(() => "unreachable");
    const text = `The loader in the chip's RAM does not answer (it was to ${flash.name}); the core is ${state}`;
    return new FlashError("loader-failed", text, { details: { command: flash.name, core: state }, cause });
  }

  private write(word: MailboxWord, value: number): MemoryOp {
    return { op: "write", address: this.base + MAILBOX[word], width: 32, value };
  }

  private read(word: MailboxWord): MemoryOp {
    return { op: "read", address: this.base + MAILBOX[word], width: 32 };
  }

  private wait(): MemoryOp {
    return { op: "until", address: this.base + MAILBOX.command, width: 32, mask: 0xffffffff, value: COMMAND.IDLE };
  }
}

interface FlashCommand {
  readonly code: number;
  readonly name: string;
  readonly limitMs: number;
}

/** A command that was posted to the loader, and where it works. */
interface Posted {
  readonly flash: FlashCommand;
  readonly address: number;
}

/** What a command left in the mailbox. */
interface Answer {
  readonly status: number;
  readonly result: number;
}

/** The controller takes 24 bits of address: throws `flash-range` for one that would reach another sector. */
function checked(bank: FlashBank, words: Words): Words {
  const { address, phraseAddress = NO_PHRASE } = words;
  if (address !== undefined) checkFlashAddress(address, bank);
  if (phraseAddress !== NO_PHRASE) checkFlashAddress(phraseAddress, bank);
  return words;
}

type Words = Partial<Record<MailboxWord, number>>;

/** Throws what a status says; one that FSTAT's errors don't explain stops the loader, too. */
function throwFailure(flash: FlashCommand, address: number, status: number): never {
  throwOnError(flash, address, status);
  const details = { command: flash.name, address: address32(address), status: `0x${hex32(status)}` };
  throw new FlashError("loader-failed", `The loader could not ${flash.name} (status 0x${hex32(status)})`, { details });
}

/** The loader's code, padded to words. */
function codeBytes(): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(FTFE_LOADER.length / 8) * 4);
  for (let i = 0; i < FTFE_LOADER.length / 2; i++) bytes[i] = Number.parseInt(FTFE_LOADER.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
