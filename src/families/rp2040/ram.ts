import { type Clock, type Io, within } from "../../base/clock.ts";
import { address32, hex32 } from "../../base/u32.ts";
import type { Chip } from "../../chips/chip.ts";
import type { FlashBank, Range } from "../../chips/flash-bank.ts";
import { overlap } from "../../chips/sectors.ts";
import type { Core } from "../../cortex/core.ts";
import { coreStateOf } from "../../cortex/core-state.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { checkFlashAddress } from "../../flash/flash-range.ts";
import type { Loader, StartOptions } from "../../flash/loader.ts";
import { REFUSALS } from "../../flash/queue/room.ts";
import type { MailboxCommand } from "../../flash/ram-mailbox.ts";
import type { PermittedBits, QueueLoader } from "../../flash/queue/queue-loader.ts";
import { RamQueue } from "../../flash/ram-queue.ts";
import { DHCSR } from "../../registers/scs.ts";
import { protectedError, protectedPart } from "./flash-status.ts";
import { RP2040_LOADER } from "./queue-code.ts";
import { LAYOUT, LIST_BITS, PROTECTED, PROTECTED_MASK, STEP } from "./queue-words.ts";

/** Loading a few kilobytes and restoring some more; generous on a slow probe. */
const START_MS = 30_000;
const SECTOR = 0x1000;

/** A step's name, its command in the flash, and how long it and the one before may take at most (unsure). */
const ACTS = {
  ERASE_SECTOR: { code: 0x20, name: "erase a sector", limitMs: 10_000 },
  ERASE_BLOCK: { code: 0xd8, name: "erase a block", limitMs: 10_000 },
  PROGRAM: { code: 0x02, name: "program", limitMs: 10_000 },
} as const;

/**
 * A loader of our own that runs in the chip's RAM, and does steps from a queue by commands to the flash. With QE set it
 * writes pages by four lines (32h): that the SSI sends data so behind an instruction and an address by one line is read from
 * the fields of SPI_CTRLR0 (RP2040 data sheet, 4.10.13) and was not tried on silicon (unsure); a page that it spoils differs
 * in the comparison. So are the ring oscillator's range at reset (12 MHz at most), that its divider changes without a glitch, and
 * a sample delay of 1 at an SSI divider of 2 (unsure).
 */
export function ramLoader(core: Core, chip: Chip, clock: Clock): Loader {
  const [bank] = chip.banks;
  const queue = new RamQueue(core, chip, clock, queueLoader(bank));
  const erase = async (name: "ERASE_SECTOR" | "ERASE_BLOCK", { start, length }: Range, io?: Io) => {
    checkFlashAddress(start, bank);
    // An erase takes long, so it begins at once.
    await queue.post({ about: ACTS[name], command: STEP[name], address: start, length, operands: NONE }, true, io);
  };
  const block = bank.block?.size ?? SECTOR;
  return {
    name: "ram",
    caps: {
      ...{ runsOn: true, eraseThen: false, marginBlank: false, provesErase: false },
      ...{ refusesOthers: true, leavesHashRam: true, restores: "ram-and-core" },
    },
    preload: () => queue.preload(),
    start: (io = {}) => queue.start(within(clock, START_MS, io), permittedBits(bank, io)),
    eraseSector: (_bank, start, _then, io) => erase("ERASE_SECTOR", { start, length: SECTOR }, io),
    eraseBlock: (_bank, start, length, io) => erase("ERASE_BLOCK", { start, length }, io),
    eraseBank: async (_bank, _then, io) => {
      for (let start = bank.start; start < bank.start + bank.length; start += block)
        await erase("ERASE_BLOCK", { start, length: block }, io);
    },
    program: async (_bank, address, bytes, io) => {
      checkFlashAddress(address, bank);
      // The queue joins them again where its buffers take more.
      for (let from = 0; from < bytes.length; from += LAYOUT.bufferSize) {
        const data = bytes.subarray(from, from + LAYOUT.bufferSize);
        const step = { command: STEP.PROGRAM, address: address + from, length: data.length, operands: NONE, data };
        await queue.post({ about: ACTS.PROGRAM, ...step }, false, io);
      }
    },
    settle: (io) => queue.settle(io),
    end: (io) => queue.end(io),
    stop: (io = {}) => queue.stop(within(clock, START_MS, io)),
  };
}

/** A step has no words of its own. */
const NONE = [0, 0, 0] as const;

/** The loader's code with what it has to know of the flash. */
function queueLoader(bank: FlashBank): QueueLoader {
  const { start, length } = bank;
  const shift = unitShift(bank);
  return {
    ...{ code: RP2040_LOADER, layout: LAYOUT, quit: STEP.QUIT },
    setup: () => [0, 0, 0, 0, start, shift, length >>> shift],
    looks: [{ op: "read", address: DHCSR.address, width: 32 }],
    check: ([dhcsr]) => {
      if (coreStateOf(dhcsr) !== "halted")
        throw new FlashError("flash-core-running", "The core must be halted before it can run a loader");
    },
    throwFailure: (command, address, status) => throwFailure(bank, command, address, status),
  };
}

/** The list of permitted addresses has a bit for so many address bits: a sector's, and more in a flash larger than 2 MB. */
const unitShift = ({ length }: FlashBank): number => Math.max(Math.log2(SECTOR), Math.log2(length / LIST_BITS));

/** A bit for each unit that may be changed; all of them where none are named. No step erases a whole bank. */
function permittedBits(bank: FlashBank, { permitted }: StartOptions): PermittedBits {
  const shift = unitShift(bank);
  const bits = new Uint32Array(LIST_BITS / 32);
  for (const { start, length } of (permitted?.ranges ?? [bank]).filter((range) => overlap(range, bank)))
    for (let unit = (start - bank.start) >>> shift; unit << shift < start - bank.start + length; unit++)
      bits[unit >> 5] |= 1 << (unit & 31);
  return { everything: false, sectors: [...bits] };
}

/** Throws what a status says: the flash's protection, or a refusal of the loader's. */
function throwFailure(bank: FlashBank, { name }: MailboxCommand, address: number, status: number): never {
  if ((status & PROTECTED_MASK) >>> 0 === PROTECTED) {
    const part = protectedPart(status & 0xffff, bank.length) ?? { start: 0, length: bank.length };
    throw protectedError({ start: bank.start + part.start, length: part.length }, address, name);
  }
  const why = REFUSALS.get(status) ?? `status 0x${hex32(status)}`;
  const details = { command: name, address: address32(address), status: `0x${hex32(status)}` };
  throw new FlashError("loader-failed", `The loader did not ${name} at ${address32(address)}: ${why}`, { details });
}
