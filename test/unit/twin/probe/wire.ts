import type { ApResult } from "../../../../src/twin/chip/seam.ts";
import type { ApBus } from "../../../../src/twin/chip/debug/debug-port.ts";
import type { DapFaults } from "../../../../src/twin/chip/debug/swd-dp.ts";
import { SwdDp } from "../../../../src/twin/chip/debug/swd-dp.ts";

/** An access port with a CSW, a TAR and a DRW over 64 KiB of words, and switches for its moods. */
export class FakeAp implements ApBus {
  readonly registers = new Map<number, number>();
  readonly log: string[] = [];
  mood: "ok" | "wait" | "fault" = "ok";
  aborts = 0;

  read(apsel: number, address: number): ApResult {
    if (apsel !== 0) return 0;
    if (this.mood !== "ok") return this.mood;
    this.log.push(`r${address.toString(16)}`);
    return address === 0xfc ? 0x24770011 : (this.registers.get(address) ?? 0);
  }

  write(apsel: number, address: number, value: number): ApResult {
    if (apsel !== 0) return 0;
    if (this.mood !== "ok") return this.mood;
    this.log.push(`w${address.toString(16)}=${value.toString(16)}`);
    this.registers.set(address, value);
    return 0;
  }

  abort(): void {
    this.aborts++;
  }
}

/** What one transfer of the bit-banged probe below brought. */
export interface Seen {
  readonly ack: number;
  readonly data: number;
  readonly parityRight: boolean;
}

export const bit = (word: number, n: number) => (word >>> n) & 1;
export const parity = (word: number) => [...Array(32).keys()].reduce((sum, n) => sum ^ bit(word, n), 0);

/** Start, APnDP, RnW, A[3:2], parity, stop, park, as ADIv5.2 figure B4-1 draws them. */
export function header(port: "dp" | "ap", rnw: 0 | 1, a: number): number {
  const asked = (port === "ap" ? 1 : 0) | (rnw << 1) | (a & 12);
  return 0x81 | (asked << 1) | (parity(asked) << 5);
}

/** The identity of the K24's SW-DP. */
export const CORTEX_M4_DP = { dpidr: 0x2ba01477 } as const;

/** A probe that samples after each edge, as a J-Link does, written from the manual's figures and from nothing else. */
export class BitBang {
  readonly ap = new FakeAp();
  readonly dp: SwdDp;
  /** What this probe assumes of the target: turnaround clocks, and whether refused transfers have a data phase. */
  turnround = 1;
  overrun = false;
  /** The edge (as the port counts them) at which the level it drives arrives wrong. */
  flipAt = -1;

  constructor(faults?: DapFaults) {
    this.dp = new SwdDp(this.ap, CORTEX_M4_DP, faults);
  }

  out(word: number, count: number): void {
    for (let n = 0; n < count; n++) this.dp.clock(bit(word, n) ^ Number(this.dp.edges === this.flipAt), 1);
  }

  ones(count: number): void {
    for (let n = 0; n < count; n++) this.dp.clock(1, 1);
  }

  in(count: number): number {
    let word = 0;
    for (let n = 0; n < count; n++) word |= this.dp.clock(0, 0) << n;
    return word >>> 0;
  }

  lineReset(): void {
    this.ones(50);
    this.out(0, 2);
  }

  toSwd(): void {
    this.ones(50);
    this.out(0xe79e, 16);
    this.lineReset();
  }

  /** Selects SWD, reads DPIDR and powers the debug domain up. */
  connect(): void {
    this.toSwd();
    this.read("dp", 0);
    this.write("dp", 4, 0x50000000);
  }

  raw(request: number): number {
    this.out(request, 8);
    this.in(this.turnround - 1);
    return this.in(3);
  }

  read(port: "dp" | "ap", a: number): Seen {
    const ack = this.raw(header(port, 1, a));
    if (ack !== 1 && !this.overrun) return this.refused(ack);
    const data = this.in(32);
    const parityRight = this.in(1) === parity(data);
    this.in(1 + this.turnround);
    return { ack, data, parityRight };
  }

  write(port: "dp" | "ap", a: number, word: number, flip = 0): Seen {
    const ack = this.raw(header(port, 0, a));
    if (ack !== 1 && !this.overrun) return this.refused(ack);
    this.in(1 + this.turnround);
    this.out(word, 32);
    this.out(parity(word) ^ flip, 1);
    return { ack, data: 0, parityRight: true };
  }

  private refused(ack: number): Seen {
    this.in(1 + this.turnround);
    return { ack, data: 0, parityRight: true };
  }
}
