import { type Clock, type Io, within } from "../../base/clock.ts";
import { address32, hex32 } from "../../base/u32.ts";
import { joinedBanks } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
import type { FlashBank, Range } from "../../chips/flash-bank.ts";
import { overlap } from "../../chips/sectors.ts";
import type { Core } from "../../cortex/core.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { checkFlashAddress } from "../../flash/flash-range.ts";
import type { Loader, StartOptions } from "../../flash/loader.ts";
import type { Write } from "../../flash/plan/steps.ts";
import { REFUSALS } from "../../flash/queue/room.ts";
import type { MailboxCommand } from "../../flash/ram-mailbox.ts";
import type { PermittedBits, QueueLoader } from "../../flash/queue/queue-loader.ts";
import { RamQueue } from "../../flash/ram-queue.ts";
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
import { OptionBytes } from "./option-bytes.ts";
import { LAYOUT, NOT_BLANK, NOT_PROGRAMMED, STEP, UNIT_SHIFT } from "./queue-words.ts";
import { FLASH_ACR } from "./registers-flash.ts";
import { IWDG_KR, RCC_CSR } from "./registers-system.ts";
import { STM32F4_LOADER } from "./stm32f4-code.ts";

/** Loading a kilobyte and restoring some more; generous on a slow probe. */
const START_MS = 30_000;

/** A loader of our own that runs in the chip's RAM, keeps a running watchdog fed, and does steps from a queue. */
export function ramLoader(core: Core, chip: Chip, clock: Clock): Loader {
  const options = new OptionBytes(core, clock);
  const queue = new RamQueue(core, chip, clock, queueLoader(chip, clock));
  const program = async (bank: FlashBank, address: number, bytes: Uint8Array, io?: Io) => {
    checkFlashAddress(address, bank);
    if (bank.kind === "option") return options.ask(bank, address, bytes, io);
    const step = { command: STEP.PROGRAM, address, length: bytes.length, operands: NONE, data: bytes };
    return queue.post({ about: ACTS.PROGRAM, ...step }, false, io);
  };
  const erase = async (name: Erase, bank: FlashBank, { start, length }: Range, then: readonly Write[], io?: Io) => {
    checkFlashAddress(start, bank);
    const cr = name === "ERASE_BANK" ? bankErase(bank) : sectorErase(bank, start);
    const about = name === "ERASE_BANK" ? ACTS.ERASE_BANK : ACTS.ERASE_SECTOR;
    // An erase takes long, so it begins at once; a look goes with what comes next.
    const isSent = name !== "ENSURE_BLANK";
    await queue.post({ about, command: STEP[name], address: start, length, operands: [0, cr, 0] }, isSent, io);
    for (const write of then) await program(bank, write.address, write.bytes, io);
  };
  const sector = (bank: FlashBank, start: number) => ({ start, length: sizeAt(bank, start) });
  return {
    name: "ram",
    caps: {
      ...{ runsOn: true, eraseThen: true, marginBlank: false, provesErase: true },
      ...{ leavesHashRam: true, restores: "ram-and-core" },
    },
    keptRam: () => queue.keptRam,
    start: (io = {}) => queue.start(within(clock, START_MS, io), permittedBits(chip, io)),
    ensureBlank: (bank, address, _length, then, io) => erase("ENSURE_BLANK", bank, sector(bank, address), then, io),
    erasedByCheck: () => queue.erased,
    eraseSector: (bank, address, then, io) => erase("ERASE_SECTOR", bank, sector(bank, address), then, io),
    eraseBank: (bank, then, io) => erase("ERASE_BANK", bank, bank, then, io),
    program,
    settle: async (io) => {
      await queue.settle(io);
      await options.write(io);
    },
    stop: (io = {}) => queue.stop(within(clock, START_MS, io)),
  };
}

type Erase = "ERASE_SECTOR" | "ENSURE_BLANK" | "ERASE_BANK";

/** A step's own words where it has none. */
const NONE = [0, 0, 0] as const;

/** The loader's code with what it has to know of the flash interface. */
function queueLoader(chip: Chip, clock: Clock): QueueLoader {
  const { start, length } = flashOf(chip);
  let watchdog = 0;
  return {
    ...{ code: STM32F4_LOADER, layout: LAYOUT, quit: STEP.QUIT, throwFailure, finish: closeFlash },
    setup: () => [FLASH_ACR.address, PSIZE, watchdog, 0, start, UNIT_SHIFT, length >>> UNIT_SHIFT],
    prepare: async (core, io) => {
      await openFlash(core, clock, io);
      watchdog = await runningWatchdog(core, io);
    },
  };
}

/** All main flash, of one bank or two. */
const flashOf = ({ banks }: Chip): Range => joinedBanks(banks.filter(({ kind }) => kind === "main"))[0];

/** Whether a whole bank may be erased, and a bit for each 16 KB that may be changed; all of them where none are named. */
function permittedBits(chip: Chip, { permitted }: StartOptions): PermittedBits {
  const flash = flashOf(chip);
  const bits = new Uint32Array(LIST_WORDS);
  for (const { start, length } of (permitted?.ranges ?? [flash]).filter((range) => overlap(range, flash)))
    for (let at = start; at < start + length; at += 1 << UNIT_SHIFT) {
      const unit = (at - flash.start) >>> UNIT_SHIFT;
      bits[unit >> 5] |= 1 << (unit & 31);
    }
  return { everything: permitted?.everything ?? true, sectors: [...bits] };
}

/** Words of the list of permitted addresses. */
const LIST_WORDS = 16;

/** The key register of a watchdog that may be running: it keeps its oscillator on. 0 where it can't be (RM0090, 7.2.5). */
async function runningWatchdog(core: Core, io: Io): Promise<number> {
  const [csr] = await core.memory.run([{ op: "read", address: RCC_CSR.address, width: 32 }], io);
  return RCC_CSR.field(csr, "LSIRDY") === 1 ? IWDG_KR.address : 0;
}

/** Reloads a watchdog that may be running: at its reset value it bites after 0.35 s at the earliest (RM0090, 21.3). */
export async function feedWatchdog(core: Core, io: Io): Promise<void> {
  const address = await runningWatchdog(core, io);
  if (address !== 0) await core.memory.run([{ op: "write", address, width: 32, value: IWDG_RELOAD }], io);
}

/** The key that reloads the independent watchdog (RM0090, 21.4.1). */
const IWDG_RELOAD = 0xaaaa;

/** Throws what a status says; one that SR's errors don't explain stops the loader, too. */
function throwFailure(command: MailboxCommand, address: number, status: number): never {
  const why = REFUSALS.get(status);
  if (why) {
    const details = { command: command.name, address: address32(address), status: `0x${hex32(status)}` };
    throw new FlashError("loader-failed", `The loader did not ${command.name} at ${address32(address)}: ${why}`, {
      details,
    });
  }
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
