import { DebugPort } from "../../adi/debug-port.ts";
import type { Clock, Io } from "../../base/clock.ts";
import type { DapOp, DapReg, Probe } from "../../probe/probe.ts";
import { SELECT } from "../../registers/dp.ts";

/** How a raw port comes by its wire. */
export interface RawPortOptions {
  readonly probe: Probe;
  readonly clock: Clock;
  readonly hz: number;
  /** The debug port of a live connection, which is used as it is. */
  readonly live: DebugPort | undefined;
}

/** Which registers an index names: `DP` 0 to 3, or `AP` 0 to 3 in the bank that SELECT names. */
export type RawRegisters = "dp" | "ap";

/** DP register 2: SELECT. */
const SELECT_INDEX = 2;
/** DP register 3: RDBUFF, which holds what the last AP read has fetched. */
const RDBUFF_INDEX = 3;

/**
 * The debug port as Commander's raw commands see it: registers by index, AP reads one behind. Throws `AdiError`,
 * `DapError` and `WaitError`.
 */
export class RawPort {
  readonly dp: DebugPort;
  /** What the user wrote into SELECT; undefined as long as he hasn't. */
  private selected: number | undefined;
  /** What an AP read fetched, and the next one answers. */
  private posted = 0;

  private constructor(dp: DebugPort) {
    this.dp = dp;
  }

  static async open({ probe, clock, hz, live }: RawPortOptions, io: Io): Promise<RawPort> {
    return new RawPort(live ?? (await DebugPort.connect(await probe.connect("swd", hz, io), clock, io)));
  }

  /** The access port that SELECT names. */
  get apsel(): number {
    return SELECT.field(this.selected ?? 0, "APSEL");
  }

  /** The bank of four registers that SELECT names. */
  get bank(): number {
    return SELECT.field(this.selected ?? 0, "APBANKSEL");
  }

  /** Reads a register; an AP's as a whole, without the delay of a posted read. */
  async read(port: RawRegisters, index: number, io: Io): Promise<number> {
    const [value] = await this.dp.transfer(
      [...this.selects(port), { op: "read", reg: registerAt(port, index), count: 1 }],
      io,
    );
    return value;
  }

  /** Reads as the wire does: an AP read answers what the one before it fetched. */
  async readPosted(port: RawRegisters, index: number, io: Io): Promise<number> {
    if (port === "dp") return index === RDBUFF_INDEX ? this.posted : this.read(port, index, io);
    const before = this.posted;
    this.posted = await this.read(port, index, io);
    return before;
  }

  async write(port: RawRegisters, index: number, value: number, io: Io): Promise<void> {
    if (port === "dp" && index === SELECT_INDEX) this.selected = value;
    await this.dp.transfer([...this.selects(port), { op: "write", reg: registerAt(port, index), words: [value] }], io);
  }

  /** Commands in between may have selected another AP: the user's choice is put back before each of his accesses. */
  private selects(port: RawRegisters): readonly DapOp[] {
    if (port === "dp") return [];
    return [{ op: "write", reg: registerAt("dp", SELECT_INDEX), words: [this.selected ?? 0] }];
  }
}

const registerAt = (port: RawRegisters, index: number): DapReg => ({ port, a: ((index & 3) * 4) as DapReg["a"] });
