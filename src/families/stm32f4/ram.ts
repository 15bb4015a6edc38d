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
import {
  ACTS,
  bankErase,
  closeFlash,
  notErased,
  openFlash,
  PSIZE,
  sectorErase,
  sizeAt,
  throwOnError,
} from "./flash-control.ts";
import { COMMAND, LAYOUT, MAILBOX, type MailboxWord, NOT_BLANK, NOT_PROGRAMMED } from "./mailbox.ts";
import { OptionBytes } from "./option-bytes.ts";
import { FLASH_ACR } from "./registers-flash.ts";
import { IWDG_KR, RCC_CSR } from "./registers-system.ts";
import { STM32F4_LOADER } from "./stm32f4-code.ts";

/** Loading a few hundred bytes and restoring four kilobytes; generous on a slow probe. */
const START_MS = 5_000;

type Words = { readonly [word in MailboxWord]?: number };

/** A loader of our own that runs in the chip's RAM, keeps a running watchdog fed, and serves commands from a mailbox. */
export function ramLoader(core: Core, chip: Chip, clock: Clock): Loader {
  const options = new OptionBytes(core, clock);
  const mailbox = new RamMailbox<MailboxWord, Command>(core, chip, clock, {
    ...{ code: STM32F4_LOADER, layout: LAYOUT, words: MAILBOX, commands: COMMANDS, throwFailure },
    set: { failed: 0, controller: FLASH_ACR.address, psize: PSIZE, watchdog: 0 },
    prepare: (on, io) => openFlash(on, clock, io),
    finish: closeFlash,
  });
  const program = async (bank: FlashBank, address: number, bytes: Uint8Array, io?: Io) => {
    checkFlashAddress(address, bank);
    if (bank.kind === "option") return options.ask(bank, address, bytes, io);
    const buffer = mailbox.nextBuffer();
    await core.memory.write(buffer, bytes, 32, io);
    await mailbox.post("PROGRAM", ACTS.PROGRAM, { address, length: bytes.length, buffer }, address, io);
  };
  const erase = async (command: Command, about: MailboxCommand, words: Words, bank: FlashBank, then: Then, io?: Io) => {
    await mailbox.post(command, about, words, words.address, io);
    for (const write of then) await program(bank, write.address, write.bytes, io);
  };
  return {
    name: "ram",
    caps: { runsOn: true, eraseThen: true, marginBlank: false, provesErase: true, restores: "ram-and-core" },
    start: async (io = {}) => {
      await mailbox.start(within(clock, START_MS, io), { watchdog: await runningWatchdog(core, io) });
    },
    isBlank: async (bank, address, length, io) => {
      checkFlashAddress(address, bank);
      const { status } = await mailbox.call("BLANK_CHECK", ACTS.BLANK_CHECK, { address, length }, io);
      if (status !== SUCCESS && status !== NOT_BLANK) throwFailure(ACTS.BLANK_CHECK, address, status);
      return status === SUCCESS;
    },
    eraseSector: (bank, address, then, io) =>
      erase(
        "ERASE_SECTOR",
        ACTS.ERASE_SECTOR,
        { address, length: sizeAt(bank, address), erase: sectorErase(bank, address) },
        bank,
        then,
        io,
      ),
    eraseBank: (bank, then, io) =>
      erase(
        "ERASE_BANK",
        ACTS.ERASE_BANK,
        { address: bank.start, length: bank.length, erase: bankErase(bank) },
        bank,
        then,
        io,
      ),
    program,
    crc: async (address, length, io) => (await mailbox.call("CRC", ACTS.CRC, { address, length }, io)).result,
    settle: async (io) => {
      await mailbox.settle(io);
      await options.write(io);
    },
    stop: (io = {}) => mailbox.stop(within(clock, START_MS, io)),
  };
}

type Then = readonly Write[];
type Command = Exclude<keyof typeof COMMAND, "IDLE" | "QUIT">;
const { IDLE: _, ...COMMANDS } = COMMAND;

/** The key register of a watchdog that may be running: it keeps its oscillator on. 0 where it can't be (RM0090, 7.2.5). */
async function runningWatchdog(core: Core, io: Io): Promise<number> {
  const [csr] = await core.memory.run([{ op: "read", address: RCC_CSR.address, width: 32 }], io);
  return RCC_CSR.field(csr, "LSIRDY") === 1 ? IWDG_KR.address : 0;
}

/** Throws what a status says; one that SR's errors don't explain stops the loader, too. */
function throwFailure(command: MailboxCommand, address: number, status: number): never {
  if (status === NOT_PROGRAMMED) {
    const details = { command: command.name, address: address32(address) };
    const text = `The bytes from 0x${hex32(address)} on do not read as they were programmed`;
    throw new FlashError("loader-failed", text, { details });
  }
  if (status === NOT_BLANK) throw notErased(command, address);
  throwOnError(command, address, status);
  const details = { command: command.name, address: address32(address), status: `0x${hex32(status)}` };
  throw new FlashError("loader-failed", `The loader could not ${command.name} (status 0x${hex32(status)})`, {
    details,
  });
}
