import { ByteReader, ByteWriter } from "../base/bytes.ts";
import { MILLISECOND, type Picoseconds } from "../base/clock.ts";
import type { FlashFault, FlashLaunch, LaunchFaults } from "./chip/flash-model.ts";
import type { RefusedAccess } from "./chip/refused-accesses.ts";
import type { AccessPort, ApResult, BoardChip, ChipDebugPort, ChipParts, SwoByte } from "./chip/seam.ts";
import type { FaultPlan } from "./fault-plan.ts";
import type { FaultKind } from "./faults.ts";
import type { ApBus } from "./chip/debug/debug-port.ts";
import type { TargetWire, WireShift } from "./probe/probe-model.ts";
import { type DapFault, SwdDp } from "./chip/debug/swd-dp.ts";
import { shiftThrough } from "./chip/debug/swd-shift.ts";
import { SwdWire } from "./chip/debug/swd-wire.ts";

export type { RefusedAccess } from "./chip/refused-accesses.ts";

/** What a board is built from. */
export interface BoardOptions {
  readonly chip: BoardChip;
  readonly faults: FaultPlan;
  readonly now: () => Picoseconds;
  readonly vtrefMv: number;
  readonly seed: number;
}

/** How long a cut leaves the board without power: long enough for every capacitor. */
const POWER_OFF_TIME: Picoseconds = 10 * MILLISECOND;
/** While a cut may strike by itself, the chip goes in steps shorter than that, or it would come back late. */
const WATCHFUL_STEP: Picoseconds = 5 * MILLISECOND;
/** The board's own part of a state file. */
const PART = "board";

const DAP_FAULTS: readonly FaultKind[] = ["wait", "fault", "parity", "noack"];
/** What may strike a request that the port must answer. */
const GARBLINGS: readonly FaultKind[] = ["parity", "noack"];
const FLASH_FAULTS: readonly FaultKind[] = ["busy", "badprog", "ecc", "mgstat"];

/** A cut that waits for a launch. */
interface ArmedCut {
  readonly launch: number;
  readonly point: number;
}

/**
 * The board: supply, reset line, and the debug connector with the chip's SW-DPs behind it.
 *
 * Nothing on it moves by itself: it catches up with the time of each access. While the probe clocks, that is the time
 * of each edge, so within one run of clocks the chip is ahead of the twin's clock.
 */
export class Board implements TargetWire {
  /** What the probe does with each byte on the SWO pin. */
  onSwo: ((byte: SwoByte) => void) | undefined;
  private readonly chip: BoardChip;
  private readonly faults: FaultPlan;
  private readonly now: () => Picoseconds;
  private readonly seed: number;
  private readonly wire: SwdWire;
  private supplyMv: number;
  /** What the chip has caught up with. */
  private reached: Picoseconds;
  /** When the supply comes back after a cut. */
  private backAt: Picoseconds = Number.POSITIVE_INFINITY;
  private resetPin: 0 | 1 = 1;
  private cuts = 0;
  private armed: ArmedCut | undefined;
  /** A flash command may cut the power. */
  private watchful: boolean;
  /** The edge count and time at which the present run of clocks began, and the time one edge takes. */
  private firstEdge = 0;
  private firstEdgeAt: Picoseconds = 0;
  private edgeTime: Picoseconds = 0;

  constructor(options: BoardOptions) {
    this.chip = options.chip;
    this.faults = options.faults;
    this.now = options.now;
    this.seed = options.seed;
    this.supplyMv = options.vtrefMv;
    this.reached = this.now();
    this.watchful = this.cutsArePlanned();
    const strike = this.faults.concerns("dap") ? (exempt: boolean) => this.strikeDap(exempt) : undefined;
    const ports = this.chip.debugPorts.map((port) => new SwdDp(this.apBus(port), port.identity, strike));
    this.wire = new SwdWire(ports);
    this.chip.onLaunch = (launch) => this.launched(launch);
    this.chip.onPowerCut = (at) => this.lostPower(at);
    this.chip.onSwo = (byte) => this.onSwo?.(byte);
  }

  /** The board's present: the clock's, or the end of what the probe has clocked ahead of it. */
  get time(): Picoseconds {
    return Math.max(this.now(), this.reached);
  }

  /** Flash commands launched since the board came up. */
  get flashCommands(): number {
    return this.chip.flashCommands;
  }

  /** Accesses that the chip's bus refused. */
  get refusedAccesses(): readonly RefusedAccess[] {
    return this.chip.refusedAccesses;
  }

  /** First power: power-on reset where the supply is high enough. */
  powerUp(): void {
    this.chip.setSupply?.(this.supplyMv);
    if (this.supplyMv >= this.chip.powerOnMv) this.applyPower(this.now());
  }

  /**
   * The state that an earlier board left; its power has stayed on, or is switched off and on again.
   * Throws `RangeError` on parts that none made.
   */
  restore(parts: ChipParts, powerCycle: boolean): void {
    const at = this.now();
    this.chip.setSupply?.(this.supplyMv);
    this.cuts = new ByteReader(parts.get(PART) ?? new Uint8Array(0)).u32le();
    this.chip.restore(new Map([...parts].filter(([name]) => name !== PART)), at);
    if (powerCycle && this.chip.powered) this.chip.powerOff(at, { seed: this.nextCutSeed() });
    // A board left in the middle of a cut gets its power back too.
    if (!this.chip.powered) this.powerUp();
  }

  /** Everything that outlives the process, in parts by name. */
  save(): ChipParts {
    this.catchUp(this.now());
    const own = new ByteWriter().u32le(this.cuts).finish();
    return new Map([...this.chip.save(), [PART, own]]);
  }

  /** Advances power and chip to a time. */
  catchUp(at: Picoseconds): void {
    while (this.reached < at) {
      const step = this.watchful ? this.reached + WATCHFUL_STEP : at;
      this.reached = Math.min(at, step, this.backAt);
      if (this.chip.powered) this.chip.advance(this.reached);
      if (this.backAt <= this.reached) this.applyPower(this.backAt);
    }
  }

  /** Takes the power away now and gives it back a moment later. */
  powerCut(at: Picoseconds = this.time): void {
    this.catchUp(at);
    if (!this.chip.powered) return;
    this.chip.powerOff(at, { seed: this.nextCutSeed() });
    this.lostPower(at);
  }

  /** Cuts the power at `point` (0 to 1) of the `index`-th flash command from now on. */
  armPowerCut(index: number, point: number): void {
    this.watchful = true;
    this.armed = { launch: this.chip.flashCommands + index, point };
  }

  /** Another supply voltage; the chip is off below its power-on threshold. */
  setSupply(mv: number, at: Picoseconds): void {
    this.catchUp(at);
    this.supplyMv = mv;
    this.chip.setSupply?.(mv);
    if (mv < this.chip.powerOnMv && this.chip.powered) {
      this.chip.powerOff(at, { seed: this.nextCutSeed() });
      this.lostPower(at);
    }
    if (mv < this.chip.powerOnMv) this.backAt = Number.POSITIVE_INFINITY;
    else if (!this.chip.powered) this.backAt = Math.min(this.backAt, at + POWER_OFF_TIME);
  }

  /** Flash content as silicon holds it. */
  peekFlash(address: number, count: number): Uint8Array {
    this.catchUp(this.now());
    return this.chip.peekFlash(address, count);
  }

  /** Carries out the cuts and voltages that are due by the plan; flash commands see to their own. */
  strike(at: Picoseconds): void {
    this.faults.tick(at);
    const fault = this.faults.take(
      ["power-cut", "vtref"],
      ({ kind, point }) => kind === "vtref" || point.on !== "flash",
    );
    if (fault?.kind === "power-cut") this.powerCut(at);
    if (fault?.kind === "vtref") this.setSupply(fault.argument ?? 0, at);
  }

  shift(shift: WireShift): void {
    this.catchUp(shift.at);
    if (!this.chip.powered) {
      // The line hangs on the chip's unpowered pads (unsure: 0).
      shift.into.fill(0);
      return;
    }
    if (this.chip.debugPortIsOff) {
      // No one drives the line but the probe, and its pull-up.
      for (let i = 0; i < shift.into.length; i++)
        shift.into[i] = (shift.out[i] & shift.direction[i]) | ~shift.direction[i];
      return;
    }
    this.firstEdge = this.wire.edges;
    this.firstEdgeAt = shift.at;
    this.edgeTime = 1e12 / shift.clockHz;
    shiftThrough(this.wire, shift);
  }

  setReset(level: 0 | 1, at: Picoseconds): void {
    this.catchUp(at);
    this.resetPin = level;
    if (this.chip.powered) this.chip.setResetPin(level, at);
  }

  resetLevel(at: Picoseconds): 0 | 1 {
    this.catchUp(at);
    return this.chip.powered && !this.chip.inReset ? this.resetPin : 0;
  }

  vtrefMv(at: Picoseconds): number {
    this.catchUp(at);
    const cut = !this.chip.powered && this.backAt !== Number.POSITIVE_INFINITY;
    return cut ? 0 : this.supplyMv;
  }

  private apBus(port: ChipDebugPort): ApBus {
    const access = (apsel: number, act: (ap: AccessPort) => ApResult): ApResult => {
      this.catchUp(this.present());
      const ap = this.chip.powered ? port.accessPort(apsel) : undefined;
      return ap ? act(ap) : 0;
    };
    return {
      read: (apsel, address) => access(apsel, (ap) => ap.read(address)),
      write: (apsel, address, value) => access(apsel, (ap) => ap.write(address, value)),
      abort: () => {
        for (let apsel = 0; apsel < 256; apsel++) port.accessPort(apsel)?.abort();
      },
      debugPowerRequested: (on) => {
        this.catchUp(this.present());
        if (this.chip.powered) port.debugPowerRequested?.(on);
      },
    };
  }

  /** The time of the edge that the debug port works on. */
  private present(): Picoseconds {
    return this.firstEdgeAt + Math.floor((this.wire.edges - this.firstEdge) * this.edgeTime);
  }

  private applyPower(at: Picoseconds): void {
    this.backAt = Number.POSITIVE_INFINITY;
    this.wire.powerOn();
    this.chip.powerOn(at);
    if (this.resetPin === 0) this.chip.setResetPin(0, at);
  }

  private lostPower(at: Picoseconds): void {
    this.watchful = this.armed !== undefined || this.cutsArePlanned();
    this.backAt = at + POWER_OFF_TIME;
    this.wire.powerOn();
  }

  private cutsArePlanned(): boolean {
    return this.faults.at("board").some(({ kind, point }) => kind === "power-cut" && point.on === "flash");
  }

  private nextCutSeed(): number {
    this.cuts += 1;
    return (this.seed + Math.imul(this.cuts, 0x9e3779b9)) >>> 0;
  }

  private strikeDap(exempt: boolean): DapFault | undefined {
    const at = this.present();
    this.faults.reach("dap", at);
    this.strike(at);
    return this.faults.take(exempt ? GARBLINGS : DAP_FAULTS)?.kind as DapFault | undefined;
  }

  private launched(launch: FlashLaunch): LaunchFaults {
    this.faults.reach("flash", launch.start);
    const fault = this.faults.take(FLASH_FAULTS)?.kind as FlashFault | undefined;
    const point = this.cutPoint(launch);
    return { ...(fault && { fault }), ...(point !== undefined && { cutAfter: Math.round(launch.duration * point) }) };
  }

  private cutPoint(launch: FlashLaunch): number | undefined {
    const planned = this.faults.take(["power-cut"], ({ point }) => point.on === "flash");
    if (planned !== undefined) return (planned.argument ?? 0) / 100;
    if (this.armed?.launch !== launch.index) return undefined;
    const { point } = this.armed;
    this.armed = undefined;
    return point;
  }
}
