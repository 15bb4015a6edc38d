import { type Clock, type Io, within } from "../../base/clock.ts";
import { address32, hex32 } from "../../base/u32.ts";
import type { Chip } from "../../chips/chip.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import type { Core } from "../../cortex/core.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { checkFlashAddress } from "../../flash/flash-range.ts";
import type { Loader } from "../../flash/loader.ts";
import type { Write } from "../../flash/plan/steps.ts";
import { type MailboxCommand, RamMailbox, SUCCESS } from "../../flash/ram-mailbox.ts";
import { startChecks, wordsOf } from "./start-checks.ts";
import { COMMAND, LAYOUT, MAILBOX, type MailboxWord, NO_WORD, STATUS } from "./mailbox.ts";
import { NRF52_LOADER } from "./nrf52-code.ts";
import { NVMC_BASE } from "./registers-nvmc.ts";
import { WDT_BASE } from "./registers-system.ts";

/** A loader of our own that runs in the chip's RAM, serves commands from a mailbox, and feeds a watchdog that runs. */
export function ramLoader(core: Core, chip: Chip, first: FlashBank, clock: Clock): Loader {
  const mailbox = new RamMailbox<MailboxWord, Command>(core, chip, clock, {
    ...{ code: NRF52_LOADER, layout: LAYOUT, words: MAILBOX, commands: COMMANDS, throwFailure },
    set: { failed: 0, controller: NVMC_BASE, watchdog: WDT_BASE },
    prepare: startChecks,
    finish: async () => {},
  });
  const program = async (bank: FlashBank, { address, bytes }: Write, io?: Io) => {
    checkFlashAddress(address, bank);
    const buffer = mailbox.nextBuffer();
    await core.memory.write(buffer, bytes, 32, io);
    await mailbox.post("PROGRAM", ACTS.PROGRAM, { address, length: bytes.length, buffer }, address, io);
  };
  return {
    name: "ram",
    caps: { runsOn: true, eraseThen: true, marginBlank: false, provesErase: true, restores: "ram-and-core" },
    start: (io = {}) => mailbox.start(within(clock, START_MS, io)),
    isBlank: async (bank, address, length, io) => {
      checkFlashAddress(address, bank);
      const { status } = await mailbox.call("BLANK_CHECK", ACTS.BLANK_CHECK, { address, length }, io);
      if (status !== SUCCESS && status !== STATUS.NOT_ERASED) throwFailure(ACTS.BLANK_CHECK, address, status);
      return status === SUCCESS;
    },
    eraseSector: async (bank, address, then, io) => {
      checkFlashAddress(address, bank);
      const [opening, ...more] = then.flatMap(wordWrites);
      const length = bank.sectors[0].size;
      const follows = opening ? thenWords(bank, opening) : { thenAddress: NO_WORD };
      const command = bank.kind === "main" ? "ERASE_PAGE" : "ERASE_UICR";
      await mailbox.post(command, ACTS[command], { address, length, ...follows }, address, io);
      for (const write of more) await program(bank, write, io);
    },
    program: (bank, address, bytes, io) => program(bank, { address, bytes }, io),
    crc: async (address, length, io) => {
      checkFlashAddress(address, first);
      return (await mailbox.call("CRC", ACTS.CRC, { address, length }, io)).result;
    },
    settle: (io) => mailbox.settle(io),
    stop: (io = {}) => mailbox.stop(within(clock, START_MS, io)),
  };
}

type Command = Exclude<keyof typeof COMMAND, "IDLE" | "QUIT">;
const { IDLE: _, ...COMMANDS } = COMMAND;

/** Loading a few hundred bytes and restoring four kilobytes; generous on a slow probe. */
const START_MS = 5_000;

/** The commands as errors name them, and how long each may take with its way there and back. */
const ACTS: { readonly [command in Command]: MailboxCommand } = {
  ERASE_PAGE: { code: COMMAND.ERASE_PAGE, name: "erase page", limitMs: 5_000 },
  ERASE_UICR: { code: COMMAND.ERASE_UICR, name: "erase UICR", limitMs: 5_000 },
  PROGRAM: { code: COMMAND.PROGRAM, name: "program words", limitMs: 5_000 },
  BLANK_CHECK: { code: COMMAND.BLANK_CHECK, name: "check a page", limitMs: 5_000 },
  // At 64 MHz a megabyte takes a third of a second.
  CRC: { code: COMMAND.CRC, name: "count a CRC", limitMs: 10_000 },
};

/** Writes cut into words. */
const wordWrites = ({ address, bytes }: Write): readonly Write[] =>
  Array.from({ length: bytes.length / 4 }, (_, i) => ({
    address: address + 4 * i,
    bytes: bytes.subarray(4 * i, 4 * i + 4),
  }));

function thenWords(bank: FlashBank, { address, bytes }: Write) {
  checkFlashAddress(address, bank);
  return { thenAddress: address, thenWord: wordsOf(bytes)[0] };
}

/** Throws what a status says: the NVMC has no errors of its own, the loader has read back what it did. */
function throwFailure(command: MailboxCommand, address: number, status: number): never {
  const details = { command: command.name, address: address32(address), status: `0x${hex32(status)}` };
  const text =
    status === STATUS.NOT_WRITTEN || status === STATUS.NOT_ERASED
      ? `The chip could not ${command.name} at ${address32(address)}: the cells read otherwise`
      : `The loader could not ${command.name} (status 0x${hex32(status)})`;
  throw new FlashError("loader-failed", text, { details });
}
