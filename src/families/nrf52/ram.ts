import { type Clock, type Io, within } from "../../base/clock.ts";
import { address32, hex32 } from "../../base/u32.ts";
import type { Chip } from "../../chips/chip.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import type { Core } from "../../cortex/core.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { checkFlashAddress } from "../../flash/flash-range.ts";
import type { Loader } from "../../flash/loader.ts";
import type { Write } from "../../flash/plan/steps.ts";
import {
  codeBytes,
  type MailboxCommand,
  type MailboxWords,
  RamMailbox,
  type RamProgram,
  SUCCESS,
  workRamOf,
} from "../../flash/ram-mailbox.ts";
import { startChecks, wordsOf } from "./direct.ts";
import { COMMAND, LAYOUT, MAILBOX, type MailboxWord, NO_WORD, STATUS } from "./mailbox.ts";
import { NRF52_LOADER } from "./nrf52-code.ts";
import { NVMC_BASE } from "./registers-nvmc.ts";
import { WDT_BASE } from "./registers-system.ts";

/** A loader of our own that runs in the chip's RAM, serves commands from a mailbox, and feeds a watchdog that runs. */
export function ramLoader(core: Core, chip: Chip, first: FlashBank, clock: Clock): Loader {
  const mailbox = new RamMailbox(core, workRamOf(chip, LAYOUT.end), programFor(core), clock);
  const program = async (bank: FlashBank, { address, bytes }: Write, io?: Io) => {
    const buffer = mailbox.nextBuffer();
    await core.memory.write(buffer, bytes, 32, io);
    await mailbox.post(PROGRAM, checked(bank, { address, length: bytes.length, buffer }), io);
  };
  return {
    name: "ram",
    caps: { runsOn: true, eraseThen: true, marginBlank: false, restores: "ram-and-core" },
    start: (io = {}) => mailbox.start(within(clock, START_MS, io)),
    isBlank: async (bank, address, length, io) => {
      const { status } = await mailbox.call(BLANK_CHECK, checked(bank, { address, length }), io);
      if (status !== SUCCESS && status !== STATUS.NOT_ERASED) failed(BLANK_CHECK, address, status);
      return status === SUCCESS;
    },
    eraseSector: async (bank, address, then, io) => {
      const [opening, ...more] = then.flatMap(wordWrites);
      const length = bank.sectors[0].size;
      const follows = opening ? thenWords(bank, opening) : { thenAddress: NO_WORD };
      await mailbox.post(eraseOf(bank), checked(bank, { address, length, ...follows }), io);
      for (const write of more) await program(bank, write, io);
    },
    program: (bank, address, bytes, io) => program(bank, { address, bytes }, io),
    crc: async (address, length, io) => (await mailbox.call(CRC, checked(first, { address, length }), io)).result,
    settle: (io) => mailbox.settle(io),
    stop: (io = {}) => mailbox.stop(within(clock, START_MS, io)),
  };
}

/** Loading a few hundred bytes and restoring four kilobytes; generous on a slow probe. */
const START_MS = 5_000;

const ERASE_PAGE: MailboxCommand = { code: COMMAND.ERASE_PAGE, name: "erase page", limitMs: 5_000 };
const ERASE_UICR: MailboxCommand = { code: COMMAND.ERASE_UICR, name: "erase UICR", limitMs: 5_000 };
const PROGRAM: MailboxCommand = { code: COMMAND.PROGRAM, name: "program words", limitMs: 5_000 };
const BLANK_CHECK: MailboxCommand = { code: COMMAND.BLANK_CHECK, name: "check a page", limitMs: 5_000 };
/** At 64 MHz a megabyte takes a third of a second. */
const CRC: MailboxCommand = { code: COMMAND.CRC, name: "count a CRC", limitMs: 10_000 };

const eraseOf = ({ kind }: FlashBank): MailboxCommand => (kind === "main" ? ERASE_PAGE : ERASE_UICR);

/** The code in RAM with what it has to know of these chips. */
const programFor = (core: Core): RamProgram<MailboxWord> => ({
  code: codeBytes(NRF52_LOADER),
  layout: LAYOUT,
  words: MAILBOX,
  setup: { command: COMMAND.IDLE, failed: 0, controller: NVMC_BASE, watchdog: WDT_BASE },
  quit: COMMAND.QUIT,
  startChecks: (io) => startChecks(core, io),
  failed,
});

type Words = MailboxWords<MailboxWord>;

/** Writes cut into words. */
const wordWrites = ({ address, bytes }: Write): readonly Write[] =>
  Array.from({ length: bytes.length / 4 }, (_, i) => ({
    address: address + 4 * i,
    bytes: bytes.subarray(4 * i, 4 * i + 4),
  }));

function thenWords(bank: FlashBank, { address, bytes }: Write): Words {
  checkFlashAddress(address, bank);
  return { thenAddress: address, thenWord: wordsOf(bytes)[0] };
}

function checked(bank: FlashBank, words: Words): Words {
  if (words.address !== undefined) checkFlashAddress(words.address, bank);
  return words;
}

/** Throws what a status says: the NVMC has no errors of its own, the loader has read back what it did. */
function failed(command: MailboxCommand, address: number, status: number): never {
  const details = { command: command.name, address: address32(address), status: `0x${hex32(status)}` };
  const text =
    status === STATUS.NOT_WRITTEN || status === STATUS.NOT_ERASED
      ? `The chip could not ${command.name} at ${address32(address)}: the cells read otherwise`
      : `The loader could not ${command.name} (status 0x${hex32(status)})`;
  throw new FlashError("loader-failed", text, { details });
}
