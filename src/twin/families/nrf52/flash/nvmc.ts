import type { Picoseconds } from "../../../../base/clock.ts";
import { type FlashWindow, STALLED } from "../../../chip/bus.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { RegisterBank, readOnly, register } from "../../../chip/peripherals/register-bank.ts";
import { type Saved, savedPart } from "../../../chip/saved.ts";
import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";
import { PAGE_SIZE } from "../geometry.ts";
import type { FlashPart } from "./flash-memory.ts";
import type { NvmcEngine } from "./nvmc-engine.ts";

/** Register offsets (MDK, NRF_NVMC_Type). */
const OFFSET = {
  READY: 0x400,
  READYNEXT: 0x408,
  CONFIG: 0x504,
  ERASEPAGE: 0x508,
  ERASEALL: 0x50c,
  ERASEPCR0: 0x510,
  ERASEUICR: 0x514,
  ERASEPAGEPARTIAL: 0x518,
} as const;

/** CONFIG: read only, write, erase, partial erase. */
const CONFIG = { REN: 0, WEN: 1, EEN: 2, PEEN: 4 } as const;

/** What the NVMC asks of the chip around it. */
export interface NvmcHooks {
  readonly codeSize: number;
  /** Access port protection is on: ERASEUICR is refused then. */
  readonly isProtected: boolean;
}

/**
 * The non-volatile memory controller: words are written to flash itself while CONFIG says so, pages are erased by
 * registers. Any access to flash while it works has to wait; its own registers answer.
 */
export class Nvmc implements Peripheral {
  readonly name = "NVMC";
  private readonly bank = new RegisterBank("NVMC", [
    readOnly("READY", OFFSET.READY, 4, 1),
    readOnly("READYNEXT", OFFSET.READYNEXT, 4, 1),
    register("CONFIG", OFFSET.CONFIG, 4, 0, 7),
    readOnly("ERASEPAGE", OFFSET.ERASEPAGE, 4, 0),
    readOnly("ERASEALL", OFFSET.ERASEALL, 4, 0),
    readOnly("ERASEPCR0", OFFSET.ERASEPCR0, 4, 0),
    readOnly("ERASEUICR", OFFSET.ERASEUICR, 4, 0),
    readOnly("ERASEPAGEPARTIAL", OFFSET.ERASEPAGEPARTIAL, 4, 0),
    register("ERASEPAGEPARTIALCFG", 0x51c, 4, 0x0a, 0x7f),
    register("ICACHECNF", 0x540, 4, 0, 0x101),
    register("IHIT", 0x548, 4, 0, 0),
    register("IMISS", 0x54c, 4, 0, 0),
  ]);
  private readonly engine: NvmcEngine;
  private readonly hooks: NvmcHooks;

  constructor(engine: NvmcEngine, hooks: NvmcHooks) {
    this.engine = engine;
    this.hooks = hooks;
  }

  read(offset: number, size: AccessSize): number {
    const ready = this.engine.busy ? 0 : 1;
    this.bank.set("READY", ready);
    this.bank.set("READYNEXT", ready);
    return this.bank.read(offset, size);
  }

  isStable(): boolean {
    return true;
  }

  write(offset: number, size: AccessSize, value: number): number {
    if (this.bank.write(offset, size, value) === BUS_FAULT) return BUS_FAULT;
    // A task during an operation is lost (unsure).
    if (!this.engine.busy && size === 4) this.task(offset, value);
    return 0;
  }

  reset(): void {
    this.bank.reset();
  }

  save(): Saved {
    return { bank: this.bank.save() };
  }

  restore(saved: Saved): void {
    this.bank.restore(savedPart(saved, "bank"));
  }

  /** A part of flash as it shows on the bus. */
  windowOf({ base, cells }: FlashPart): FlashWindow {
    const { engine } = this;
    return {
      read: (offset, size) => (engine.busy ? STALLED : cells.read(offset, size)),
      write: (offset, size, value) => this.writeFlash(base + offset, size, value),
      get readyAt(): Picoseconds {
        return engine.readyAt;
      },
    };
  }

  /** Whole words only, and only while CONFIG is WEN: anything else is a fault (unsure). */
  private writeFlash(address: number, size: AccessSize, value: number): number {
    if (this.engine.busy) return STALLED;
    if (size !== 4 || this.bank.get("CONFIG") !== CONFIG.WEN) return BUS_FAULT;
    this.engine.start("write", address, value);
    return 0;
  }

  private task(offset: number, value: number): void {
    const config = this.bank.get("CONFIG");
    if (offset === OFFSET.ERASEPAGEPARTIAL && config === CONFIG.PEEN && this.isPage(value))
      this.engine.start("partial", value, this.bank.get("ERASEPAGEPARTIALCFG"));
    if (config !== CONFIG.EEN) return;
    if ((offset === OFFSET.ERASEPAGE || offset === OFFSET.ERASEPCR0) && this.isPage(value))
      this.engine.start("page", value - (value % PAGE_SIZE), 0);
    if (offset === OFFSET.ERASEALL && value === 1) this.engine.start("all", 0, 0);
    if (offset === OFFSET.ERASEUICR && value === 1 && !this.hooks.isProtected) this.engine.start("uicr", 0, 0);
  }

  /** UICR is no page of code flash; what lies outside is ignored (unsure). */
  private isPage(address: number): boolean {
    return address < this.hooks.codeSize;
  }
}
