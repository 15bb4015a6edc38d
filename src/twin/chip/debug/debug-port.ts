import type { u32 } from "../../../base/u32.ts";
import type { ApResult, DpIdentity } from "../seam.ts";

/** The access ports behind a debug port, by APSEL. */
export interface ApBus {
  read(apsel: number, address: number): ApResult;
  write(apsel: number, address: number, value: u32): ApResult;
  /** ABORT.DAPABORT reaches every port. */
  abort(): void;
  /** CTRL/STAT was written: whether CDBGPWRUPREQ is set now. */
  debugPowerRequested?(on: boolean): void;
}

/** The three acknowledge bits, least significant first on the wire (ADIv5.2, B4.2.2). */
export const ACK = { OK: 1, WAIT: 2, FAULT: 4 } as const;

/** Bits of a request as four-bit code: APnDP, RnW, A[2], A[3], as they stand in the packet (ADIv5.2, B4.1.1). */
export const REQUEST = { AP: 1, READ: 2, ADDRESS: 12 } as const;

/** DLPIDR: protocol version 1 (ADIv5.2, B2.2.4). */
const DLPIDR_VERSION = 1;

/** CTRL/STAT (ADIv5.2, B2.2.2). */
const ORUNDETECT = 1 << 0;
const STICKYORUN = 1 << 1;
const TRNMODE_SHIFT = 2;
const STICKYCMP = 1 << 4;
const STICKYERR = 1 << 5;
const READOK = 1 << 6;
const WDATAERR = 1 << 7;
const MASKLANE_SHIFT = 8;
const TRNCNT_SHIFT = 12;
const CDBGPWRUPREQ = 1 << 28;
const CSYSPWRUPREQ = 1 << 30;
const STICKY = STICKYORUN | STICKYCMP | STICKYERR | WDATAERR;
/** What a write changes: requests, MASKLANE, TRNCNT, TRNMODE, ORUNDETECT; CDBGRSTREQ is not wired on the K24 (unsure). */
const WRITABLE =
  CDBGPWRUPREQ | CSYSPWRUPREQ | (0xfff << TRNCNT_SHIFT) | (0xf << MASKLANE_SHIFT) | (3 << TRNMODE_SHIFT) | ORUNDETECT;
const POWERED = CDBGPWRUPREQ | CSYSPWRUPREQ;

/** ABORT (ADIv5.2, B2.2.1): bit by bit what it clears, and DAPABORT. */
const DAPABORT = 1;
const ABORT_CLEARS: readonly (readonly [number, number])[] = [
  [1 << 1, STICKYCMP],
  [1 << 2, STICKYERR],
  [1 << 3, WDATAERR],
  [1 << 4, STICKYORUN],
];

/** DLCR after reset: bit 6 reads as one, TURNROUND one clock (ADIv5.2, B2.2.3). */
const DLCR_RESET = 0x40;
const DLCR_TURNROUND = 0x300;

/** DPIDR reads, CTRL/STAT reads and ABORT writes are answered in every state (ADIv5.2, B4.2.3). */
const ALWAYS_ANSWERED = (1 << 0b0010) | (1 << 0b0110) | (1 << 0b0000);

/** Whether the port must answer OK to this request whatever state it is in. */
export const alwaysAnswered = (request: number): boolean => ((ALWAYS_ANSWERED >>> request) & 1) === 1;

/**
 * The registers of a debug port with their posted reads, sticky flags and banks; knows words and acknowledges, no bits
 * on a wire. Every rule cites Arm's Debug Interface Architecture Specification ADIv5.2 (IHI 0031E).
 */
export class DebugPort {
  /** The word for the data phase of the read just accepted. */
  data: u32 = 0;
  private ctrl = 0;
  private select = 0;
  private dlcr = DLCR_RESET;
  private readBuffer = 0;
  private lastSent = 0;
  /** A posted write that its port would not take yet: address and value, -1 for none. */
  private heldAddress = -1;
  private heldValue = 0;
  readonly identity: DpIdentity;
  private readonly bus: ApBus;

  constructor(bus: ApBus, identity: DpIdentity) {
    this.bus = bus;
    this.identity = identity;
  }

  /** What TARGETSEL has to be to select this port: TARGETID with the instance in its top nibble; absent without DPv2. */
  get targetsel(): u32 | undefined {
    const { targetid, instance = 0 } = this.identity;
    return targetid === undefined ? undefined : ((targetid & 0x0fffffff) | (instance << 28)) >>> 0;
  }

  /** Power-on: everything at its reset value. */
  reset(): void {
    this.ctrl = 0;
    this.readBuffer = 0;
    this.lastSent = 0;
    this.heldAddress = -1;
    this.lineReset();
  }

  /** What a line reset touches: the wire's settings and the bank, not the sticky flags or the power requests. */
  lineReset(): void {
    this.dlcr = DLCR_RESET;
    this.select &= ~0xf;
    this.ctrl &= ~READOK;
  }

  /** Overrun mode: every packet has a data phase (ADIv5.2, B4.2.6). */
  get overrunDetect(): boolean {
    return (this.ctrl & ORUNDETECT) !== 0;
  }

  /** Turnaround in clocks, 1 to 4. */
  get turnround(): number {
    return ((this.dlcr & DLCR_TURNROUND) >>> 8) + 1;
  }

  /** Answers a request (four-bit code of `REQUEST`); a read that is accepted leaves its word in `data`. */
  accept(request: number): number {
    if (!alwaysAnswered(request)) {
      if ((this.ctrl & STICKY) !== 0) return this.refuse(ACK.FAULT);
      if (this.heldAddress >= 0 && !this.releaseHeldWrite()) return this.refuse(ACK.WAIT);
    }
    if ((request & REQUEST.AP) !== 0) return this.acceptAp(request);
    if ((request & REQUEST.READ) !== 0) this.readDp(request & REQUEST.ADDRESS);
    return ACK.OK;
  }

  /** The word of a write that was accepted, after its parity was found right. */
  complete(request: number, word: u32): void {
    if ((request & REQUEST.AP) !== 0) this.writeAp(this.apAddress(request), word);
    else this.writeDp(request & REQUEST.ADDRESS, word);
  }

  /** A write's data came with the wrong parity: it is dropped and remembered (ADIv5.2, B4.2.5). */
  dropWrite(): void {
    this.ctrl |= WDATAERR;
  }

  /** An access that ended badly on the far side, or is made to look so by a fault on purpose. */
  setStickyError(): void {
    this.ctrl |= STICKYERR;
  }

  /** Not OK: in overrun mode that is an overrun too (ADIv5.2, B2.3.1). */
  refuse(ack: number): number {
    this.ctrl &= ~READOK;
    if (this.overrunDetect) this.ctrl |= STICKYORUN;
    return ack;
  }

  private acceptAp(request: number): number {
    if ((this.ctrl & POWERED) !== POWERED) {
      this.ctrl |= STICKYERR;
      return this.refuse(ACK.FAULT);
    }
    return (request & REQUEST.READ) !== 0 ? this.readAp(this.apAddress(request)) : ACK.OK;
  }

  /** Posted: the packet carries the previous read's word, this one's waits in RDBUFF (ADIv5.2, B4.2.2). */
  private readAp(address: number): number {
    const result = this.bus.read(this.select >>> 24, address);
    if (result === "wait") return this.refuse(ACK.WAIT);
    this.send(this.readBuffer);
    this.keep(result);
    return ACK.OK;
  }

  private writeAp(address: number, word: u32): void {
    const mode = (this.ctrl >>> TRNMODE_SHIFT) & 3;
    if (mode !== 0) {
      this.pushedCompare(address, word, mode === 1);
      return;
    }
    const result = this.bus.write(this.select >>> 24, address, word);
    if (result === "fault") this.ctrl |= STICKYERR;
    if (result !== "wait") return;
    this.heldAddress = address;
    this.heldValue = word;
  }

  /** Pushed verify (stop at a difference) and pushed compare (stop at a match), TRNCNT + 1 times (ADIv5.2, B1.2.4). */
  private pushedCompare(address: number, word: u32, verify: boolean): void {
    let left = (this.ctrl >>> TRNCNT_SHIFT) & 0xfff;
    do {
      const result = this.bus.read(this.select >>> 24, address);
      if (typeof result !== "number") this.ctrl |= STICKYERR;
      else if (this.byteLanesEqual(result, word) !== verify) this.ctrl |= STICKYCMP;
    } while ((this.ctrl & STICKY) === 0 && left-- > 0);
    this.ctrl = (this.ctrl & ~(0xfff << TRNCNT_SHIFT)) | (Math.max(left, 0) << TRNCNT_SHIFT);
  }

  private byteLanesEqual(a: u32, b: u32): boolean {
    const mask = (this.ctrl >>> MASKLANE_SHIFT) & 0xf;
    const differing = a ^ b;
    return ![0, 1, 2, 3].some((byte) => ((mask >>> byte) & 1) !== 0 && ((differing >>> (byte * 8)) & 0xff) !== 0);
  }

  private releaseHeldWrite(): boolean {
    const result = this.bus.write(this.select >>> 24, this.heldAddress, this.heldValue);
    if (result === "wait") return false;
    this.heldAddress = -1;
    if (result === "fault") this.ctrl |= STICKYERR;
    return true;
  }

  private readDp(address: number): void {
    if (address === 0x0) this.data = this.identity.dpidr;
    else if (address === 0x4) this.data = this.readBanked();
    else if (address === 0x8) this.data = this.lastSent;
    else this.send(this.readBuffer);
  }

  /** A[3:2] = 01 by SELECT.DPBANKSEL; TARGETID and DLPIDR read 0 where the port is no DPv2. */
  private readBanked(): u32 {
    const bank = this.select & 0xf;
    const { targetid, instance = 0 } = this.identity;
    if (bank === 1) return this.dlcr;
    if (bank === 2) return targetid ?? 0;
    if (bank === 3) return targetid === undefined ? 0 : ((instance << 28) | DLPIDR_VERSION) >>> 0;
    return bank === 0 ? (this.ctrl | ((this.ctrl & POWERED) << 1)) >>> 0 : 0;
  }

  private writeDp(address: number, word: u32): void {
    if (address === 0x0) this.abort(word);
    else if (address === 0x4) this.writeBanked(word);
    else if (address === 0x8) this.select = word & 0xff0000ff;
  }

  private writeBanked(word: u32): void {
    const bank = this.select & 0xf;
    if (bank === 0) {
      this.ctrl = (this.ctrl & ~WRITABLE) | (word & WRITABLE);
      this.bus.debugPowerRequested?.((word & CDBGPWRUPREQ) !== 0);
    } else if (bank === 1) this.dlcr = DLCR_RESET | (word & DLCR_TURNROUND);
  }

  private abort(word: u32): void {
    for (const [bit, flag] of ABORT_CLEARS) if ((word & bit) !== 0) this.ctrl &= ~flag;
    if ((word & DAPABORT) === 0) return;
    this.heldAddress = -1;
    this.bus.abort();
  }

  private apAddress(request: number): number {
    return (this.select & 0xf0) | (request & REQUEST.ADDRESS);
  }

  private send(word: u32): void {
    this.data = word;
    this.lastSent = word;
    this.ctrl |= READOK;
  }

  private keep(result: number | "fault"): void {
    if (result === "fault") this.ctrl |= STICKYERR;
    this.readBuffer = result === "fault" ? 0 : result >>> 0;
  }
}
