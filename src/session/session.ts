import type { DebugPort } from "../adi/debug-port.ts";
import type { ApIdentity } from "../adi/ap-identity.ts";
import type { Component } from "../adi/rom-table.ts";
import { type Clock, type Io, within } from "../base/clock.ts";
import { codeOf } from "../base/errors.ts";
import type { Trace } from "../base/trace.ts";
import type { Chip } from "../chips/chip.ts";
import type { ResetGuard } from "../cortex/core-reset.ts";
import type { CortexCore } from "../cortex/cortex-core.ts";
import { describeBefore } from "../flash/called-off.ts";
import type { Permit } from "../flash/permit.ts";
import type { Probe } from "../probe/probe.ts";
import type { LockState } from "../protection/lock-state.ts";
import type { ChipMatch } from "./detection/match-chip.ts";
import { lockedError } from "./locks/locked.ts";
import { BUS_IS_GONE } from "./locks/looping-core.ts";
import { concealing } from "./patches/concealing.ts";
import { PatchedFlash } from "./patches/patched-flash.ts";
import { type LeaseKind, Leases } from "./sharing/lease.ts";
import { settledLock } from "./locks/lock.ts";
import { massErase, massEraseOf, refuseStillLocked } from "./locks/mass-erase.ts";
import { needsCore } from "./procedure.ts";
import { procedureFor, runUse } from "./procedure-uses.ts";
import { refuseOtherChip, refuseOtherPorts } from "./detection/other-chip.ts";
import { SessionError } from "./session-error.ts";
import { type OnSessionEvent, SessionEvents } from "./sharing/session-events.ts";
import { SharedTarget, type SharedUse } from "./sharing/shared-target.ts";

/** What a finished connection holds; the steps of `connect.ts` fill it in. */
export interface Connected {
  readonly probe: Probe;
  readonly clock: Clock;
  /** The speed of the wire, in Hz. */
  readonly hz: number;
  readonly dp: DebugPort;
  readonly dpidr: number;
  readonly chip?: Chip;
  /** Chips that nothing on the wire tells apart, where none was named; `chip` is what they share. */
  readonly group?: readonly Chip[];
  readonly aps: readonly ApIdentity[];
  /** Absent on a locked chip: nothing but the port that shows its lock can be reached. */
  readonly core?: CortexCore;
  readonly romBase?: number;
  /** The parts in the core's ROM table; empty where they were not asked for and the chip was named. */
  readonly components: readonly Component[];
  /** Whether the chip on the wire is the one that was named. */
  readonly match: ChipMatch;
  /** The chip reset over and over (blank or unreadable vectors) until its core was caught and halted. */
  readonly looping: boolean;
  readonly lock?: LockState;
  /** The chip was locked, and a mass erase opened it. */
  readonly massErased: boolean;
  /** Present where the user asked for a trace. */
  readonly trace?: Trace;
}

/**
 * Called right before everything on a chip is erased: because it is locked, or because regions of it are protected. The
 * last moment to say so.
 */
export type OnMassErase = (chip: Chip, because: "locked" | "protected") => void;

/** What a session and the views of it share. */
interface Shared {
  readonly leases: Leases;
  readonly reconnect: (io: Io) => Promise<Connected>;
  readonly onMassErase: OnMassErase;
  readonly events: SessionEvents;
  readonly patched: PatchedFlash;
  /** Sessions of other cores of the chip, on this one's wire. */
  readonly others: Session[];
  connected: Connected;
  massErased: boolean;
  closed: boolean;
}

/** What a session beside another one does with it. */
export interface Joined {
  /** Has each of both learn of the other one's resets. */
  share(first: SessionEvents, second: SessionEvents): void;
  /** Connects anew. */
  reconnect(): Promise<Connected>;
}

/**
 * The one owner of a live connection to a target. Made by `connect`.
 *
 * While a job holds the target (`hold`), everything of the session that reaches it throws `lease-busy`, but for the job.
 */
export class Session {
  private readonly shared: Shared;
  /** Whether this is the view of the one who holds the target. */
  private readonly isHolder: boolean;

  private constructor(shared: Shared, isHolder: boolean) {
    this.shared = shared;
    this.isHolder = isHolder;
  }

  /** A session over a finished connection; `reconnect` makes it anew after a mass erase. */
  static over(
    connected: Connected,
    reconnect: (io: Io) => Promise<Connected>,
    onMassErase: OnMassErase = () => {},
  ): Session {
    const { massErased } = connected;
    const events = new SessionEvents();
    events.follow(connected);
    const leases = new Leases();
    const patched = new PatchedFlash();
    return new Session(
      { connected, massErased, reconnect, onMassErase, events, leases, patched, others: [], closed: false },
      false,
    );
  }

  /**
   * A session of another core of the chip, over a connection of its own on the same wire. A job of either has the whole
   * target; a reset of either is one of both, and the other gets it as `chip-reset`. It ends with this one, and where this
   * one is connected anew.
   */
  beside(connected: Connected, joined: Joined): Session {
    const { leases, patched, events } = this.shared;
    const own = new SessionEvents();
    own.follow(connected);
    joined.share(events, own);
    const { reconnect } = joined;
    const shared = { connected, massErased: false, reconnect, onMassErase: () => {}, events: own, leases, patched };
    const other = new Session({ ...shared, others: [], closed: false }, false);
    this.shared.others.push(other);
    return other;
  }

  /** Runs a job that has the target for itself, by a view of the session; throws `lease-busy` while another one has it. */
  hold<T>(kind: LeaseKind, job: (held: Session) => Promise<T>): Promise<T> {
    if (this.isHolder) return job(this);
    const { leases, events } = this.shared;
    return leases.hold(kind, async () => {
      events.publish({ event: "held", by: kind });
      try {
        return await job(new Session(this.shared, true));
      } finally {
        events.publish({ event: "released", by: kind });
      }
    });
  }

  /**
   * A part of the target for one of several users at once. Jobs go before: while one holds the target, calls of those who
   * share it wait, until their deadline or half a minute.
   */
  share(use: SharedUse): SharedTarget {
    return new SharedTarget(use, {
      leases: this.shared.leases,
      clock: this.clock,
      core: () => this.coreNow(),
      patched: this.patched,
    });
  }

  /** The breakpoints that stand in the chip's flash, as far as they are known. */
  get patched(): PatchedFlash {
    return this.shared.patched;
  }

  /** Calls a listener with every event from now on; the returned function ends that. */
  onEvent(listener: OnSessionEvent): () => void {
    return this.shared.events.listen(listener);
  }

  /** Publishes that flash may hold something else now; jobs do. */
  noteFlashed(): void {
    this.shared.events.publish({ event: "flashed" });
  }

  /** Whether everything on the chip was erased by this session, when it connected or later. */
  get massErased(): boolean {
    return this.shared.massErased;
  }

  /** The probe; throws `lease-busy` while a job holds the target. */
  get probe(): Probe {
    this.refuseOthers();
    return this.connected.probe;
  }

  /** The clock of the connection: a twin's own, else the wall clock. */
  get clock(): Clock {
    return this.connected.clock;
  }

  /** All that connecting found out. */
  get found(): Connected {
    return this.connected;
  }

  /** The chip; throws `chip-required` when none was named. */
  get chip(): Chip {
    const { chip } = this.connected;
    if (!chip) throw new SessionError("chip-required", "No chip is named: erasing and programming need --chip");
    return chip;
  }

  /**
   * The processor; throws `target-locked` when the chip's lock shuts the debugger out of it, too. Where a debugger of this
   * session has breakpoints in flash, reads show the firmware's bytes, but for those of the job that holds the target.
   */
  get core(): CortexCore {
    this.refuseOthers();
    const core = this.coreNow();
    if (this.isHolder || !this.patched.isHidden) return core;
    return core.sharedWith("session", (memory) => concealing(memory, this.patched));
  }

  private coreNow(): CortexCore {
    if (this.shared.closed) throw new SessionError("session-closed", "The connection to the target is closed");
    const { core, lock } = this.connected;
    if (!core) throw lockedError(this.connected.chip, lock);
    return core;
  }

  /** Whether the chip is locked, read anew; undefined on a chip whose lock we can't see. */
  async lock(io: Io = {}): Promise<LockState | undefined> {
    this.refuseOthers();
    return this.connected.chip ? settledLock(this.connected, io) : undefined;
  }

  /**
   * Resets the chip. A chip that comes up locked is no error: the lock state is the answer, and `core` is gone; one
   * that is locked already is reset by its reset line, whatever was asked.
   * Throws `CoreError` when the reset did not happen, and what the guard throws before it begins.
   */
  reset(
    how: "system" | "core" | "pin",
    then: "run" | "halt",
    io: Io = {},
    guard?: ResetGuard,
  ): Promise<LockState | undefined> {
    return this.hold("debug", (held) => held.resetHeld(how, then, io, guard));
  }

  private async resetHeld(
    how: "system" | "core" | "pin",
    then: "run" | "halt",
    io: Io,
    guard?: ResetGuard,
    isAnew = false,
  ): Promise<LockState | undefined> {
    if (!this.connected.core && then === "run") return this.resetByPort(io);
    const attempt = this.core.reset(how, then, within(this.clock, RESET_LIMIT_MS, io), guard);
    const failure = await attempt.then(
      () => undefined,
      (error: unknown) => ({ code: codeOf(error) }),
    );
    // A guard's own reason: nothing was done.
    if (failure && failure.code === undefined) await attempt;
    // Where the probe has gone, looking fails too; what went wrong first is what is reported.
    const lock = await settledLock(this.connected, io).catch((error) => attempt.then(() => Promise.reject(error)));
    if (failure && !lock?.locked) {
      if (isAnew || then !== "halt" || !BUS_IS_GONE.includes(failure.code ?? "")) await attempt;
      // One that its chip resets over and over is caught by connecting anew, as for a halt.
      await this.connectAnew(io);
      return this.resetHeld(how, then, io, guard, true);
    }
    this.note(lock);
    if (then === "halt" && !lock?.locked) await this.afterHalt(io);
    return lock;
  }

  /**
   * Halts the core. One whose bus refuses the halt, because its chip resets over and over, is caught by connecting anew.
   * Throws what halting and connecting throw.
   */
  async halt(io: Io = {}): Promise<void> {
    try {
      await this.core.halt(io);
    } catch (error) {
      if (!BUS_IS_GONE.includes(codeOf(error) ?? "")) throw error;
      await this.hold("debug", (held) => held.connectAnew(io));
    }
  }

  private async connectAnew(io: Io): Promise<void> {
    await this.closeOthers();
    this.shared.connected = await this.shared.reconnect(io);
    this.shared.events.follow(this.connected);
  }

  /** What the chip does of its own once its core was halted for a job; nothing where it is not the one that was named. */
  async afterHalt(io: Io = {}): Promise<void> {
    const { chip, match } = this.connected;
    if (match === "yes") await runUse(this.connected, chip, "after-halt", io);
  }

  /**
   * Makes changed options count, and connects anew, since that may reset the chip and drop the link; nothing where the
   * chip has no such procedure. A chip that comes up locked is no error: the lock state says so, and `core` is gone.
   * Throws `procedure-failed`.
   */
  launchOptions(io: Io = {}): Promise<void> {
    return this.hold("flash", (held) => held.launchHeld(io));
  }

  private async launchHeld(io: Io): Promise<void> {
    const { chip, match } = this.connected;
    if (match === "no" || !(await runUse(this.connected, chip, "launch-options", io))) return;
    await this.connectAnew(io);
  }

  /** Mass-erases the chip, locked or not, and connects anew. Throws `unlock-consent`, `target-locked-for-ever`, `unlock-failed`. */
  unlock(permits: readonly Permit[], io: Io = {}): Promise<void> {
    return this.hold("flash", (held) => held.unlockHeld(permits, io));
  }

  /** Ends the session; the probe stays open. */
  async close(): Promise<void> {
    this.shared.closed = true;
    await this.closeOthers();
  }

  /** What has selected its port by the connection before can't go on. */
  private async closeOthers(): Promise<void> {
    for (const other of this.shared.others.splice(0)) await other.close();
  }

  private async unlockHeld(permits: readonly Permit[], io: Io): Promise<void> {
    const lock = await settledLock(this.connected, io);
    if (lock?.locked && !lock.exit) throw lockedError(this.connected.chip, lock);
    if (!permits.some((p) => p.allows === "mass-erase")) {
      throw new SessionError("unlock-consent", "Unlocking this chip erases everything on it, and that was not allowed");
    }
    refuseOtherPorts(this.connected, this.chip);
    refuseOtherChip(this);
    massEraseOf(this.chip, lock);
    this.shared.onMassErase(this.chip, lock?.locked ? "locked" : "protected");
    await massErase(this.connected, this.chip, lock, io);
    this.shared.massErased = true;
    await this.closeOthers();
    this.shared.connected = await describeBefore(
      () => this.shared.reconnect(io),
      () => true,
    );
    this.shared.events.follow(this.connected);
    this.patched.forgetAll();
    this.noteFlashed();
    refuseStillLocked(this.chip, this.connected.lock);
  }

  /** The reset of a chip whose core can't be reached: its own, where that goes without the core, else its reset line. */
  private async resetByPort(io: Io): Promise<LockState | undefined> {
    const own = procedureFor(this.connected.chip, "reset");
    if (!own || needsCore(own)) return this.pulseResetLine(io);
    await runUse(this.connected, this.connected.chip, "reset", io);
    const lock = await settledLock(this.connected, io);
    this.note(lock);
    return lock;
  }

  private async pulseResetLine(io: Io): Promise<LockState | undefined> {
    try {
      await this.probe.setPins({ nreset: 0 }, io);
      await this.clock.sleep(RESET_PULSE_US, io.signal);
    } finally {
      // Let go of even where the pulse is called off.
      await this.probe.setPins({ nreset: 1 });
    }
    const lock = await settledLock(this.connected, io);
    this.note(lock);
    return lock;
  }

  private get connected(): Connected {
    return this.shared.connected;
  }

  private refuseOthers(): void {
    if (!this.isHolder) this.shared.leases.check("debug");
  }

  private note(lock: LockState | undefined): void {
    const { core: _, ...rest } = this.connected;
    const base = lock?.debug === "closed" ? rest : this.connected;
    this.shared.connected = lock === undefined ? base : { ...base, lock };
    this.shared.events.follow(this.connected);
  }
}

/**
 * A reset with the flash controller's start takes a millisecond, and some round trips with the probe, of 0.1 s on a slow
 * machine; a chip that comes up locked never answers.
 */
const RESET_LIMIT_MS = 1_500;

/** How long the reset line is pulled; some chips filter glitches below a few microseconds. */
const RESET_PULSE_US = 1_000;
