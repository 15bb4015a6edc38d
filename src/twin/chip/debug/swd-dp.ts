import type { DpIdentity } from "../seam.ts";
import { DormantWatch, WakeUpWatch } from "./dormant.ts";
import { ACK, alwaysAnswered, type ApBus, DebugPort, REQUEST } from "./debug-port.ts";

/** What may be done to one transfer on purpose. */
export type DapFault = "wait" | "fault" | "parity" | "noack";

/** Asked once for each transfer; `exempt` requests must be answered OK and can only be garbled. */
export type DapFaults = (exempt: boolean) => DapFault | undefined;

/** Ones in a row that reset the line (ADIv5.2, B4.3.3); one less does not. */
const LINE_RESET_ONES = 50;
/** Zeros that end a line reset; whether silicon insists on the second is unsure, the specification does. */
const LINE_RESET_IDLES = 2;
/** JTAG-to-SWD and back, least significant bit first (ADIv5.2, B5.2). */
const TO_SWD = 0xe79e;
const TO_JTAG = 0xe73c;
/** SWD to dormant state, for ports that have it (ADIv5.2, B5.3.3). */
const TO_DORMANT = 0xe3bc;

/** What the next edge means. JTAG, DORMANT and UNSELECTED are silent; UNSELECTED ends with a line reset. */
const JTAG = 0;
const UNSELECTED = 1;
const RESET = 2;
const IDLE = 3;
const HEADER = 4;
const TURNAROUND = 5;
const ACKNOWLEDGE = 6;
const READ = 7;
const READ_END = 8;
const WRITE_TURNAROUND = 9;
const WRITE = 10;
/** The data phase of a TARGETSEL write, whose acknowledge no target drives (ADIv5.2, B4.3.4). */
const TARGETSEL = 11;
const DORMANT = 12;

/** Write of DP register 0xC. */
const TARGETSEL_REQUEST = REQUEST.ADDRESS;

/** 1 where the five bits have odd parity, by value. */
const ODD = Uint8Array.from({ length: 32 }, (_, n) => parity32(n));

/**
 * An SW-DP as its two wires show it: one call is one rising edge of SWCLK, and answers the level of SWDIO after it.
 *
 * That is what a J-Link returns for the clock; a probe that samples before the edge returns the previous call's level
 * (bit-exact rules: ADIv5.2, chapter B4; index table of a transfer in `docs`). Starts silent, as JTAG.
 */
export class SwdDp {
  /** Rising edges seen since the twin was made: the wire's own time. */
  edges = 0;
  private phase = JTAG;
  private ones = 0;
  private idles = 0;
  /** Bits of a switching sequence seen after a line reset, and how many; 0 when none is on its way. */
  private sequence = 0;
  private sequenceBits = 0;
  /** Only DPIDR may be read until it has been. */
  private fresh = true;
  private header = 0;
  private count = 0;
  private ack = 0;
  private dataPhase = false;
  private word = 0;
  private parity = 0;
  private flipParity = 0;
  private driving = false;
  private level = 1;
  /** Power-ons so far: an access may find the power gone in its middle. */
  private powerOns = 0;
  private readonly port: DebugPort;
  private readonly wakeUp = new WakeUpWatch();
  private readonly toDormant = new DormantWatch();
  /** Whether the port has dormant state at all: ports of DPv2 that share their wire. */
  private readonly hasDormant: boolean;
  private readonly faults: DapFaults | undefined;

  constructor(bus: ApBus, identity: DpIdentity, faults?: DapFaults) {
    this.port = new DebugPort(bus, identity);
    this.faults = faults;
    this.hasDormant = identity.targetid !== undefined;
    if (identity.startsDormant) this.phase = DORMANT;
  }

  /** The level that this port drives now, or undefined where it leaves the line alone. */
  get driven(): number | undefined {
    return this.driving ? this.level : undefined;
  }

  /** Power-on: registers at their reset values, the wire in JTAG or dormant. */
  powerOn(): void {
    this.powerOns++;
    this.port.reset();
    this.phase = this.port.identity.startsDormant ? DORMANT : JTAG;
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

  /**
   * At most eight rising edges between which the probe neither takes the line nor gives it back: as many calls of `clock`,
   * bit 0 first. Edges within the data word of a transfer change nothing else, and are taken at once.
   */
  clockRun(swdio: number, driven: number, count: number): number {
    let after = 0;
    for (let done = 0; done < count; ) {
      const edges = this.dataEdges(driven, count - done);
      after |= (edges > 0 ? this.clockData(swdio >>> done, edges) : this.clock((swdio >>> done) & 1, driven)) << done;
      done += Math.max(1, edges);
    }
    return after;
  }

  /** How many of the next edges carry bits of the data word, and can neither reset the line nor switch it. */
  private dataEdges(driven: number, most: number): number {
    const isWrite = this.phase === WRITE && driven !== 0;
    const isRead = this.phase === READ && driven === 0 && this.ack === ACK.OK;
    if (!(isWrite || isRead) || this.sequenceBits !== 0 || this.ones + most >= LINE_RESET_ONES) return 0;
    return Math.min(most, 32 - this.count);
  }

  private clockData(swdio: number, edges: number): number {
    const mask = (1 << edges) - 1;
    const isWrite = this.phase === WRITE;
    const bits = (isWrite ? swdio : this.word >>> this.count) & mask;
    // What an edge finds on the line in a read is the level that the edge before it left.
    const seen = isWrite ? bits : ((bits << 1) | this.level) & mask;
    if (isWrite) {
      this.word |= bits << this.count;
      this.parity ^= parity32(bits);
    } else this.level = bits >>> (edges - 1);
    this.count += edges;
    this.edges += edges;
    this.ones = seen === mask ? this.ones + edges : edges - 32 + Math.clz32(~seen & mask);
    return bits;
  }

  private step(seen: number): void {
    switch (this.phase) {
      case UNSELECTED:
        return;
      case JTAG:
        if (this.hasDormant && this.toDormant.see(seen)) this.sleep();
        return;
      case DORMANT:
        this.stepDormant(seen);
        return;
      case RESET:
        this.stepReset(seen);
        return;
      case IDLE:
        if (seen === 0) return;
        this.header = 1;
        this.count = 1;
        this.phase = HEADER;
        return;
      case HEADER:
        this.header |= seen << this.count;
        if (++this.count === 8) this.endHeader();
        return;
      case TURNAROUND:
        if (--this.count === 0) this.acknowledge();
        return;
      case ACKNOWLEDGE:
        this.level = (this.ack >>> this.count) & 1;
        if (++this.count === 3) this.endAcknowledge();
        return;
      case READ:
        this.stepRead();
        return;
      case READ_END:
        this.driving = false;
        if (--this.count === 0) this.phase = IDLE;
        return;
      case WRITE_TURNAROUND:
        this.driving = false;
        if (--this.count === 0) this.beginWrite();
        return;
      case WRITE:
        this.stepWrite(seen);
        return;
      case TARGETSEL:
        this.stepTargetsel(seen);
        return;
    }
  }

  private sleep(): void {
    this.phase = DORMANT;
    this.driving = false;
    this.wakeUp.restart();
  }

  /** What selects SWD leaves the port waiting for a line reset. */
  private stepDormant(seen: number): void {
    const wire = this.wakeUp.see(seen);
    if (wire === undefined) return;
    this.phase = wire === "swd" ? UNSELECTED : JTAG;
    this.ones = 0;
  }

  private lineReset(): void {
    if (this.phase === JTAG || this.phase === DORMANT) return;
    this.port.lineReset();
    this.phase = RESET;
    this.fresh = true;
    this.idles = 0;
    this.driving = false;
  }

  private stepReset(seen: number): void {
    if (seen === 0 && ++this.idles === LINE_RESET_IDLES) this.phase = IDLE;
    else if (seen !== 0 && this.idles > 0) this.phase = UNSELECTED;
  }

  private collectSequence(seen: number): void {
    if (this.sequenceBits < 0) this.sequence = this.sequenceBits = 0;
    this.sequence |= seen << this.sequenceBits++;
    if (this.sequenceBits < 16) return;
    this.sequenceBits = 0;
    if (this.sequence === TO_SWD && this.phase === JTAG) this.phase = UNSELECTED;
    if (this.phase === DORMANT) return;
    if (this.sequence === TO_DORMANT && this.phase !== JTAG && this.hasDormant) return void this.sleep();
    if (this.sequence !== TO_JTAG) return;
    this.phase = JTAG;
    this.driving = false;
  }

  private endHeader(): void {
    const request = (this.header >>> 1) & 0x1f;
    const framed = (this.header & 0xc0) === 0x80;
    if (this.fresh && framed && ODD[request] === 0 && this.isTargetsel(request)) {
      this.phase = TARGETSEL;
      // Turnaround, three clocks without an acknowledge, turnaround.
      this.count = -(this.port.turnround + 3 + this.port.turnround);
      this.word = 0;
      this.parity = 0;
      return;
    }
    const allowed = !this.fresh || (request & 0xf) === REQUEST.READ;
    if (!framed || !allowed || ODD[request] !== 0) {
      this.phase = UNSELECTED;
      return;
    }
    this.fresh = false;
    this.count = this.port.turnround;
    this.phase = TURNAROUND;
  }

  /** Asks the port for its acknowledge, or takes the injected one, and drives its first bit. */
  private acknowledge(): void {
    const request = (this.header >>> 1) & 0xf;
    const { powerOns } = this;
    const fault = this.faults?.(alwaysAnswered(request));
    this.flipParity = fault === "parity" ? 1 : 0;
    if (fault === "fault") this.port.setStickyError();
    if (fault === "wait" || fault === "fault") this.ack = this.port.refuse(fault === "wait" ? ACK.WAIT : ACK.FAULT);
    else if (fault !== "noack") this.ack = this.port.accept(request);
    if (powerOns !== this.powerOns || fault === "noack") {
      this.phase = powerOns !== this.powerOns ? JTAG : UNSELECTED;
      return;
    }
    this.dataPhase = this.ack === ACK.OK || this.port.overrunDetect;
    this.driving = true;
    this.level = this.ack & 1;
    this.count = 1;
    this.phase = ACKNOWLEDGE;
  }

  private endAcknowledge(): void {
    if (this.dataPhase && (this.header & (REQUEST.READ << 1)) !== 0) {
      this.word = this.port.data;
      this.count = 0;
      this.phase = READ;
      return;
    }
    this.count = 1 + this.port.turnround;
    this.phase = WRITE_TURNAROUND;
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
    this.phase = READ_END;
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
    this.phase = selected ? IDLE : UNSELECTED;
  }

  private beginWrite(): void {
    this.word = 0;
    this.parity = 0;
    this.phase = this.dataPhase ? WRITE : IDLE;
  }

  private stepWrite(seen: number): void {
    if (this.count < 32) {
      this.word |= seen << this.count++;
      this.parity ^= seen;
      return;
    }
    this.phase = IDLE;
    if (this.ack === ACK.OK) this.endWrite(seen);
  }

  private endWrite(parityBit: number): void {
    if ((this.parity ^ this.flipParity) === parityBit) this.port.complete((this.header >>> 1) & 0xf, this.word >>> 0);
    else this.port.dropWrite();
  }
}

function parity32(word: number): number {
  let folded = word ^ (word >>> 16);
  folded ^= folded >>> 8;
  folded ^= folded >>> 4;
  return (0x6996 >>> (folded & 0xf)) & 1;
}
