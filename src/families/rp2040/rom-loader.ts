import { readTwice } from "../../adi/read-twice.ts";
import { type Clock, type Io, within } from "../../base/clock.ts";
import type { Chip, WorkRam } from "../../chips/chip.ts";
import type { FlashBank, Range } from "../../chips/flash-bank.ts";
import { overlap } from "../../chips/sectors.ts";
import type { Core } from "../../cortex/core.ts";
import { runCode } from "../../cortex/run-code.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { checkFlashAddress } from "../../flash/flash-range.ts";
import { type KeptRegisters, keepRegisters } from "../../flash/kept-registers.ts";
import type { Loader, StartOptions } from "../../flash/loader.ts";
import { findRomFunctions, type RomFunctions } from "./boot-rom.ts";
import { Core1 } from "./core1.ts";
import { protectedError, protectedPart, readFlashStatus } from "./flash-status.ts";

/** Work RAM: a BKPT to return to, the stack, and the data of a call. */
const LAYOUT = { returnTo: 0x000, stackTop: 0x800, data: 0x800, end: 0x1800 } as const;

/** Two BKPT instructions: wherever the ROM's functions return to, the core stops. */
const BREAKPOINTS = Uint8Array.of(0x00, 0xbe, 0x00, 0xbe);

/** Instructions of the flash: 64 KB at once, and the size of it (RP2040 data sheet, 2.8.3.1.3: `flash_range_erase`). */
const BLOCK = { size: 0x10000, instruction: 0xd8 } as const;

/** Limits of a call: the data sheet's longest erase of 4 KB and 64 KB, a page (unsure), and the way there and back. */
const LIMIT_MS = { call: 2_000, sector: 5_000, block: 10_000, page: 100, start: 5_000 } as const;

/**
 * Erases and programs by the functions of the chip's own boot ROM, each a call on the halted core: the way without code of
 * ours, because the SSI gives the debugger none that is shorter.
 */
export function romLoader(core: Core, chip: Chip, clock: Clock): Loader {
  const rom = new RomCalls(core, chip, clock);
  const erase = (bank: FlashBank, range: Range, instruction: number, io?: Io) =>
    rom.erase(bank, range, instruction, io);
  return {
    name: "direct",
    caps: { runsOn: false, eraseThen: false, marginBlank: false, provesErase: false, restores: "ram-and-core" },
    start: (io = {}) => rom.start(within(clock, LIMIT_MS.start, io)),
    eraseSector: (bank, address, _then, io) => erase(bank, { start: address, length: 0x1000 }, 0, io),
    eraseBlock: (bank, start, length, io) => erase(bank, { start, length }, BLOCK.instruction, io),
    eraseBank: async (bank, _then, io) => {
      for (let at = bank.start; at < bank.start + bank.length; at += BLOCK.size)
        await erase(bank, { start: at, length: BLOCK.size }, BLOCK.instruction, io);
    },
    program: (bank, address, bytes, io) => rom.program(bank, address, bytes, io),
    settle: async () => {},
    stop: (io = {}) => rom.stop(within(clock, LIMIT_MS.start, io)),
  };
}

/** The RAM that calls work in; throws `no-loader` where the chip's data name none. */
function ramFor({ name, workRam: [ram] }: Chip): WorkRam {
  if (ram && ram.length >= LAYOUT.end) return ram;
  throw new FlashError("no-loader", `The ${name} has no RAM for the loader`, { details: { chip: name } });
}

/** Calls of the boot ROM's flash functions, and what has to be given back after them. */
class RomCalls {
  private readonly core: Core;
  private readonly chip: Chip;
  private readonly clock: Clock;
  private readonly work: WorkRam;
  private functions: RomFunctions | undefined;
  private ram: Uint8Array | undefined;
  private registers: KeptRegisters | undefined;
  /** What the flash chip refuses to change, as addresses. */
  private shut: Range | undefined;
  private readonly core1 = new Core1();

  constructor(core: Core, chip: Chip, clock: Clock) {
    this.core = core;
    this.chip = chip;
    this.clock = clock;
    this.work = ramFor(chip);
  }

  /**
   * Keeps RAM and registers where they are wanted back, finds the functions, holds core 1 off, which may run from the flash, and takes the flash out
   * of the address space. Throws `flash-core-running`, `loader-failed` and `unsteady-read`.
   */
  async start(io: StartOptions): Promise<void> {
    const { core, work } = this;
    if ((await core.state(io)) !== "halted")
      throw new FlashError("flash-core-running", "The core must be halted while its boot ROM's functions are called");
    this.functions = await findRomFunctions(core.memory, io);
    if (io.keepRam ?? true) {
      this.ram = await readTwice(core.memory, work.start, LAYOUT.end, io);
      this.registers = await keepRegisters(core, io);
    }
    await this.core1.hold(core.memory, io);
    await core.memory.write(work.start + LAYOUT.returnTo, BREAKPOINTS, 32, io);
    const [bank] = this.chip.banks;
    await this.call("connect", [], LIMIT_MS.call, io);
    await this.call("exitXip", [], LIMIT_MS.call, io);
    const part = protectedPart(await readFlashStatus(core.memory, io), bank.length);
    this.shut = part && { start: bank.start + part.start, length: part.length };
  }

  /** Puts the flash back into the address space, and gives RAM, registers and core 1 back. */
  async stop(io: Io): Promise<void> {
    const { core, work } = this;
    await this.call("flushCache", [], LIMIT_MS.call, io);
    await this.call("enterXip", [], LIMIT_MS.call, io);
    if (this.ram) await core.memory.write(work.start, this.ram, 32, io);
    if (this.registers) await core.writeRegisters(this.registers, io);
    await this.core1.giveBack(core.memory, io);
  }

  async erase(bank: FlashBank, range: Range, instruction: number, io?: Io): Promise<void> {
    checkFlashAddress(range.start, bank);
    this.refuseProtected(range, "erase");
    const limit = instruction === 0 ? LIMIT_MS.sector : LIMIT_MS.block;
    const block = instruction === 0 ? 0 : BLOCK.size;
    await this.call("erase", [range.start - bank.start, range.length, block, instruction], limit, io);
  }

  async program(bank: FlashBank, address: number, bytes: Uint8Array, io?: Io): Promise<void> {
    checkFlashAddress(address, bank);
    this.refuseProtected({ start: address, length: bytes.length }, "program");
    const data = this.work.start + LAYOUT.data;
    await this.core.memory.write(data, bytes, 32, io);
    const limit = LIMIT_MS.call + LIMIT_MS.page * Math.ceil(bytes.length / bank.write.unit);
    await this.call("program", [address - bank.start, data, bytes.length], limit, io);
  }

  /** The flash ignores what its status protects, and says nothing of it. */
  private refuseProtected(range: Range, what: string): void {
    const { shut } = this;
    if (!shut || !overlap(shut, range)) return;
    throw protectedError(shut, range.start, what);
  }

  private async call(name: keyof RomFunctions, args: readonly number[], timeoutMs: number, io?: Io): Promise<void> {
    const entry = this.functions?.[name];
    if (entry === undefined) throw new FlashError("loader-failed", "The loader was not started");
    const { start } = this.work;
    await runCode(
      this.core,
      this.clock,
      { entry, args, stack: start + LAYOUT.stackTop, returnTo: start + LAYOUT.returnTo, timeoutMs },
      io,
    );
  }
}
