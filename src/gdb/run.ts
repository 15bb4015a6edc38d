import { codeOf } from "../base/errors.ts";
import { address32 } from "../base/u32.ts";
import type { CoreState } from "../cortex/core.ts";
import type { Debugged } from "./debugged.ts";
import { faultWords, isFault } from "./faults/fault-words.ts";
import { LateInterrupt } from "./late-interrupt.ts";
import { lookAtStop, resetWords, SIGNAL, type Stop } from "./stop.ts";

/** What a client wants the core to do. */
export type RunAction =
  | { readonly action: "continue" }
  | { readonly action: "step" }
  /** Waits for the stop of a core that runs already. */
  | { readonly action: "watch" }
  /** Steps until PC leaves the range `start` to `end`, `end` not in it. */
  | { readonly action: "range"; readonly start: number; readonly end: number };

/** Pauses between two looks at a running core, in microseconds: short at first, as a stop soon after is the rule. */
const LOOK_US = { first: 1_000, last: 20_000 } as const;

/** So many resets in one run are reported as a loop, and not one by one. */
const LOOP_RESETS = 3;

/** Why a run ends that is waited for no more. */
const ABANDONED = "abandoned";

/** Lets the core run until it stops, and says why it did. */
export class RunControl {
  /** A Ctrl-C that has ended no run yet. */
  readonly late: LateInterrupt;
  private readonly debuggee: Debugged;
  private interrupted: AbortController | undefined;
  private running: Promise<unknown> = Promise.resolve();
  private skips = false;

  constructor(debuggee: Debugged) {
    this.debuggee = debuggee;
    this.late = new LateInterrupt(debuggee.session.clock);
  }

  /** Whether the core runs for the client. */
  get isRunning(): boolean {
    return this.interrupted !== undefined;
  }

  /** Stops the run that is under way, as Ctrl-C does; does nothing while none is. */
  interrupt(signal: number = SIGNAL.interrupt): void {
    this.interrupted?.abort(signal);
  }

  /** Ctrl-C of a client that waits for a stop; where none comes of it, as the core stands already, it ends the next run. */
  ctrlC(): void {
    if (this.interrupted) this.interrupt();
    else this.late.note();
  }

  /** Ends the run that is under way and leaves the core as it is. */
  abandon(): void {
    this.interrupted?.abort(ABANDONED);
  }

  /** The next single step executes nothing, and shows where the core stands: OpenOCD's `gdb_sync`. */
  skipStep(): void {
    this.skips = true;
  }

  /** Resolves when no run is under way. */
  async ended(): Promise<void> {
    await this.running.catch(() => {});
  }

  /** Runs, and answers where and why the core stopped; undefined for a run that was abandoned. */
  go(action: RunAction): Promise<Stop | undefined> {
    const interrupted = new AbortController();
    this.debuggee.threads.forget();
    this.interrupted = interrupted;
    if (this.late.take()) interrupted.abort(SIGNAL.interrupt);
    const run = this.perform(action, interrupted.signal).finally(() => {
      this.debuggee.threads.forget();
      this.interrupted = undefined;
    });
    this.running = run;
    return run;
  }

  /** Where a halted core stands; a fault is reported in words. */
  async stopHere(signal: number, isRun = false): Promise<Stop> {
    const { core, points } = this.debuggee;
    const { sp, pc, exception, isCaught, isBreakpoint } = await lookAtStop(core);
    const hit = isRun ? ((await points.watchHit()) ?? points.breakHit(pc)) : undefined;
    // DFSR keeps what it says: only a run has cleared it before, and a flash loader's BKPT is none of the firmware's.
    const isAtBkpt = isRun && isBreakpoint && points.isOwnBkpt(pc);
    const isAtOthers = isRun && isBreakpoint && points.isOthers(pc);
    if (hit) points.code.reached(pc);
    if (isRun && isBreakpoint && points.code.isLeftover(pc)) this.debuggee.report([leftoverText(pc)]);
    // `monitor set vector-catch r` stops a core at its reset, too.
    if (!isCaught || !isRun || !isFault(exception)) return { signal, sp, pc, hit, isAtBkpt, isAtOthers };
    this.debuggee.report(await this.faultLines());
    return { signal: SIGNAL.segv, sp, pc };
  }

  /** Sets PC behind a BKPT of the firmware's own, which would halt a core at once that is left running. */
  async passBkpt(): Promise<void> {
    const { debuggee } = this;
    if (debuggee.stop) debuggee.stop = await this.pastBkpt(debuggee.stop);
  }

  /** A run that was abandoned reports no stop, and where the core stands is noted all the same. */
  private async perform(action: RunAction, signal: AbortSignal): Promise<Stop | undefined> {
    const stop =
      (await this.skipped(action)) ??
      this.stepOverAccess(action) ??
      (await this.stopBefore(signal)) ??
      (await this.act(action, signal));
    this.debuggee.stop = stop;
    // The core had stopped by itself just before: whether that stop is the user's or GDB's own is GDB's to know.
    if (signal.reason === SIGNAL.interrupt && stop?.signal === SIGNAL.trap) this.late.note();
    return signal.reason === ABANDONED ? undefined : stop;
  }

  private async skipped({ action }: RunAction): Promise<Stop | undefined> {
    const { skips } = this;
    this.skips = false;
    return skips && action === "step" ? this.stopHere(SIGNAL.trap) : undefined;
  }

  /** A Ctrl-C came before the run began: the core doesn't move, and stands at a BKPT of the firmware's own where it did. */
  private async stopBefore(signal: AbortSignal): Promise<Stop | undefined> {
    if (signal.reason !== SIGNAL.interrupt) return undefined;
    const { isAtBkpt = false, hasEnded = false } = this.debuggee.stop ?? NO_STOP;
    return { ...(await this.stopHere(SIGNAL.interrupt)), isAtBkpt, hasEnded };
  }

  private act(action: RunAction, signal: AbortSignal): Promise<Stop | undefined> {
    if (action.action === "step" || action.action === "range") return this.stepOn(action, signal);
    return this.runOn(action.action, signal);
  }

  /**
   * GDB takes an Arm core to stop before the access that a watchpoint is for: it clears the watchpoint and steps. The DWT
   * stops a core after the access (ARMv7-M ARM (DDI 0403E), C1.8.1), so that this step is done already.
   */
  private stepOverAccess({ action }: RunAction): Stop | undefined {
    const { stop, points } = this.debuggee;
    if (action !== "step" || !stop?.hit || !("address" in stop.hit) || points.isWatched(stop.hit)) return undefined;
    return { signal: SIGNAL.trap, sp: stop.sp, pc: stop.pc };
  }

  private async stepOn(action: RunAction & { action: "step" | "range" }, signal: AbortSignal): Promise<Stop> {
    const { core, points, stop: last } = this.debuggee;
    if (last?.hasEnded) return { ...(await this.pastBkpt(last)), signal: SIGNAL.trap, hasEnded: false };
    let from = last?.pc;
    for (;;) {
      const at = from ?? (await core.readRegisters(["PC"]))[0];
      await points.code.beforeStep(at);
      await points.step(at);
      const stepped = await this.afterCall(await this.stopHere(SIGNAL.trap, true), signal);
      const stop = stepped.isFinal ? stepped.stop : await this.pastBkpt(stepped.stop);
      const pc = stop.pc ?? 0;
      from = stop.pc;
      const isOut = action.action === "step" || pc < action.start || pc >= action.end;
      // A breakpoint at the end of a step is not reached yet; GDB looks for itself.
      if (isOut || stepped.isFinal || stop.signal !== SIGNAL.trap || stop.hit)
        return stop.hit && points.breakHit(pc) && isOut ? { ...stop, hit: undefined } : stop;
      if (signal.aborted) return { ...stop, signal: signalOf(signal) };
    }
  }

  /** A breakpoint at PC stops the core at once: a client that wants to go on from there takes it away for a step. */
  private async runOn(how: "continue" | "watch", signal: AbortSignal): Promise<Stop | undefined> {
    const { core, session, stop, semihosting, points } = this.debuggee;
    let resets = 0;
    const ignore = session.onEvent(({ event }) => {
      if (event !== "reset") return;
      resets++;
      semihosting.restart();
    });
    try {
      if (how === "continue") {
        const left = stop && (await this.leaveBkpt(stop, signal));
        if (left) return left;
        await points.code.beforeRun();
        await points.stepOverOthers();
        await core.resume();
      }
      return await this.waitForStop(signal, () => resets);
    } finally {
      ignore();
    }
  }

  /** Sets PC behind a BKPT of the firmware's own: what stands there is a halfword (ARMv7-M ARM (DDI 0403E), A7.7.17). */
  private async pastBkpt(stop: Stop): Promise<Stop> {
    const { core, points } = this.debuggee;
    const { isAtBkpt, pc } = stop;
    if (!isAtBkpt || pc === undefined || points.isBreakpoint(pc)) return stop;
    const next = pc + 2;
    await core.writeRegisters({ PC: next });
    return { ...stop, pc: next, isAtBkpt: false };
  }

  /** Leaves the BKPT that the core stands at; a stop is answered where a semihosting call there ends the run. */
  private async leaveBkpt(stop: Stop, signal: AbortSignal): Promise<Stop | undefined> {
    const waits = stop.isAtBkpt && !stop.hasEnded && this.debuggee.semihosting.isEnabled;
    const after = waits ? await this.afterCall(stop, signal) : { stop, isFinal: false, isServed: false };
    if (after.isFinal) return after.stop;
    if (!after.isServed) await this.pastBkpt(after.stop);
    return undefined;
  }

  /**
   * Serves the semihosting call that a core stands at, where it does and they are served. `isServed`: it stands behind it;
   * `isFinal`: the call has ended the run.
   */
  private async afterCall(stop: Stop, signal: AbortSignal): Promise<AfterCall> {
    const { core, semihosting, options } = this.debuggee;
    const { isAtBkpt, pc, sp, hit } = stop;
    if (!isAtBkpt || pc === undefined || hit) return { stop, isServed: false, isFinal: false };
    const result = await semihosting.serve(core, pc, signal);
    if (result.kind === "served")
      return { stop: { signal: SIGNAL.trap, sp, pc: pc + 2 }, isServed: true, isFinal: false };
    if (result.kind === "interrupted")
      return { stop: { ...stop, signal: signalOf(signal) }, isServed: false, isFinal: true };
    if (result.words !== undefined) this.debuggee.report([result.words]);
    if (result.kind === "not-served") return { stop, isServed: false, isFinal: false };
    const exit = options.semihosting?.exits ? { exit: result.code } : {};
    return { stop: { ...stop, hasEnded: true, ...exit }, isServed: false, isFinal: true };
  }

  private async waitForStop(signal: AbortSignal, resets: () => number): Promise<Stop | undefined> {
    const { host, points } = this.debuggee;
    let reported = 0;
    for (let us: number = LOOK_US.first; ; us = Math.min(us * 2, LOOK_US.last)) {
      const state = await this.look();
      if (state !== "in-reset" && resets() > reported) reported = await this.reportReset(reported, resets());
      if (state === "halted") {
        const { stop, isServed } = await this.afterCall(await this.stopHere(SIGNAL.trap, true), signal);
        if (!isServed && !stop.isAtOthers && !points.code.isUnwanted(stop.pc ?? 0)) return stop;
        if (!isServed) await points.code.beforeRun();
        await points.stepOverOthers();
        await this.debuggee.core.resume();
        // The next call may come at once.
        us = LOOK_US.first / 2;
      }
      if (state === "lockup") return this.stopInLockup();
      if (signal.aborted) return signal.reason === ABANDONED ? undefined : this.stopRunning(signalOf(signal));
      await host.rest(us, signal);
    }
  }

  /** What the core does; a chip in reset, or between two of them, may refuse the look. */
  async look(): Promise<CoreState> {
    try {
      return await this.debuggee.core.state();
    } catch (error) {
      if (codeOf(error) === "memory-fault") return "in-reset";
      throw error;
    }
  }

  private async stopRunning(signal: number): Promise<Stop> {
    await this.debuggee.core.halt();
    return this.stopHere(signal, true);
  }

  private async stopInLockup(): Promise<Stop> {
    const { debuggee } = this;
    const lines = await this.faultLines();
    debuggee.report(["the core is locked up: a fault happened in a fault's handler", ...lines]);
    await debuggee.core.halt();
    return { ...(await this.stopHere(SIGNAL.segv)), signal: SIGNAL.segv };
  }

  private async faultLines(): Promise<readonly string[]> {
    return faultWords(this.debuggee.session, this.debuggee.core).catch((error: unknown) => {
      if (codeOf(error) !== "memory-fault") throw error;
      return [`the core stopped at a fault, and why can't be read: ${(error as Error).message}`];
    });
  }

  /** Says why the target was reset, as long as that isn't the same over and over. */
  private async reportReset(reported: number, resets: number): Promise<number> {
    const { debuggee } = this;
    if (reported >= LOOP_RESETS) return resets;
    const line = await resetWords(debuggee.session).catch(() => "the target was reset");
    const isLoop = resets >= LOOP_RESETS;
    debuggee.report([isLoop ? `${line}; it resets over and over` : line]);
    return Math.max(resets, reported + 1);
  }
}

const NO_STOP: Partial<Stop> = {};

/** A core that goes on from there stops again: the instruction stands in the journal alone. */
const leftoverText = (pc: number): string =>
  `the core stands at ${address32(pc)} at a breakpoint in flash that a server which was ended by force has left, in place of the firmware's instruction: --restore-breakpoints, or load, puts it back`;

/** What a BKPT was, and where the core stands now. */
interface AfterCall {
  readonly stop: Stop;
  readonly isServed: boolean;
  readonly isFinal: boolean;
}

/** What a run that was interrupted is to report. */
const signalOf = ({ reason }: AbortSignal): number => (typeof reason === "number" ? reason : SIGNAL.interrupt);
