import { type Clock, type Io, within } from "../base/clock.ts";
import { codeOf } from "../base/errors.ts";
import { address32, type u32 } from "../base/u32.ts";
import type { DapOp, DapPort, DapReg } from "../probe/probe.ts";
import { DapError } from "../probe/probe-error.ts";
import { DORMANT_TO_SWD, JTAG_TO_SWD, LINE_RESET, type LineSequence, targetselRuns } from "../probe/swd/sequences.ts";
import { ABORT, CTRL_STAT, DPIDR, SELECT } from "../registers/dp.ts";
import { AccessPort, type ApGate, type ApOp } from "./access-port.ts";
import { AdiError } from "./adi-error.ts";

/** Which port is meant on a wire with several. */
export interface WantedPort {
  /** What TARGETSEL is written with; absent where the port is alone on its wire, or unknown. */
  readonly targetsel?: u32 | undefined;
  /** Of a port that is not named but has a TARGETID: what selects it, or undefined where it needs no selection. */
  readonly targetselOf?: (targetid: u32) => u32 | undefined;
}

/** DPIDR.VERSION from which on ports may share a wire, and SELECT.DPBANKSEL of TARGETID (ADIv5.2, B2.2.11). */
const MULTIDROP_VERSION = 2;
const TARGETID_BANK = 2;

/** The four addresses of the debug port's registers. */
export type DpAddress = DapReg["a"];

/** How a target is woken, one attempt after the other; a silent one is asked again before it counts as not there. */
const WAKE_UPS = [JTAG_TO_SWD, JTAG_TO_SWD, JTAG_TO_SWD, DORMANT_TO_SWD] as const;

/** The same for a port that shares its wire: ports of this kind may start in dormant state. */
const WAKE_UPS_MULTIDROP = [JTAG_TO_SWD, DORMANT_TO_SWD, JTAG_TO_SWD, DORMANT_TO_SWD] as const;

/** The same for a port of a wire that is awake: a line reset is enough, as a rule. */
const WAKE_UPS_SHARED = [LINE_RESET, ...WAKE_UPS_MULTIDROP] as const;

/**
 * Time for the power domains to come up, in milliseconds; OpenOCD and pyOCD allow about a second, a slow machine needs
 * more for the round trips alone.
 */
const POWER_UP_MS = 3_000;

const POWER_REQUESTS = CTRL_STAT.of({ CDBGPWRUPREQ: 1, CSYSPWRUPREQ: 1 });
const POWER_ACKS = CTRL_STAT.mask("CDBGPWRUPACK") + CTRL_STAT.mask("CSYSPWRUPACK");
const CLEAR_STICKY = ABORT.of({ ORUNERRCLR: 1, WDERRCLR: 1, STKERRCLR: 1, STKCMPCLR: 1 });
const STICKY_FLAGS = ["WDATAERR", "STICKYERR", "STICKYCMP", "STICKYORUN"] as const;

const read = (a: DpAddress): DapOp => ({ op: "read", reg: { port: "dp", a }, count: 1 });
const write = (a: DpAddress, word: u32): DapOp => ({ op: "write", reg: { port: "dp", a }, words: [word] });
const ADDRESS = {
  DPIDR: DPIDR.address as DpAddress,
  ABORT: ABORT.address as DpAddress,
  CTRL_STAT: CTRL_STAT.address as DpAddress,
  SELECT: SELECT.address as DpAddress,
} as const;

/** Debug ports on one wire: the one that was selected last answers. */
interface SharedWire {
  /** Undefined where it is unknown, as after a failure. */
  selected: DebugPort | undefined;
  /** Several ports of the wire are in use. */
  isShared: boolean;
}

/** The debug port of a target: powered up, with its sticky errors read and cleared whenever one strikes. */
export class DebugPort implements ApGate {
  /** DPIDR as read at connect. */
  readonly id: u32;
  /** Reads or writes that fit one round trip to the probe. */
  readonly transfersPerRoundTrip: number;
  private port: DapPort;
  /** What selects this port on a wire with several; undefined where it is alone. */
  private readonly targetsel: u32 | undefined;
  /** What SELECT holds, or undefined where it is unknown. */
  private selected: u32 | undefined;
  private readonly wire: SharedWire;

  private constructor(port: DapPort, id: u32, targetsel: u32 | undefined, wire?: SharedWire) {
    this.port = port;
    this.id = id;
    this.targetsel = targetsel;
    this.wire = wire ?? { selected: this, isShared: false };
    this.transfersPerRoundTrip = port.transfersPerRoundTrip;
  }

  /**
   * Switches the target to SWD, selects one port where there are several, reads DPIDR, and asks for power until it is
   * there. A target in dormant state is woken.
   * Throws `dp-no-target` when nothing answers, `dp-power-up` when the power domains stay down, `probe-unsupported` where
   * the probe can't select a port.
   */
  static async connect(port: DapPort, clock: Clock, io: Io = {}, wanted: WantedPort = {}): Promise<DebugPort> {
    const { id, targetsel } = await choosePort(port, wanted, io);
    const dp = new DebugPort(port, id, targetsel);
    await dp.powerUp(clock, io);
    return dp;
  }

  /**
   * Another port of the same wire, powered up. From now on whichever of them has an entry of the queue is selected first.
   * Throws as `connect` does, and `probe-unsupported` where the probe can't select a port.
   */
  beside(targetsel: u32, clock: Clock, io: Io = {}): Promise<DebugPort> {
    const { wire } = this;
    return this.asEntry(io, async (port, own) => {
      [wire.isShared, wire.selected] = [true, undefined];
      const other = new DebugPort(this.port, await findTarget(port, targetsel, own), targetsel, wire);
      wire.selected = other;
      await other.powerUp(clock, own);
      return other;
    });
  }

  /**
   * Wakes the port again, by the port of the probe that was selected anew, after the link was dropped: what has access
   * by this object goes on with it. Throws as `connect` does.
   */
  async reopen(port: DapPort, clock: Clock, io: Io = {}): Promise<void> {
    this.selected = undefined;
    await findTarget(port, this.targetsel, io);
    this.port = port;
    this.wire.selected = this;
    await this.powerUp(clock, io);
  }

  private async powerUp(clock: Clock, io: Io): Promise<void> {
    const ops: DapOp[] = [
      write(ADDRESS.ABORT, CLEAR_STICKY),
      write(ADDRESS.SELECT, 0),
      write(ADDRESS.CTRL_STAT, POWER_REQUESTS),
      { op: "until", reg: { port: "dp", a: ADDRESS.CTRL_STAT }, mask: POWER_ACKS, value: POWER_ACKS },
    ];
    try {
      await this.transfer(ops, within(clock, POWER_UP_MS, io));
    } catch (error) {
      if (codeOf(error) !== "dap-until-timeout") throw error;
      throw new AdiError("dp-power-up", "The target's debug power domain did not come up", { cause: error });
    }
  }

  /** The access port with this number; whether it exists says its IDR. */
  accessPort(index: number): AccessPort {
    return new AccessPort(this, index);
  }

  /** Reads a register of the debug port, in the bank that SELECT names. */
  async read(address: DpAddress, io: Io = {}): Promise<u32> {
    return (await this.transfer([read(address)], io))[0];
  }

  /** Writes a register of the debug port. */
  async write(address: DpAddress, value: u32, io: Io = {}): Promise<void> {
    await this.transfer([write(address, value)], io);
  }

  /** A batch on one access port, with SELECT written wherever the bank changes. */
  async runAp(index: number, ops: readonly ApOp[], io: Io = {}): Promise<Uint32Array> {
    // What SELECT holds is known only when it is this batch's turn.
    return this.asEntry(io, (port) => this.transferBy(port, withSelects(index, ops, this.selected), io));
  }

  /** Runs calls with none of another caller's between them: those with the given `io`. */
  together<T>(calls: (io: Io) => Promise<T>, io: Io = {}): Promise<T> {
    return this.asEntry(io, (_port, own) => calls(own));
  }

  /** One register of several access ports, in one batch: a word for each of them. */
  async readOfEach(indexes: readonly number[], address: number, io: Io = {}): Promise<Uint32Array> {
    const ops: readonly ApOp[] = [{ op: "read", address, count: 1 }];
    return Uint32Array.from(
      (
        await this.runEach(
          indexes.map((index) => ({ index, ops })),
          io,
        )
      ).flatMap((one) => [...one]),
    );
  }

  /** Batches on several access ports, sent as one: the words of each of them. */
  async runEach(batches: readonly ApBatch[], io: Io = {}): Promise<readonly Uint32Array[]> {
    const words = await this.asEntry(io, (port) => {
      // Each port has a SELECT of its own, so only the first may find it written already.
      const ops = batches.flatMap(({ index, ops }, i) => withSelects(index, ops, i === 0 ? this.selected : undefined));
      return this.transferBy(port, ops, io);
    });
    let at = 0;
    return batches.map(({ ops }) => {
      const from = at;
      at += wordsOf(ops);
      return words.subarray(from, at);
    });
  }

  /**
   * A batch as it is; SELECT is followed. A FAULT is thrown as `dp-sticky-error` with CTRL/STAT in its details, after
   * the sticky flags are cleared, so that the next batch finds the port working.
   */
  async transfer(ops: readonly DapOp[], io: Io = {}): Promise<Uint32Array> {
    return this.asEntry(io, (port) => this.transferBy(port, ops, io));
  }

  /** One entry of the queue: nothing of another caller's may find the sticky flags of this one. */
  private asEntry<T>(io: Io, batches: (port: DapPort, io: Io) => Promise<T>): Promise<T> {
    const { port } = this;
    const alone = async (own: DapPort, part: Io) => {
      await this.select(own, part);
      return batches(own, part);
    };
    return port.together ? port.together(alone, io) : alone(port, io);
  }

  /** Selects this port where another one of its wire was used last; registers keep what was written, but for SELECT's bank. */
  private async select(port: DapPort, io: Io): Promise<void> {
    const { wire, targetsel } = this;
    if (!wire.isShared || wire.selected === this) return;
    [wire.selected, this.selected] = [undefined, undefined];
    await findTarget(port, targetsel, io, WAKE_UPS_SHARED);
    await port.transfer(
      [write(ADDRESS.ABORT, CLEAR_STICKY), write(ADDRESS.SELECT, 0), write(ADDRESS.CTRL_STAT, POWER_REQUESTS)],
      io,
    );
    wire.selected = this;
  }

  private async transferBy(port: DapPort, ops: readonly DapOp[], io: Io): Promise<Uint32Array> {
    try {
      const words = await port.transfer(ops, io);
      for (const op of ops) {
        const isSelect = op.op === "write" && op.reg.port === "dp" && op.reg.a === ADDRESS.SELECT;
        if (isSelect && op.words.length > 0) this.selected = op.words[op.words.length - 1];
      }
      return words;
    } catch (error) {
      [this.selected, this.wire.selected] = [undefined, undefined];
      throw error instanceof DapError && error.ack === "fault" ? await stickyError(port, error) : error;
    }
  }

  /** Reads CTRL/STAT and clears the sticky flags in it; answers what was read. */
  async clearStickyErrors(io: Io = {}): Promise<u32> {
    return clearSticky(this.port, io);
  }
}

async function clearSticky(port: DapPort, io: Io = {}): Promise<u32> {
  const ops = [read(ADDRESS.CTRL_STAT), write(ADDRESS.ABORT, CLEAR_STICKY)];
  return (await port.transfer(ops, io))[0];
}

async function stickyError(port: DapPort, cause: DapError): Promise<AdiError> {
  const value = await clearSticky(port);
  const flags = STICKY_FLAGS.filter((flag) => CTRL_STAT.field(value, flag) === 1);
  const text = `The debug port refused a transfer: ${flags.join(", ") || "no sticky flag is set"}`;
  return new AdiError("dp-sticky-error", text, { cause, details: { ctrlStat: address32(value), flags } });
}

/**
 * The port that is named, or the one of several that its TARGETID leads to. Ports that share their wire answer together
 * until one is selected, and nothing may be written to all of them: one may be there to reset the chip.
 */
async function choosePort(
  port: DapPort,
  { targetsel, targetselOf }: WantedPort,
  io: Io,
): Promise<{ readonly id: u32; readonly targetsel: u32 | undefined }> {
  const id = await findTarget(port, targetsel, io);
  if (targetsel !== undefined || !targetselOf || DPIDR.field(id, "VERSION") < MULTIDROP_VERSION)
    return { id, targetsel };
  const [targetid] = await port.transfer(
    [write(ADDRESS.SELECT, TARGETID_BANK), read(ADDRESS.CTRL_STAT), write(ADDRESS.SELECT, 0)],
    io,
  );
  const found = targetselOf(targetid);
  return found === undefined ? { id, targetsel } : { id: await findTarget(port, found, io), targetsel: found };
}

async function findTarget(
  port: DapPort,
  targetsel: u32 | undefined,
  io: Io,
  wakeUps: readonly LineSequence[] = targetsel === undefined ? WAKE_UPS : WAKE_UPS_MULTIDROP,
): Promise<u32> {
  let silence: unknown;
  for (const wakeUp of wakeUps) {
    try {
      if (targetsel === undefined && port.wake) return await port.wake(wakeUp.bits, wakeUp.count, io);
      await port.sequence(wakeUp.bits, wakeUp.count, io);
      // Each wake-up ends with a line reset: only there may TARGETSEL be written.
      if (targetsel !== undefined) await port.swdSequence(targetselRuns(targetsel), io);
      return (await port.transfer([read(ADDRESS.DPIDR)], io))[0];
    } catch (error) {
      if (!(error instanceof DapError)) throw error;
      silence ??= error;
    }
  }
  const details = { wire: "swd", ...(targetsel !== undefined && { targetsel: address32(targetsel) }) };
  throw new AdiError("dp-no-target", "No target answers on SWD", { cause: silence, details });
}

/** SELECT for a register of an AP: APSEL and APBANKSEL by hand, because every transfer asks. */
const selectOf = (index: number, address: number): u32 => ((index << 24) | (address & 0xf0)) >>> 0;

const AP_REGISTERS = ([0, 4, 8, 0xc] as const).map((a): DapReg => ({ port: "ap", a }));

/** A batch on the access port of a number. */
export interface ApBatch {
  readonly index: number;
  readonly ops: readonly ApOp[];
}

/** How many words a batch yields. */
const wordsOf = (ops: readonly ApOp[]): number =>
  ops.reduce((sum, op) => sum + (op.op === "read" ? op.count : op.op === "until" ? 1 : 0), 0);

/** The DP's operations for an AP's: A[7:4] of the address is the bank that SELECT names. */
function withSelects(index: number, ops: readonly ApOp[], selected: u32 | undefined): readonly DapOp[] {
  const all: DapOp[] = [];
  let current = selected;
  for (const op of ops) {
    const wanted = selectOf(index, op.address);
    if (current !== wanted) all.push(write(ADDRESS.SELECT, wanted));
    current = wanted;
    all.push({ ...op, reg: AP_REGISTERS[(op.address >>> 2) & 3] } as DapOp);
  }
  return all;
}
