import { codeOf } from "../base/errors.ts";
import type { CoreState } from "../cortex/core.ts";
import type { Debugged } from "./debugged.ts";
import { faultWords, lookAtStop, resetWords, SIGNAL, type Stop } from "./stop.ts";

/** What a client wants the core to do. */
export type RunAction =
  | { readonly action: "continue" }
  | { readonly action: "step" }
  /** Steps until PC leaves the range `start` to `end`, `end` not in it. */
  | { readonly action: "range"; readonly start: number; readonly end: number };

/** Pauses between two looks at a running core, in microseconds: short at first, as a stop soon after is the rule. */
const LOOK_US = { first: 1_000, last: 20_000 } as const;

/** So many resets in one run are reported as a loop, and not one by one. */
const LOOP_RESETS = 3;

/** Lets the core run until it stops, and says why it did. */
export class RunControl {
  private readonly debuggee: Debugged;
  private interrupted: AbortController | undefined;
  private running: Promise<unknown> = Promise.resolve();

  constructor(debuggee: Debugged) {
    this.debuggee = debuggee;
  }

  /** Whether the core runs for the client. */
  get isRunning(): boolean {
    return this.interrupted !== undefined;
  }

  /** Stops the run that is under way, as Ctrl-C does; does nothing while none is. */
  interrupt(): void {
    this.interrupted?.abort();
  }

  /** Resolves when no run is under way. */
  async ended(): Promise<void> {
    await this.running.catch(() => {});
  }

  /** Runs, and answers where and why the core stopped. */
  go(action: RunAction): Promise<Stop> {
    const interrupted = new AbortController();
    this.interrupted = interrupted;
    const run = this.perform(action, interrupted.signal).finally(() => {
      this.interrupted = undefined;
    });
    this.running = run;
    return run;
  }

  /** Where a halted core stands; a fault is reported in words. */
  async stopHere(signal: number, isRun = false): Promise<Stop> {
    const { core, points } = this.debuggee;
    const { sp, pc, caught } = await lookAtStop(core);
    const hit = isRun ? ((await points.watchHit()) ?? points.breakHit(pc)) : undefined;
    if (!caught || !isRun) return { signal, sp, pc, hit };
    this.debuggee.report(await this.faultLines());
    return { signal: SIGNAL.segv, sp, pc };
  }

  private async perform(action: RunAction, signal: AbortSignal): Promise<Stop> {
    const stop = action.action === "continue" ? await this.runOn(signal) : await this.stepOn(action, signal);
    this.debuggee.stop = stop;
    return stop;
  }

  private async stepOn(action: RunAction & { action: "step" | "range" }, signal: AbortSignal): Promise<Stop> {
    const { points } = this.debuggee;
    let pc = await this.pc();
    for (;;) {
      await this.stepOff(pc);
      const stop = await this.stopHere(SIGNAL.trap, true);
      pc = stop.pc ?? 0;
      const isOut = action.action === "step" || pc < action.start || pc >= action.end;
      // A breakpoint at the end of a step is not reached yet; GDB looks for itself.
      if (isOut || stop.signal !== SIGNAL.trap || stop.hit)
        return stop.hit && points.breakHit(pc) && isOut ? { ...stop, hit: undefined } : stop;
      if (signal.aborted) return { ...stop, signal: SIGNAL.interrupt };
    }
  }

  /** A breakpoint at PC would stop the core again at once. */
  private async stepOff(pc: number): Promise<void> {
    const { core, points } = this.debuggee;
    const step = () => core.step();
    await (points.isBreakpoint(pc) ? points.without(pc, step) : step());
  }

  private async runOn(signal: AbortSignal): Promise<Stop> {
    const { core, points, session } = this.debuggee;
    const pc = await this.pc();
    if (points.isBreakpoint(pc)) {
      await this.stepOff(pc);
      const stop = await this.stopHere(SIGNAL.trap, true);
      if (stop.hit || stop.signal !== SIGNAL.trap) return stop;
    }
    let resets = 0;
    const ignore = session.onEvent(({ event }) => {
      if (event === "reset") resets++;
    });
    try {
      await core.resume();
      return await this.waitForStop(signal, () => resets);
    } finally {
      ignore();
    }
  }

  private async waitForStop(signal: AbortSignal, resets: () => number): Promise<Stop> {
    const { host } = this.debuggee;
    let reported = 0;
    for (let us: number = LOOK_US.first; ; us = Math.min(us * 2, LOOK_US.last)) {
      const state = await this.look();
      if (state !== "in-reset" && resets() > reported) reported = await this.reportReset(reported, resets());
      if (state === "halted") return this.stopHere(SIGNAL.trap, true);
      if (state === "lockup") return this.stopInLockup();
      if (signal.aborted) return this.stopRunning();
      await host.rest(us, signal);
    }
  }

  /** A chip in reset, or between two of them, may refuse the look. */
  private async look(): Promise<CoreState> {
    try {
      return await this.debuggee.core.state();
    } catch (error) {
      if (codeOf(error) === "memory-fault") return "in-reset";
      throw error;
    }
  }

  private async stopRunning(): Promise<Stop> {
    await this.debuggee.core.halt();
    return this.stopHere(SIGNAL.interrupt, true);
  }

  private async stopInLockup(): Promise<Stop> {
    const { debuggee } = this;
    const lines = await this.faultLines();
    debuggee.report(["the core is locked up: a fault happened in a fault's handler", ...lines]);
    await debuggee.core.halt();
    return { ...(await this.stopHere(SIGNAL.segv)), signal: SIGNAL.segv };
  }

  private async faultLines(): Promise<readonly string[]> {
    return faultWords(this.debuggee.session, this.debuggee.core).catch((error: unknown) => [
      `the core stopped at a fault, and why can't be read: ${(error as Error).message}`,
    ]);
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

  private async pc(): Promise<number> {
    return (await this.debuggee.core.readRegisters(["PC"]))[0];
  }
}
