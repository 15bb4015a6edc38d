import type { DpIdentity } from "../seam.ts";
import { DormantWatch, WakeUpWatch } from "./dormant.ts";
import { ACK, alwaysAnswered, type ApBus, DebugPort, REQUEST } from "./debug-port.ts";
import { isOdd, LINE_RESET_ONES, parity32, PHASE } from "./swd-phases.ts";

/** What may be done to one transfer on purpose. */
export type DapFault = "wait" | "fault" | "parity" | "noack";

/** Asked once for each transfer; `exempt` requests must be answered OK and can only be garbled. */
export type DapFaults = (exempt: boolean) => DapFault | undefined;

/** Zeros that end a line reset; whether silicon insists on the second is unsure, the specification does. */
const LINE_RESET_IDLES = 2;
/** JTAG-to-SWD and back, least significant bit first (ADIv5.2, B5.2). */
const TO_SWD = 0xe79e;
const TO_JTAG = 0xe73c;
/** SWD to dormant state, for ports that have it (ADIv5.2, B5.3.3). */
const TO_DORMANT = 0xe3bc;

/** Write of DP register 0xC. */
const TARGETSEL_REQUEST = REQUEST.ADDRESS;

/**
 * An SW-DP as its two wires show it: one call is one rising edge of SWCLK, and answers the level of SWDIO after it.
 *
 * That is what a J-Link returns for the clock; a probe that samples before the edge returns the previous call's level
 * (bit-exact rules: ADIv5.2, chapter B4; index table of a transfer in `docs`). Starts silent, as JTAG.
 */
export class SwdEdges {
  /** Rising edges seen since the twin was made: the wire's own time. */
  edges = 0;
  protected phase: number = PHASE.JTAG;
  protected ones = 0;
  private idles = 0;
  /** Bits of a switching sequence seen after a line reset, and how many; 0 when none is on its way. */
  private sequence = 0;
  protected sequenceBits = 0;
  /** Only DPIDR may be read until it has been. */
  protected fresh = true;
  protected header = 0;
  protected count = 0;
  protected ack = 0;
  private dataPhase = false;
  protected word = 0;
  protected parity = 0;
  protected flipParity = 0;
  protected driving = false;
  protected level = 1;
  /** Power-ons so far: an access may find the power gone in its middle. */
  private powerOns = 0;
  protected readonly port: DebugPort;
  private readonly wakeUp = new WakeUpWatch();
  private readonly toDormant = new DormantWatch();
  /** Whether the port has dormant state at all: ports of DPv2 that share their wire. */
  private readonly hasDormant: boolean;
  private readonly faults: DapFaults | undefined;

  constructor(bus: ApBus, identity: DpIdentity, faults?: DapFaults) {
    this.port = new DebugPort(bus, identity);
    this.faults = faults;
    this.hasDormant = identity.targetid !== undefined;
    if (identity.startsDormant) this.phase = PHASE.DORMANT;
  }

  /** The level that this port drives now, or undefined where it leaves the line alone. */
  get driven(): number | undefined {
    return this.driving ? this.level : undefined;
  }

  /** Power-on: registers at their reset values, the wire in JTAG or dormant. */
  powerOn(): void {
    this.powerOns++;
    this.port.reset();
    this.phase = this.port.identity.startsDormant ? PHASE.DORMANT : PHASE.JTAG;
    this.wakeUp.restart();
    this.ones = 0;
    this.sequenceBits = 0;
    this.driving = false;
  }

  /** One rising edge: `swdio` counts where the probe drives the line, else the target's level or the pull-up. */
  clock(swdio: number, driven: number): number {
    this.edges++;
    const seen = driven !== 0 ? swdio : this.driving ? this.level : 1;
    if (seen !== 0) {
      if (++this.ones === LINE_RESET_ONES) this.lineReset();
    } else {
      if (this.ones >= LINE_RESET_ONES) this.sequenceBits = -1;
      this.ones = 0;
    }
    if (this.sequenceBits !== 0) this.collectSequence(seen);
    this.step(seen);
    if (driven !== 0) return swdio;
    return this.driving ? this.level : 1;
  }

  private step(seen: number): void {
    switch (this.phase) {
      case PHASE.UNSELECTED:
        return;
      case PHASE.JTAG:
        if (this.hasDormant && this.toDormant.see(seen)) this.sleep();
        return;
      case PHASE.DORMANT:
        this.stepDormant(seen);
        return;
      case PHASE.RESET:
        this.stepReset(seen);
        return;
      case PHASE.IDLE:
        if (seen === 0) return;
        this.header = 1;
        this.count = 1;
        this.phase = PHASE.HEADER;
        return;
      case PHASE.HEADER:
        this.header |= seen << this.count;
        if (++this.count === 8) this.endHeader();
        return;
      case PHASE.TURNAROUND:
        if (--this.count === 0) this.acknowledge();
        return;
      case PHASE.ACKNOWLEDGE:
        this.level = (this.ack >>> this.count) & 1;
        if (++this.count === 3) this.endAcknowledge();
        return;
      case PHASE.READ:
        this.stepRead();
        return;
      case PHASE.READ_END:
        this.driving = false;
        if (--this.count === 0) this.phase = PHASE.IDLE;
        return;
      case PHASE.WRITE_TURNAROUND:
        this.driving = false;
        if (--this.count === 0) this.beginWrite();
        return;
      case PHASE.WRITE:
        this.stepWrite(seen);
        return;
      case PHASE.TARGETSEL:
        this.stepTargetsel(seen);
        return;
    }
  }

  private sleep(): void {
    this.phase = PHASE.DORMANT;
    this.driving = false;
    this.wakeUp.restart();
  }

  /** What selects SWD leaves the port waiting for a line reset. */
  private stepDormant(seen: number): void {
    const wire = this.wakeUp.see(seen);
    if (wire === undefined) return;
    this.phase = wire === "swd" ? PHASE.UNSELECTED : PHASE.JTAG;
    this.ones = 0;
  }

  private lineReset(): void {
    if (this.phase === PHASE.JTAG || this.phase === PHASE.DORMANT) return;
    this.port.lineReset();
    this.phase = PHASE.RESET;
    this.fresh = true;
    this.idles = 0;
    this.driving = false;
  }

  private stepReset(seen: number): void {
    if (seen === 0 && ++this.idles === LINE_RESET_IDLES) this.phase = PHASE.IDLE;
    else if (seen !== 0 && this.idles > 0) this.phase = PHASE.UNSELECTED;
  }

  private collectSequence(seen: number): void {
    if (this.sequenceBits < 0) this.sequence = this.sequenceBits = 0;
    this.sequence |= seen << this.sequenceBits++;
    if (this.sequenceBits < 16) return;
    this.sequenceBits = 0;
    if (this.sequence === TO_SWD && this.phase === PHASE.JTAG) this.phase = PHASE.UNSELECTED;
    if (this.phase === PHASE.DORMANT) return;
    if (this.sequence === TO_DORMANT && this.phase !== PHASE.JTAG && this.hasDormant) return void this.sleep();
    if (this.sequence !== TO_JTAG) return;
    this.phase = PHASE.JTAG;
    this.driving = false;
  }

  private endHeader(): void {
    const request = (this.header >>> 1) & 0x1f;
    const framed = (this.header & 0xc0) === 0x80;
    if (this.fresh && framed && !isOdd(request) && this.isTargetsel(request)) {
      this.phase = PHASE.TARGETSEL;
      // Turnaround, three clocks without an acknowledge, turnaround.
      this.count = -(this.port.turnround + 3 + this.port.turnround);
      this.word = 0;
      this.parity = 0;
      return;
    }
    const allowed = !this.fresh || (request & 0xf) === REQUEST.READ;
    if (!framed || !allowed || isOdd(request)) {
      this.phase = PHASE.UNSELECTED;
      return;
    }
    this.fresh = false;
    this.count = this.port.turnround;
    this.phase = PHASE.TURNAROUND;
  }

  /** Asks the port for its acknowledge, or takes the injected one, and drives its first bit. */
  protected acknowledge(): void {
    const request = (this.header >>> 1) & 0xf;
    const { powerOns } = this;
    const fault = this.faults?.(alwaysAnswered(request));
    this.flipParity = fault === "parity" ? 1 : 0;
    if (fault === "fault") this.port.setStickyError();
    if (fault === "wait" || fault === "fault") this.ack = this.port.refuse(fault === "wait" ? ACK.WAIT : ACK.FAULT);
    else if (fault !== "noack") this.ack = this.port.accept(request);
    if (powerOns !== this.powerOns || fault === "noack") {
      this.phase = powerOns !== this.powerOns ? PHASE.JTAG : PHASE.UNSELECTED;
      return;
    }
    this.dataPhase = this.ack === ACK.OK || this.port.overrunDetect;
    this.driving = true;
    this.level = this.ack & 1;
    this.count = 1;
    this.phase = PHASE.ACKNOWLEDGE;
  }

  private endAcknowledge(): void {
    if (this.dataPhase && (this.header & (REQUEST.READ << 1)) !== 0) {
      this.word = this.port.data;
      this.count = 0;
      this.phase = PHASE.READ;
      return;
    }
    this.count = 1 + this.port.turnround;
    this.phase = PHASE.WRITE_TURNAROUND;
  }

  private stepRead(): void {
    // A refused read in overrun mode has its data phase, but the line is not driven.
    this.driving = this.ack === ACK.OK;
    if (this.count < 32) {
      this.level = (this.word >>> this.count++) & 1;
      return;
    }
    this.level = parity32(this.word) ^ this.flipParity;
    this.count = 1 + this.port.turnround;
    this.phase = PHASE.READ_END;
  }

  private isTargetsel(request: number): boolean {
    return (request & 0xf) === TARGETSEL_REQUEST && this.port.targetsel !== undefined;
  }

  /** The port whose TARGETSEL was written stays and answers a read of DPIDR next; every other waits for a line reset. */
  private stepTargetsel(seen: number): void {
    const index = this.count++;
    if (index < 0) return;
    if (index < 32) {
      this.word |= seen << index;
      this.parity ^= seen;
      return;
    }
    const selected = this.word >>> 0 === this.port.targetsel && this.parity === seen;
    this.phase = selected ? PHASE.IDLE : PHASE.UNSELECTED;
  }

  private beginWrite(): void {
    this.word = 0;
    this.parity = 0;
    this.phase = this.dataPhase ? PHASE.WRITE : PHASE.IDLE;
  }

  private stepWrite(seen: number): void {
    if (this.count < 32) {
      this.word |= seen << this.count++;
      this.parity ^= seen;
      return;
    }
    this.phase = PHASE.IDLE;
    if (this.ack === ACK.OK) this.endWrite(seen);
  }

  protected endWrite(parityBit: number): void {
    if ((this.parity ^ this.flipParity) === parityBit) this.port.complete((this.header >>> 1) & 0xf, this.word >>> 0);
    else this.port.dropWrite();
  }
}
