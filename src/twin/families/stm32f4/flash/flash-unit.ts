import type { Picoseconds } from "../../../../base/clock.ts";
import type { u32 } from "../../../../base/u32.ts";
import { type FlashWindow, STALLED } from "../../../chip/bus.ts";
import { FlashCells } from "../../../chip/flash-cells.ts";
import type { FlashFault, FlashSpeed } from "../../../chip/flash-model.ts";
import { type FlashOperation, FlashOperations } from "../../../chip/flash-operations.ts";
import type { Prng } from "../../../chip/prng.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";
import type { Stm32F4Chip } from "../chip-data.ts";
import { FLASH_BASE, type FlashSector, flashSizeOf, OPTION_BASE, OTP, sectorsOf, SYSTEM_BASE } from "../geometry.ts";
import { bankEraseTime, optionTime, programTime, sectorEraseTime } from "./flash-times.ts";
import { OptionCells, type OptionValues, type ReadProtection } from "./options.ts";

/** SR's error bits (RM0090, 3.9.5). */
const ERROR = { EOP: 0x01, OPERR: 0x02, WRPERR: 0x10, PGAERR: 0x20, PGPERR: 0x40, PGSERR: 0x80 } as const;

/** Codes of the operations, for those who count or plan launches. */
const CODE = { PROGRAM: 1, ERASE_SECTOR: 2, ERASE_BANK: 3, OPTIONS: 4, OPTIONS_AND_ERASE: 5, PROGRAM_OTP: 6 } as const;

const CR = { PG: 1, ERASES: 0x8006, PSIZE_SHIFT: 8, EOPIE: 1 << 24 } as const;
/** Widths by CR.PSIZE; ×64 needs the programming voltage on a pin of its own, which no board here has. */
const WIDTHS: readonly number[] = [1, 2, 4];
/** The least supply for each width, in millivolts (STM32F40x data sheet, programming parallelism). */
const LEAST_MV: readonly number[] = [1_700, 2_100, 2_700, 2_700];

/** What the registers tell the cells. */
export interface FlashControl {
  cr(): u32;
  /** An erase has ended. */
  erased(): void;
  /** The option bytes have been changed, or the change has failed. */
  optionsDone(): void;
}

/** Main flash, one-time area and option bytes, with what is done to them over time. */
export class FlashUnit {
  readonly chip: Stm32F4Chip;
  readonly main: FlashCells;
  readonly otp = new FlashCells({ size: OTP.end - OTP.offset, erased: 0xff, unit: 4, ecc: false });
  readonly cells: OptionCells;
  readonly operations: FlashOperations;
  /** The protection level in force, which each reset loads. */
  level: ReadProtection = 0;
  /** A debugger has touched memory since the last power-on: level 1 shuts flash then (RM0090, 3.7.3; until when: unsure). */
  debuggerSeen = false;
  /** SR's error flags. */
  errors = 0;
  supplyMv = 3_300;
  control: FlashControl = { cr: () => 0, erased: () => {}, optionsDone: () => {} };
  /** Called where cells of main flash changed, and where they may have become readable or not. */
  onChange: (offset: number, length: number) => void = () => {};
  /** A step back to level 0 erases the backup SRAM, too. */
  onOpened: () => void = () => {};
  private readonly sectors: readonly FlashSector[];
  private readonly speed: FlashSpeed;

  constructor(chip: Stm32F4Chip, timeline: Timeline, speed: FlashSpeed, seed: number) {
    this.chip = chip;
    this.speed = speed;
    this.sectors = sectorsOf(chip);
    this.main = new FlashCells({ size: flashSizeOf(chip), erased: 0xff, unit: 4, ecc: false });
    this.cells = new OptionCells(chip.isF42x);
    this.operations = new FlashOperations(timeline, seed, {
      finish: (operation, fault) => this.finish(operation, fault),
      cut: (operation, progress, prng) => this.cut(operation, progress, prng),
      busyChanged: () => this.onChange(0, 0),
    });
  }

  /** Whether flash and backup SRAM answer nothing but bus errors. */
  get isClosed(): boolean {
    return this.level === 1 && this.debuggerSeen;
  }

  /** Main flash on the bus. */
  window(): FlashWindow {
    const unit = this;
    return {
      read: (offset, size) => this.read(this.main, offset, size),
      write: (offset, size, value) => this.write(FLASH_BASE + offset, size, value),
      get readyAt(): Picoseconds {
        return unit.operations.endsAt;
      },
    };
  }

  /** A read of cells: a bus error where they are closed, waiting while an operation is under way. */
  read(cells: FlashCells, offset: number, size: AccessSize): number {
    if (this.isClosed) return BUS_FAULT;
    return this.operations.busy ? STALLED : cells.read(offset, size);
  }

  /** A write to main flash or the one-time area, which CR decides about. */
  write(address: u32, size: AccessSize, value: number): number {
    if (this.isClosed) return BUS_FAULT;
    if (this.operations.busy) return STALLED;
    const cr = this.control.cr();
    const psize = (cr >>> CR.PSIZE_SHIFT) & 3;
    if (!(cr & CR.PG) || (cr & CR.ERASES) !== 0) this.errors |= ERROR.PGSERR;
    else if (WIDTHS[psize] !== size || this.supplyMv < LEAST_MV[psize]) this.errors |= ERROR.PGPERR;
    else if (this.isProtected(address)) this.errors |= ERROR.WRPERR;
    else this.program(address, size, value);
    return 0;
  }

  /** Begins the erase of a sector by its CR.SNB; answers whether it did. */
  eraseSector(snb: number, psize: number): boolean {
    const sector = this.sectors.find((each) => each.snb === snb);
    // A sector that the chip does not have: nothing happens (unsure).
    if (!sector || this.isClosed || !this.canErase([sector], psize)) return false;
    const { offset, size } = sector;
    const operation = { code: CODE.ERASE_SECTOR, name: "erase sector", address: FLASH_BASE + offset, length: size };
    this.operations.start({ ...operation, data: [] }, sectorEraseTime(this.speed, psize, size));
    return true;
  }

  /** Begins the erase of whole banks, one bit each; answers whether it did. */
  eraseBanks(banks: number, psize: number): boolean {
    const hit = this.sectors.filter(({ bank }) => (banks >>> bank) & 1);
    if (hit.length === 0 || this.isClosed || !this.canErase(hit, psize)) return false;
    const { offset, length } = rangeOf(hit);
    const operation = { code: CODE.ERASE_BANK, name: "mass erase", address: FLASH_BASE + offset, length, data: [] };
    this.operations.start(operation, this.bankTime(psize, length));
    return true;
  }

  /** Begins the change of the option bytes; one that opens a chip of level 1 erases main flash and backup SRAM before. */
  programOptions({ optcr, optcr1 }: OptionValues, opens: boolean, psize: number): void {
    const code = opens ? CODE.OPTIONS_AND_ERASE : CODE.OPTIONS;
    const operation = { code, name: "program options", address: OPTION_BASE, length: 16, data: [optcr, optcr1] };
    const erase = opens ? this.bankTime(psize, this.main.bytes.length) : 0;
    this.operations.start(operation, erase + optionTime(this.speed));
  }

  /** A reset loads the level and, after power-on, forgets the debugger. */
  reset(isPowerOn: boolean): void {
    this.level = this.cells.level;
    if (isPowerOn) this.debuggerSeen = false;
    this.onChange(0, 0);
  }

  /** The debugger reaches into memory. */
  noteDebugger(): void {
    if (this.debuggerSeen) return;
    this.debuggerSeen = true;
    this.onChange(0, 0);
  }

  private bankTime(psize: number, length: number): Picoseconds {
    return bankEraseTime(this.speed, psize, length / 0x100000);
  }

  private isWritable({ bank, wrpBit }: FlashSector): boolean {
    return (this.cells.writable(bank) >>> wrpBit) % 2 === 1;
  }

  private canErase(sectors: readonly FlashSector[], psize: number): boolean {
    if (!sectors.every((sector) => this.isWritable(sector))) this.errors |= ERROR.WRPERR;
    else if (this.supplyMv < LEAST_MV[psize]) this.errors |= ERROR.PGPERR;
    else return true;
    return false;
  }

  private isProtected(address: u32): boolean {
    const offset = address - FLASH_BASE;
    const sector = this.sectors.find((each) => offset >= each.offset && offset < each.offset + each.size);
    if (sector) return !this.isWritable(sector);
    const block = Math.floor((address - SYSTEM_BASE - OTP.offset) / OTP.blockSize);
    const isLocked = block < OTP.blocks && this.otp.bytes[OTP.locks - OTP.offset + block] === 0x00;
    return isLocked;
  }

  private program(address: u32, size: number, value: number): void {
    const data = Array.from({ length: size }, (_, i) => (value >>> (8 * i)) & 0xff);
    const code = address >= SYSTEM_BASE ? CODE.PROGRAM_OTP : CODE.PROGRAM;
    this.operations.start({ code, name: "program", address, length: size, data }, programTime(this.speed));
  }

  private finish(operation: FlashOperation, fault: FlashFault | undefined): void {
    if (operation.code === CODE.OPTIONS || operation.code === CODE.OPTIONS_AND_ERASE) this.optionsEnd(operation);
    else this.flashEnd(operation);
    if (fault === "badprog" || fault === "ecc") this.spoil(operation);
    if (fault === "mgstat") this.errors |= ERROR.OPERR;
    else if (this.control.cr() & CR.EOPIE) this.errors |= ERROR.EOP;
  }

  private flashEnd({ code, address, length, data }: FlashOperation): void {
    const { cells, offset } = this.placeOf(code, address);
    if (data.length > 0) cells.program(offset, Uint8Array.from(data));
    else cells.erase(offset, length);
    if (data.length === 0) this.control.erased();
    if (cells === this.main) this.onChange(offset, length);
  }

  private optionsEnd({ code, data: [optcr, optcr1] }: FlashOperation): void {
    if (code === CODE.OPTIONS_AND_ERASE) this.eraseAll();
    this.cells.program({ optcr, optcr1 });
    // The way back is in force at once, a new level from the next reset on (unsure).
    if (code === CODE.OPTIONS_AND_ERASE) this.level = this.cells.level;
    this.control.optionsDone();
    this.onChange(0, 0);
  }

  private eraseAll(): void {
    this.main.erase(0, this.main.bytes.length);
    this.onOpened();
    this.onChange(0, this.main.bytes.length);
  }

  private cut({ code, address, length, data }: FlashOperation, progress: number, prng: Prng): void {
    if (code === CODE.OPTIONS || code === CODE.OPTIONS_AND_ERASE) {
      this.cutOptions(code, data, progress, prng);
      return;
    }
    const { cells, offset } = this.placeOf(code, address);
    if (data.length > 0) cells.cutProgram(offset, Uint8Array.from(data), progress, prng);
    else cells.cutErase(offset, length, progress, prng);
    if (cells === this.main) this.onChange(offset, length);
  }

  /** The erase comes first: a chip is open again only when nothing of its flash is left. */
  private cutOptions(code: number, data: readonly number[], progress: number, prng: Prng): void {
    const values = { optcr: data[0], optcr1: data[1] };
    // The share of the time that the erase takes.
    const erased = code === CODE.OPTIONS ? 0 : 0.9;
    const { length } = this.main.bytes;
    if (progress < erased) {
      this.main.cutErase(0, length, progress / erased, prng);
      this.onChange(0, length);
      return;
    }
    if (code === CODE.OPTIONS_AND_ERASE) this.eraseAll();
    this.cells.cut(values, (progress - erased) / (1 - erased), prng);
  }

  private spoil({ code, address }: FlashOperation): void {
    if (code === CODE.OPTIONS || code === CODE.OPTIONS_AND_ERASE) return;
    const { cells, offset } = this.placeOf(code, address);
    cells.bytes[offset] ^= 1;
    if (cells === this.main) this.onChange(offset, 1);
  }

  private placeOf(code: number, address: u32): { readonly cells: FlashCells; readonly offset: number } {
    if (code === CODE.PROGRAM_OTP) return { cells: this.otp, offset: address - SYSTEM_BASE - OTP.offset };
    return { cells: this.main, offset: address - FLASH_BASE };
  }
}

function rangeOf(sectors: readonly FlashSector[]): { readonly offset: number; readonly length: number } {
  const [{ offset }] = sectors;
  return { offset, length: sectors.reduce((sum, { size }) => sum + size, 0) };
}
