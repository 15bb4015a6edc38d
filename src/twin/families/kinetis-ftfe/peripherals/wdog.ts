import { type Picoseconds, SECOND } from "../../../../base/clock.ts";
import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";
import { type Saved, savedFlag, savedNumber, savedPart } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import type { ResetCause } from "./rcm.ts";
import { RegisterBank, readOnly, register } from "../../../chip/peripherals/register-bank.ts";

/** Register offsets (K-series manual, WDOG). All are 16 bits wide. */
const OFFSET = { REFRESH: 0x0c, UNLOCK: 0x0e, RSTCNT: 0x14 } as const;
const STCTRLH = { WDOGEN: 0x0001, CLKSRC: 0x0002, ALLOWUPDATE: 0x0010 } as const;
const UNLOCK_KEYS = [0xc520, 0xd928] as const;
const REFRESH_KEYS = [0xa602, 0xb480] as const;
/** The second key has to follow the first within this many bus clocks. */
const KEY_CLOCKS = 20;
/** After an unlock the write-once registers are open for this many bus clocks (WCT). */
const WINDOW_CLOCKS = 256;
const LPO_HZ = 1000;
const NEVER: Picoseconds = -1;

const TIMEOUT = "wdogTimeout";
const WINDOW_END = "wdogWindow";

/** What the watchdog asks of the chip around it. */
export interface WdogHooks {
  busHz(): number;
  bite(): void;
}

/**
 * The watchdog: 01D3 after every system reset, so it runs; time-out about 1.19 s on the reset clock.
 *
 * It counts only while the chip says so (the core runs). Not starting an unlock within WCT after reset has no
 * consequence here (the manual speaks of a reset; debuggers that stop the core for longer are no trouble on silicon:
 * unsure). Interrupt-before-reset and windowed mode aren't modelled.
 */
export class Wdog implements Peripheral {
  readonly name = "WDOG";
  private readonly bank = new RegisterBank("WDOG", [
    register("STCTRLH", 0x00, 2, 0x01d3, 0x7fff),
    register("STCTRLL", 0x02, 2, 0x0001, 0x0000),
    register("TOVALH", 0x04, 2, 0x004c),
    register("TOVALL", 0x06, 2, 0x4b4c),
    register("WINH", 0x08, 2, 0x0000),
    register("WINL", 0x0a, 2, 0x0010),
    readOnly("REFRESH", OFFSET.REFRESH, 2, 0xb480),
    readOnly("UNLOCK", OFFSET.UNLOCK, 2, 0xd928),
    readOnly("TMROUTH", 0x10, 2, 0),
    readOnly("TMROUTL", 0x12, 2, 0),
    register("RSTCNT", OFFSET.RSTCNT, 2, 0, 0),
    register("PRESC", 0x16, 2, 0x0400, 0x0700),
  ]);
  private readonly timeline: Timeline;
  private readonly hooks: WdogHooks;
  private firstUnlock: Picoseconds = NEVER;
  private firstRefresh: Picoseconds = NEVER;
  private windowOpen = false;
  private configured = false;
  /** Counting time since the last refresh, up to `since`. */
  private elapsed: Picoseconds = 0;
  private since: Picoseconds = NEVER;

  constructor(timeline: Timeline, hooks: WdogHooks) {
    this.timeline = timeline;
    this.hooks = hooks;
    timeline.on(TIMEOUT, () => this.hooks.bite());
    timeline.on(WINDOW_END, () => this.closeWindow());
  }

  /** Says whether the core runs; the counter stands still while it doesn't. */
  setCounting(counting: boolean): void {
    if (counting === (this.since !== NEVER)) return;
    if (!counting) this.elapsed += this.timeline.now - this.since;
    this.since = counting ? this.timeline.now : NEVER;
    this.schedule();
  }

  read(offset: number, size: AccessSize): number {
    const counts = Math.floor((this.counted * this.countHz) / SECOND);
    this.bank.set("TMROUTH", Math.floor(counts / 0x10000));
    this.bank.set("TMROUTL", counts % 0x10000);
    return this.bank.read(offset, size);
  }

  write(offset: number, size: AccessSize, value: number): number {
    if (this.bank.read(offset, size) === BUS_FAULT) return BUS_FAULT;
    if (offset === OFFSET.UNLOCK) this.unlock(value & 0xffff);
    else if (offset === OFFSET.REFRESH) this.refresh(value & 0xffff);
    else if (this.windowOpen) this.configure(offset, size, value);
    return 0;
  }

  reset(): void {
    const count = this.bank.get("RSTCNT");
    this.bank.reset();
    this.bank.set("RSTCNT", count);
    this.firstUnlock = NEVER;
    this.firstRefresh = NEVER;
    this.configured = true;
    this.closeWindow();
    this.restart();
  }

  /** RSTCNT counts the watchdog's own resets since power-on. */
  countReset(cause: ResetCause): void {
    if (cause === "POR") this.bank.set("RSTCNT", 0);
    if (cause === "WDOG") this.bank.set("RSTCNT", this.bank.get("RSTCNT") + 1);
  }

  save(): Saved {
    const now = this.timeline.now;
    const { windowOpen, configured } = this;
    return {
      bank: this.bank.save(),
      windowOpen,
      configured,
      counted: this.counted,
      counting: this.since !== NEVER,
      unlockAge: this.firstUnlock === NEVER ? NEVER : now - this.firstUnlock,
      refreshAge: this.firstRefresh === NEVER ? NEVER : now - this.firstRefresh,
    };
  }

  restore(saved: Saved): void {
    const now = this.timeline.now;
    const time = (age: number) => (age === NEVER ? NEVER : now - age);
    this.bank.restore(savedPart(saved, "bank"));
    this.windowOpen = savedFlag(saved, "windowOpen");
    this.configured = savedFlag(saved, "configured");
    this.elapsed = savedNumber(saved, "counted");
    this.since = savedFlag(saved, "counting") ? now : NEVER;
    this.firstUnlock = time(savedNumber(saved, "unlockAge"));
    this.firstRefresh = time(savedNumber(saved, "refreshAge"));
  }

  /** Two keys in time open the window; anything else while updates are allowed is a reset. */
  private unlock(value: number): void {
    if (!(this.bank.get("STCTRLH") & STCTRLH.ALLOWUPDATE)) return;
    const first = this.firstUnlock;
    this.firstUnlock = NEVER;
    if (value === UNLOCK_KEYS[0]) this.firstUnlock = this.timeline.now;
    else if (value === UNLOCK_KEYS[1] && this.isInTime(first)) this.openWindow();
    else this.hooks.bite();
  }

  private refresh(value: number): void {
    const first = this.firstRefresh;
    this.firstRefresh = value === REFRESH_KEYS[0] ? this.timeline.now : NEVER;
    if (value === REFRESH_KEYS[1] && this.isInTime(first)) this.restart();
  }

  private isInTime(first: Picoseconds): boolean {
    return first !== NEVER && this.timeline.now - first <= this.clocks(KEY_CLOCKS);
  }

  private openWindow(): void {
    this.windowOpen = true;
    this.configured = false;
    this.timeline.set(WINDOW_END, this.timeline.now + this.clocks(WINDOW_CLOCKS));
  }

  private closeWindow(): void {
    this.timeline.clear(WINDOW_END);
    this.windowOpen = false;
    if (!this.configured) this.hooks.bite();
  }

  private configure(offset: number, size: AccessSize, value: number): void {
    this.configured = true;
    this.bank.write(offset, size, value);
    this.schedule();
  }

  private restart(): void {
    this.elapsed = 0;
    if (this.since !== NEVER) this.since = this.timeline.now;
    this.schedule();
  }

  private schedule(): void {
    const active = this.since !== NEVER && (this.bank.get("STCTRLH") & STCTRLH.WDOGEN) !== 0;
    if (active) this.timeline.set(TIMEOUT, this.since + this.period - this.elapsed);
    else this.timeline.clear(TIMEOUT);
  }

  private clocks(count: number): Picoseconds {
    return (count * SECOND) / this.hooks.busHz();
  }

  private get counted(): Picoseconds {
    return this.elapsed + (this.since === NEVER ? 0 : this.timeline.now - this.since);
  }

  private get countHz(): number {
    const source = this.bank.get("STCTRLH") & STCTRLH.CLKSRC ? this.hooks.busHz() : LPO_HZ;
    return source / (((this.bank.get("PRESC") >>> 8) & 7) + 1);
  }

  private get period(): Picoseconds {
    const counts = this.bank.get("TOVALH") * 0x10000 + this.bank.get("TOVALL");
    return Math.round((counts * SECOND) / this.countHz);
  }
}
