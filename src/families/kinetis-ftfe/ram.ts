import { type Clock, type Io, within } from "../../base/clock.ts";
import { address32, hex32 } from "../../base/u32.ts";
import type { Chip, WorkRam } from "../../chips/chip.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import type { Core } from "../../cortex/core.ts";
import { FSTAT } from "./registers-flash.ts";
import { WDOG_STCTRLH } from "./registers-system.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { checkFlashAddress } from "../../flash/flash-range.ts";
import type { Loader } from "../../flash/loader.ts";
import type { Write } from "../../flash/plan/steps.ts";
import { type MailboxCommand, RamMailbox, SUCCESS, workRamOf } from "../../flash/ram-mailbox.ts";
import { dropCachedFlash, startChecks } from "./direct.ts";
import { FTFE_LOADER } from "./ftfe-code.ts";
import { FTFE, ftfeOf, phrasesOf, phraseWords, throwOnError } from "./ftfe-command.ts";
import { COMMAND, LAYOUT, MAILBOX, type MailboxWord, NO_PHRASE } from "./mailbox.ts";

/** A loader of our own that runs in the chip's RAM, switches the watchdog off, and serves commands from a mailbox. */
export function ramLoader(core: Core, chip: Chip, first: FlashBank, clock: Clock): Loader {
  const mailbox = new RamMailbox(core, chip, clock, codeFor(first));
  const post = (command: Posted, flash: MailboxCommand, words: Words, io?: Io) =>
    mailbox.post(command, flash, words, words.address, io);
  const phrase = (bank: FlashBank, write: Write, io?: Io) =>
    post("PROGRAM_PHRASE", FTFE.PGM8, checked(bank, { address: write.address, ...phraseIn(write) }), io);
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
    await post(command, flash, checked(bank, { ...words, ...phraseIn(opening) }), io);
    for (const write of more) await phrase(bank, write, io);
  };
  return {
    name: "ram",
    caps: { runsOn: true, eraseThen: true, marginBlank: true, provesErase: true, restores: "ram-and-core" },
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
      await post("PROGRAM", FTFE.PGMSEC, checked(bank, { address, length: bytes.length, buffer }), io);
    },
    crc: async (address, length, io) =>
      (await mailbox.call("CRC", CRC_COMMAND, checked(first, { address, length }), io)).result,
    settle: (io) => mailbox.settle(io),
    stop: (io = {}) => mailbox.stop(within(clock, START_MS, io)),
  };
}

/** The RAM that the loader works in; throws `no-loader` where the chip's data name none. */
export const ramFor = (chip: Chip): WorkRam => workRamOf(chip, LAYOUT);

type Posted = Exclude<keyof typeof COMMAND, "IDLE" | "QUIT">;

/** The loader's code with what it has to know of the controller. */
function codeFor(bank: FlashBank) {
  const { registers, buffer } = ftfeOf(bank);
  const set: Words = {
    failed: 0,
    controller: registers,
    sectionBuffer: buffer.start,
    sectionSize: bank.write.burst.size,
    watchdog: WDOG_STCTRLH.address,
  };
  const { IDLE: _, ...commands } = COMMAND;
  return {
    ...{ code: FTFE_LOADER, layout: LAYOUT, words: MAILBOX, commands, set },
    ...{ prepare: startChecks, finish: dropCachedFlash, throwFailure },
  };
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

/** The answer of a blank check that found a bit programmed. */
const NOT_BLANK = FSTAT.mask("MGSTAT0");

/** The controller takes 24 bits of address: throws `flash-range` for one that would reach another sector. */
function checked(bank: FlashBank, words: Words): Words {
  const { address, phraseAddress = NO_PHRASE } = words;
  if (address !== undefined) checkFlashAddress(address, bank);
  if (phraseAddress !== NO_PHRASE) checkFlashAddress(phraseAddress, bank);
  return words;
}

type Words = Partial<Record<MailboxWord, number>>;

/** Throws what a status says; one that FSTAT's errors don't explain stops the loader, too. */
function throwFailure(flash: MailboxCommand, address: number, status: number): never {
  throwOnError(flash, address, status);
  const details = { command: flash.name, address: address32(address), status: `0x${hex32(status)}` };
  throw new FlashError("loader-failed", `The loader could not ${flash.name} (status 0x${hex32(status)})`, { details });
}
