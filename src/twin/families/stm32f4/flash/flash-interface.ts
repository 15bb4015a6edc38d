import type { Picoseconds } from "../../../../base/clock.ts";
import type { u32 } from "../../../../base/u32.ts";
import { STALLED } from "../../../chip/bus.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { type Saved, savedFlag, savedNumber } from "../../../chip/saved.ts";
import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";
import type { FlashUnit } from "./flash-unit.ts";
import { levelOf } from "./options.ts";

const OFFSET = { ACR: 0x00, KEYR: 0x04, OPTKEYR: 0x08, SR: 0x0c, CR: 0x10, OPTCR: 0x14, OPTCR1: 0x18 } as const;
const KEYS = [0x45670123, 0xcdef89ab] as const;
const OPTION_KEYS = [0x08192a3b, 0x4c5d6e7f] as const;
const ACR = { WRITABLE: 0x1f0f } as const;
const CR = {
  SER: 1 << 1,
  MER: 1 << 2,
  SNB: 0xf8,
  SNB_SHIFT: 3,
  PSIZE_SHIFT: 8,
  MER1: 1 << 15,
  STRT: 1 << 16,
  LOCK: 0x80000000,
} as const;
/** PG, SER, MER, SNB, PSIZE, EOPIE, ERRIE; MER1 joins them where there are two banks. */
const CR_WRITABLE = 0x0300037f;
const SR_BSY = 1 << 16;
/** EOP, OPERR, WRPERR, PGAERR, PGPERR, PGSERR: cleared by ones; RDERR joins them on F42x. */
const SR_CLEARABLE = 0xf3;
const OPTCR = { OPTLOCK: 1, OPTSTRT: 2, FIELDS: 0x0fffffec, F42X: 0xc0000000 } as const;
const OPTCR1_FIELDS = 0x0fff0000;

/** The wrong key locks a register until the next reset. */
interface Lock {
  /** Keys that came in order. */
  keys: number;
  locked: boolean;
  blocked: boolean;
}

const closedLock = (): Lock => ({ keys: 0, locked: true, blocked: false });

/**
 * The flash interface registers at 0x40023C00 (RM0090, 3.9). A write to CR or OPTCR while an operation is under way waits
 * on the bus, and is tried again as a whole.
 */
export class FlashInterface implements Peripheral {
  readonly name = "FLASH";
  private acr = 0;
  private cr = 0;
  private optcr = 0;
  private optcr1 = 0;
  private program: Lock = closedLock();
  private options: Lock = closedLock();
  private readonly unit: FlashUnit;

  constructor(unit: FlashUnit) {
    this.unit = unit;
    unit.control = {
      cr: () => this.cr,
      erased: () => {
        this.cr &= ~CR.STRT;
      },
      optionsDone: () => this.loadOptions(),
    };
    this.loadOptions();
  }

  /** When a write that has to wait can be tried again. */
  get readyAt(): Picoseconds {
    return this.unit.operations.endsAt;
  }

  read(offset: number, size: AccessSize): number {
    const value = this.word(offset & ~3);
    if (value === BUS_FAULT) return BUS_FAULT;
    return size === 4 ? value : (value >>> (8 * (offset & 3))) & ((1 << (8 * size)) - 1);
  }

  isStable(): boolean {
    return true;
  }

  /** Registers are written as words; a narrower write is one of its byte lanes, the others 0 (unsure). */
  write(offset: number, _size: AccessSize, value: number): number {
    switch (offset) {
      case OFFSET.ACR:
        this.acr = value & ACR.WRITABLE;
        return 0;
      case OFFSET.KEYR:
        return takeKey(this.program, KEYS, value);
      case OFFSET.OPTKEYR:
        return takeKey(this.options, OPTION_KEYS, value);
      case OFFSET.SR:
        this.unit.errors &= ~(value & (SR_CLEARABLE | (this.unit.chip.isF42x ? 0x100 : 0)));
        return 0;
      case OFFSET.CR:
        return this.unit.operations.busy ? STALLED : this.writeCr(value);
      case OFFSET.OPTCR:
        return this.unit.operations.busy ? STALLED : this.writeOptcr(value);
      case OFFSET.OPTCR1:
        if (this.unit.operations.busy) return STALLED;
        if (this.unit.chip.isF42x && !this.options.locked) this.optcr1 = value & OPTCR1_FIELDS;
        return 0;
      default:
        return BUS_FAULT;
    }
  }

  /** A system reset: locked again, and the options as their cells have them. */
  reset(): void {
    this.acr = 0;
    this.cr = 0;
    this.unit.errors = 0;
    this.program = closedLock();
    this.options = closedLock();
    this.loadOptions();
  }

  save(): Saved {
    const { acr, cr, optcr, optcr1, program, options } = this;
    return { acr, cr, optcr, optcr1, program: { ...program }, options: { ...options } };
  }

  restore(saved: Saved): void {
    this.acr = savedNumber(saved, "acr");
    this.cr = savedNumber(saved, "cr");
    this.optcr = savedNumber(saved, "optcr");
    this.optcr1 = savedNumber(saved, "optcr1");
    this.program = restoredLock(saved["program"] as Saved);
    this.options = restoredLock(saved["options"] as Saved);
  }

  private word(offset: number): number {
    switch (offset) {
      case OFFSET.ACR:
        return this.acr;
      case OFFSET.KEYR:
      case OFFSET.OPTKEYR:
        return 0;
      case OFFSET.SR:
        return (this.unit.errors | (this.unit.operations.busy ? SR_BSY : 0)) >>> 0;
      case OFFSET.CR:
        return (this.cr | (this.program.locked ? CR.LOCK : 0)) >>> 0;
      case OFFSET.OPTCR:
        return (this.optcr | (this.options.locked ? OPTCR.OPTLOCK : 0)) >>> 0;
      case OFFSET.OPTCR1:
        return this.unit.chip.isF42x ? this.optcr1 : 0;
      default:
        return BUS_FAULT;
    }
  }

  private writeCr(value: u32): number {
    if (this.program.locked) return 0;
    const writable = CR_WRITABLE | (this.unit.chip.banks === 2 ? CR.MER1 | CR.SNB : 0);
    this.cr = value & writable;
    if (value & CR.LOCK) this.program = closedLock();
    if (value & CR.STRT) this.start();
    return 0;
  }

  /** SER and MER together start nothing (RM0090, 3.6.3). */
  private start(): void {
    const { cr, unit } = this;
    const banks = ((cr & CR.MER) !== 0 ? 1 : 0) | ((cr & CR.MER1) !== 0 ? 2 : 0);
    const isSector = (cr & CR.SER) !== 0;
    if (isSector === (banks !== 0)) return;
    this.cr |= CR.STRT;
    const psize = (cr >>> CR.PSIZE_SHIFT) & 3;
    const isBegun = isSector ? unit.eraseSector((cr & CR.SNB) >>> CR.SNB_SHIFT, psize) : unit.eraseBanks(banks, psize);
    if (!isBegun) this.cr &= ~CR.STRT;
  }

  private writeOptcr(value: u32): number {
    if (this.options.locked) return 0;
    const { cells, chip } = this.unit;
    // At level 2 nothing changes the options any more.
    if (cells.level !== 2) this.optcr = (value & (OPTCR.FIELDS | (chip.isF42x ? OPTCR.F42X : 0))) >>> 0;
    if (value & OPTCR.OPTLOCK) this.options = closedLock();
    if (value & OPTCR.OPTSTRT && cells.level !== 2) this.startOptions();
    return 0;
  }

  private startOptions(): void {
    const { optcr, optcr1, unit } = this;
    const opens = unit.level === 1 && levelOf(optcr) === 0;
    unit.programOptions({ optcr, optcr1 }, opens, (this.cr >>> CR.PSIZE_SHIFT) & 3);
  }

  private loadOptions(): void {
    const { optcr, optcr1 } = this.unit.cells.load();
    this.optcr = optcr;
    this.optcr1 = optcr1;
  }
}

/** Two keys in their order open a register; any other word is a bus error, and locks it until the next reset. */
function takeKey(lock: Lock, keys: readonly [u32, u32], value: u32): number {
  if (!lock.locked) return 0;
  if (lock.blocked || value >>> 0 !== keys[lock.keys]) {
    lock.blocked = true;
    return BUS_FAULT;
  }
  lock.keys += 1;
  if (lock.keys < keys.length) return 0;
  lock.locked = false;
  lock.keys = 0;
  return 0;
}

const restoredLock = (saved: Saved): Lock => ({
  keys: savedNumber(saved, "keys"),
  locked: savedFlag(saved, "locked"),
  blocked: savedFlag(saved, "blocked"),
});
