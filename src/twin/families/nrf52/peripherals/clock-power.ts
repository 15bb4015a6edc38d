import { MICROSECOND } from "../../../../base/clock.ts";
import type { u32 } from "../../../../base/u32.ts";
import { type Saved, savedFlag, savedNumber, savedPart } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import { type BlockHooks, EventBlock } from "./event-block.ts";
import type { ResetCause } from "../reset.ts";

/** CLOCK and POWER share one slot (MDK). */
const TASK = {
  HFCLKSTART: 0x00,
  HFCLKSTOP: 0x04,
  LFCLKSTART: 0x08,
  LFCLKSTOP: 0x0c,
  CAL: 0x10,
  CTSTART: 0x14,
} as const;
const EVENT = { HFCLKSTARTED: 0x100, LFCLKSTARTED: 0x104, DONE: 0x10c, CTTO: 0x110 } as const;
const REG = {
  RESETREAS: 0x400,
  HFCLKRUN: 0x408,
  HFCLKSTAT: 0x40c,
  LFCLKRUN: 0x414,
  LFCLKSTAT: 0x418,
  LFCLKSRCCOPY: 0x41c,
  GPREGRET: 0x51c,
  GPREGRET2: 0x520,
  LFCLKSRC: 0x518,
  FORCEPROTECT: 0x550,
  DISABLE: 0x558,
  TRACECONFIG: 0x55c,
  MAINREGSTATUS: 0x640,
} as const;
/** TRACECONFIG.TRACEMUX: SWO on its pin. */
const TRACE_SERIAL = 1;
/** TRACECONFIG.TRACEPORTSPEED divides this clock by 1, 2, 4 and 8 (nRF52832 PS v1.8, CLOCK). */
const TRACE_HZ = 32_000_000;
const RUNNING = 1 << 16;

/** Bits of RESETREAS; power-on clears all of them. */
const REASONS: { readonly [cause in ResetCause]: number } = { POR: 0, PIN: 1, DOG: 2, SREQ: 4, LOCKUP: 8 };

/** Start-up times: crystal of 32 MHz, and of 32 kHz or the RC oscillator (recalled, unsure). */
const HF_START = 360 * MICROSECOND;
const LF_START = { rc: 600 * MICROSECOND, crystal: 250_000 * MICROSECOND } as const;
const CALIBRATION = 16_000 * MICROSECOND;

const HF_EVENT = "hfclkStarted";
const LF_EVENT = "lfclkStarted";
const CAL_EVENT = "lfclkCalibrated";

/** What CLOCK and POWER ask of the chip around them. */
export interface ClockHooks extends BlockHooks {
  /** The 32 kHz clock runs, or does not any more. */
  lfclkChanged(): void;
  /** Access port protection by software. */
  approtect(kind: "force" | "disable", value: u32): void;
}

/** CLOCK, POWER and the software side of APPROTECT, which share the first slot; voltages are always fine. */
export class ClockPower extends EventBlock {
  private readonly timeline: Timeline;
  private readonly clock: ClockHooks;
  private lfRuns = false;
  private hfCrystal = false;
  private reasons = 0;

  constructor(timeline: Timeline, hooks: ClockHooks) {
    super("CLOCK", hooks, { 0x504: 0, [REG.MAINREGSTATUS]: 0, 0x518: 0, 0x53c: 0, [REG.TRACECONFIG]: 0 });
    this.timeline = timeline;
    this.clock = hooks;
    timeline.on(HF_EVENT, () => this.hfStarted());
    timeline.on(LF_EVENT, () => this.lfStarted());
    timeline.on(CAL_EVENT, () => this.fire(EVENT.DONE));
  }

  /** Whether the SWO pin is connected. */
  get hasSwo(): boolean {
    return ((this.get(REG.TRACECONFIG) >>> 16) & 3) === TRACE_SERIAL;
  }

  /** The trace port's clock, in hertz. */
  get traceHz(): number {
    return TRACE_HZ / 2 ** (this.get(REG.TRACECONFIG) & 3);
  }

  /** Whether the 32 kHz clock runs. */
  get lfclkRuns(): boolean {
    return this.lfRuns;
  }

  /** Notes why the chip was reset: bits pile up until they are cleared, or the power goes. */
  record(cause: ResetCause): void {
    this.reasons = cause === "POR" ? 0 : this.reasons | REASONS[cause];
    if (cause !== "SREQ" && cause !== "LOCKUP") {
      this.kept = { [REG.GPREGRET]: 0, [REG.GPREGRET2]: 0 };
      this.restoreKept();
    }
  }

  override reset(): void {
    this.kept = { [REG.GPREGRET]: this.get(REG.GPREGRET), [REG.GPREGRET2]: this.get(REG.GPREGRET2) };
    for (const name of [HF_EVENT, LF_EVENT, CAL_EVENT]) this.timeline.clear(name);
    this.lfRuns = false;
    this.hfCrystal = false;
    super.reset();
    this.restoreKept();
    this.clock.lfclkChanged();
  }

  override save(): Saved {
    const { lfRuns, hfCrystal, reasons } = this;
    return { block: super.save(), lfRuns, hfCrystal, reasons };
  }

  override restore(saved: Saved): void {
    super.restore(savedPart(saved, "block"));
    this.lfRuns = savedFlag(saved, "lfRuns");
    this.hfCrystal = savedFlag(saved, "hfCrystal");
    this.reasons = savedNumber(saved, "reasons");
  }

  protected override task(offset: number): void {
    if (offset === TASK.HFCLKSTART) this.timeline.set(HF_EVENT, this.timeline.now + HF_START);
    if (offset === TASK.HFCLKSTOP) this.stopHf();
    if (offset === TASK.LFCLKSTART) this.startLf();
    if (offset === TASK.LFCLKSTOP) this.stopLf();
    if (offset === TASK.CAL) this.timeline.set(CAL_EVENT, this.timeline.now + CALIBRATION);
    if (offset === TASK.CTSTART) this.fire(EVENT.CTTO);
  }

  protected override readRegister(offset: number): u32 {
    if (offset === REG.RESETREAS) return this.reasons;
    if (offset === REG.HFCLKSTAT) return RUNNING | (this.hfCrystal ? 1 : 0);
    if (offset === REG.LFCLKSTAT) return this.lfRuns ? RUNNING | (this.get(REG.LFCLKSRCCOPY) & 3) : 0;
    return super.readRegister(offset);
  }

  protected override wrote(offset: number, value: u32): void {
    if (offset === REG.RESETREAS) this.reasons &= ~value;
    else if (offset === REG.FORCEPROTECT) this.clock.approtect("force", value);
    else if (offset === REG.DISABLE) this.clock.approtect("disable", value);
    else if (offset < 0x400 || offset > REG.LFCLKSRCCOPY) super.wrote(offset, value);
  }

  /** What a soft reset leaves. */
  private kept: { readonly [offset: number]: u32 } = {};

  private restoreKept(): void {
    for (const [offset, value] of Object.entries(this.kept)) this.set(Number(offset), value);
  }

  private hfStarted(): void {
    this.hfCrystal = true;
    this.set(REG.HFCLKRUN, 1);
    this.fire(EVENT.HFCLKSTARTED);
  }

  private stopHf(): void {
    this.timeline.clear(HF_EVENT);
    this.hfCrystal = false;
    this.set(REG.HFCLKRUN, 0);
  }

  private startLf(): void {
    this.set(REG.LFCLKRUN, 1);
    this.set(REG.LFCLKSRCCOPY, this.get(REG.LFCLKSRC) & 3);
    const isCrystal = (this.get(REG.LFCLKSRC) & 3) === 1;
    this.timeline.set(LF_EVENT, this.timeline.now + (isCrystal ? LF_START.crystal : LF_START.rc));
  }

  private lfStarted(): void {
    this.lfRuns = true;
    this.fire(EVENT.LFCLKSTARTED);
    this.clock.lfclkChanged();
  }

  private stopLf(): void {
    this.timeline.clear(LF_EVENT);
    this.lfRuns = false;
    this.set(REG.LFCLKRUN, 0);
    this.clock.lfclkChanged();
  }
}
