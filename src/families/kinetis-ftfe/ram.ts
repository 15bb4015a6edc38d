import type { MemoryOp } from "../../adi/memory.ts";
import { type Clock, type Io, within } from "../../base/clock.ts";
import { address32, hex32 } from "../../base/u32.ts";
import type { Chip } from "../../chips/chip.ts";
import type { FlashBank, Range } from "../../chips/flash-bank.ts";
import { sectorsIn } from "../../chips/sectors.ts";
import type { Core } from "../../cortex/core.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { checkFlashAddress } from "../../flash/flash-range.ts";
import type { Loader, StartOptions } from "../../flash/loader.ts";
import type { Write } from "../../flash/plan/steps.ts";
import type { MailboxCommand } from "../../flash/ram-mailbox.ts";
import { REFUSALS } from "../../flash/queue/room.ts";
import type { PermittedBits, QueueLoader } from "../../flash/queue/queue-loader.ts";
import { RamQueue } from "../../flash/ram-queue.ts";
import { areBlank } from "./blank-look.ts";
import { START_LOOKS, startCheck } from "./start-check.ts";
import { FTFE_LOADER } from "./ftfe-code.ts";
import { FTFE, type FtfeCommand, ftfeOf, phrasesOf, phraseWords, throwOnError } from "./ftfe-command.ts";
import { LAYOUT, MOST_SECTORS, NO_PHRASE, STEP } from "./queue-words.ts";
import { WDOG_STCTRLH } from "./registers-system.ts";

/**
 * A loader of our own that runs in the chip's RAM, switches the watchdog off, and does steps from a queue: an erase is sent
 * at once with all that waits, so one transfer carries a sector's data and the next sector's erase.
 */
export function ramLoader(core: Core, chip: Chip, first: FlashBank, clock: Clock): Loader {
  const queue = new RamQueue(core, chip, clock, codeFor(first));
  const post = async (bank: FlashBank, step: FtfeStep, io?: Io) => {
    const { name, flash, address = bank.start, length = 0, data, phrase, isSent = false } = step;
    checkFlashAddress(address, bank);
    if (phrase) checkFlashAddress(phrase.address, bank);
    const words = phrase ? phraseIn(phrase) : NONE;
    const rest = { address, length, operands: words, ...(data && { data }) };
    return queue.post({ about: flash, command: STEP[name], ...rest }, isSent, io);
  };
  const phrase = (bank: FlashBank, write: Write, io?: Io) =>
    post(bank, { name: "PROGRAM_PHRASE", flash: FTFE.PGM8, address: write.address, phrase: write }, io);
  /** A look is short, and goes with what comes next. One phrase goes with the erase; what else has to follow is programmed behind it, by the loader in turn. */
  const erase = async (bank: FlashBank, step: FtfeStep, then: readonly Write[], io?: Io) => {
    const [opening, ...more] = phrasesOf(then, bank);
    const own = { ...step, ...(opening && { phrase: opening }) };
    const isLook = step.name === "ENSURE_BLANK" && !opening;
    await post(bank, { ...own, isSent: more.length === 0 && !isLook }, io);
    for (const write of more) await phrase(bank, write, io);
  };
  return {
    name: "ram",
    caps: {
      runsOn: true,
      eraseThen: true,
      marginBlank: true,
      provesErase: true,
      refusesOthers: true,
      leavesHashRam: true,
      restores: "ram-and-core",
    },
    preload: () => queue.preload(),
    keptRam: () => queue.keptRam,
    start: (io = {}) => queue.start(within(clock, START_MS, io), permittedBits(first, io)),
    areBlank: (bank, ranges, io) => areBlank(core, clock, bank, ranges, io),
    ensureBlank: (bank, address, length, then, io) =>
      erase(bank, { name: "ENSURE_BLANK", flash: FTFE.RD1SEC, address, length }, then, io),
    erasedByCheck: () => queue.erased,
    eraseSector: (bank, address, then, io) =>
      erase(bank, { name: "ERASE_SECTOR", flash: FTFE.ERSSCR, address, length: sectorSize(bank) }, then, io),
    eraseBank: (bank, then, io) => erase(bank, { name: "ERASE_ALL", flash: FTFE.ERSALL }, then, io),
    program: (bank, address, bytes, io) =>
      bytes.length === bank.write.unit
        ? phrase(bank, { address, bytes }, io)
        : post(bank, { name: "PROGRAM", flash: FTFE.PGMSEC, address, length: bytes.length, data: bytes }, io),
    settle: (io) => queue.settle(io),
    end: (io) => queue.end(io),
    stop: (io = {}) => queue.stop(within(clock, START_MS, io)),
  };
}

/** One step for a bank of the controller's. */
interface FtfeStep {
  readonly name: Exclude<keyof typeof STEP, "QUIT">;
  readonly flash: FtfeCommand;
  readonly address?: number;
  readonly length?: number;
  readonly data?: Uint8Array;
  readonly phrase?: Write;
  /** Whether it is sent at once, with all that waits. */
  readonly isSent?: boolean;
}

/** Loading a kilobyte and restoring some more; generous on a slow probe. */
const START_MS = 30_000;

/** The loader's code with what it has to know of the controller. */
function codeFor(bank: FlashBank) {
  const { registers, buffer } = ftfeOf(bank);
  const size = sectorSize(bank);
  const setup = [
    registers,
    buffer.start,
    bank.write.burst.size,
    WDOG_STCTRLH.address,
    bank.start,
    Math.log2(size),
    bank.length / size,
  ];
  return {
    ...{ code: FTFE_LOADER, layout: LAYOUT, quit: STEP.QUIT, setup: () => setup, throwFailure },
    ...aroundLoader(buffer.start, bank.write.burst.size),
  };
}

/**
 * What comes before and after the code: firmware may use the section program buffer as RAM, too. That the core reads that
 * buffer as plain RAM, as the proof of its kept bytes has it do, was not tried on silicon (unsure); where the checks do not
 * agree it is read twice.
 */
function aroundLoader(buffer: number, size: number): Pick<QueueLoader, "looks" | "check" | "keptRam" | "lastAccesses"> {
  let drop: MemoryOp | undefined;
  return {
    looks: START_LOOKS,
    check: (words) => {
      drop = startCheck(words);
    },
    keptRam: [{ start: buffer, length: size }],
    lastAccesses: () => (drop ? [drop] : []),
  };
}

/** The bank's sectors are all of one size; throws `no-loader` for others, and for more than the list has room for. */
function sectorSize({ id, length, sectors }: FlashBank): number {
  const [{ size, count }] = sectors;
  if (sectors.length === 1 && size * count === length && count <= MOST_SECTORS && Number.isInteger(Math.log2(size)))
    return size;
  throw new FlashError("no-loader", `The bank ${id} has sectors that the loader in RAM does not know`, {
    details: { bank: id },
  });
}

/** Whether everything may be erased, and a bit for each sector that may be changed; all of them where none are named. */
function permittedBits(bank: FlashBank, { permitted }: StartOptions): PermittedBits {
  const bits = new Uint32Array(MOST_SECTORS / 32);
  const size = sectorSize(bank);
  const ranges: readonly Range[] = permitted?.ranges ?? [bank];
  for (const { address } of ranges.flatMap((range) => sectorsIn(bank, range))) {
    const sector = (address - bank.start) / size;
    bits[sector >> 5] |= 1 << (sector & 31);
  }
  return { everything: permitted?.everything ?? true, sectors: [...bits] };
}

const NONE = [NO_PHRASE, 0, 0] as const;

function phraseIn({ address, bytes }: Write): readonly [number, number, number] {
  return [address, ...phraseWords(bytes)];
}

/** Throws what a status says; one that FSTAT's errors don't explain stops the loader, too. */
function throwFailure(flash: MailboxCommand, address: number, status: number): never {
  const details = { command: flash.name, address: address32(address), status: `0x${hex32(status)}` };
  const why = REFUSALS.get(status);
  if (why) {
    const text = `The loader did not ${flash.name} at ${address32(address)}: ${why}`;
    throw new FlashError("loader-failed", text, { details });
  }
  throwOnError(flash, address, status);
  throw new FlashError("loader-failed", `The loader could not ${flash.name} (status 0x${hex32(status)})`, { details });
}
