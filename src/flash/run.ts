import type { Clock, Io } from "../base/clock.ts";
import { checkIo } from "../base/deadlines.ts";
import { codeOf } from "../base/errors.ts";
import { calledOffWithin } from "./called-off.ts";
import { FlashError } from "./flash-error.ts";
import { checkSteps } from "./flash-range.ts";
import type { Loader } from "./loader.ts";
import { missingPermit, type Permit } from "./permit.ts";
import type { FlashPlan } from "./plan.ts";
import type { OnProgress, Phase } from "./progress.ts";
import type { FlashStep, Phrase } from "./steps.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** What a run needs beside the plan. */
export interface RunOptions extends Io {
  readonly loader: Loader;
  readonly clock: Clock;
  readonly permits: readonly Permit[];
  readonly stopwatch: Stopwatch;
  readonly onProgress?: OnProgress;
}

/** What a run did. */
export interface RunResult {
  readonly bytesProgrammed: number;
  /** Erase commands; looks at blank sectors are not among them. */
  readonly sectorsErased: number;
}

/**
 * Does what the plan says, step by step; nothing is touched before every need of the plan is permitted.
 *
 * Throws `consent-missing`, `flash-range` for a step outside the chip's flash, the loader's `FlashError`s, and `WaitError`
 * when called off between two sectors, which says what was done: a sector that was erased is programmed to its end, and
 * the phrase with FSEC is never separated from its erase.
 */
export async function runPlan(plan: FlashPlan, options: RunOptions): Promise<RunResult> {
  checkConsents(plan, options.permits);
  checkSteps(plan.steps, plan.chip);
  if (plan.steps.length === 0) return { bytesProgrammed: 0, sectorsErased: 0 };
  const { loader, stopwatch } = options;
  await stopwatch.time("setup", () => loader.start(options));
  const run = new StepRunner(plan, options);
  await run.all(plan.steps).catch(async (error: unknown) => {
    // A job that ends early leaves no command under way, nor a sector between its erase and the phrase with FSEC.
    await loader.settle().catch(() => {});
    throw codeOf(error) === "aborted" ? calledOffWithin(plan, run.stepsDone, error) : error;
  });
  await stopwatch.time("restore", () => loader.stop(options));
  return run.result();
}

/**
 * Throws `consent-missing` for the first need that no permit covers; names the act, its consequence and the token.
 * Under the policy `refuse` no permit counts: where one would have covered the need, that is `security-refused`.
 */
export function checkConsents(
  { needs, policy }: Pick<FlashPlan, "needs" | "policy">,
  permits: readonly Permit[],
): void {
  const missing = missingPermit(needs, permits);
  const need = missing ?? (policy === "refuse" ? needs[0] : undefined);
  if (!need) return;
  const details = { act: need.act, ...(need.token === undefined ? {} : { token: need.token }) };
  if (missing) throw new FlashError("consent-missing", need.why, { details });
  throw new FlashError("security-refused", `${need.why}; the policy refuse forbids it, whatever else is allowed`, {
    details,
  });
}

/** Runs single steps and counts what they did. */
class StepRunner {
  private readonly options: RunOptions;
  private readonly sectorSize: number;
  private readonly totals: { erase: number; program: number };
  private readonly done = { erase: 0, program: 0 };
  /** Erase commands; looks at blank sectors are not among them. */
  private erased = 0;
  /** Steps that were begun, each of which is waited for. */
  stepsDone = 0;
  /** The phase of what may still be under way. */
  private under: "erase" | "program" | undefined;

  constructor(plan: FlashPlan, options: RunOptions) {
    this.options = options;
    this.sectorSize = plan.chip.flash.sectorSize;
    this.totals = {
      erase: plan.steps.filter(isErase).length,
      program: plan.steps.reduce((sum, s) => sum + sizeOf(s), 0),
    };
  }

  async all(steps: readonly FlashStep[]): Promise<void> {
    for (const step of steps) {
      // A sector that was erased is brought to its end: the bytes beside the image that stay stand nowhere else until then.
      if (isErase(step)) checkIo(this.options.clock, this.options, "the flash job");
      this.stepsDone++;
      await this.step(step);
    }
    await this.timed("program", () => this.options.loader.settle(this.io));
  }

  private async step(step: FlashStep): Promise<void> {
    const phase = isErase(step) ? "erase" : "program";
    await this.timed(phase, () => this.act(step));
    this.done[phase] += phase === "erase" ? 1 : sizeOf(step);
    if (step.step === "erase-sector" || step.step === "erase-all") this.erased++;
    this.report(phase);
  }

  result(): RunResult {
    return { bytesProgrammed: this.done.program, sectorsErased: this.erased };
  }

  /** Where the loader lets commands run on, the time of a call is that of the command before. */
  private timed(phase: "erase" | "program", act: () => Promise<void>): Promise<void> {
    const { loader, stopwatch } = this.options;
    const waitsFor = loader.runsOn ? (this.under ?? phase) : phase;
    this.under = phase;
    return stopwatch.time(waitsFor, act);
  }

  /** A step that has begun is waited for: only between two sectors can a job be called off. */
  private get io(): Io {
    const { deadline } = this.options;
    return deadline === undefined ? {} : { deadline };
  }

  private act(step: FlashStep): Promise<void> {
    const { options, io } = this;
    const { loader } = options;
    switch (step.step) {
      case "erase-all":
        return loader.eraseAll(step.opening, io);
      case "erase-sector":
        return loader.eraseSector(step.address, step.opening, io);
      case "ensure-blank":
        return this.ensureBlank(step.address, step.opening, io);
      case "program-phrase":
        return loader.programPhrase(step, io);
      case "program-section":
        return loader.programSection(step.address, step.bytes, io);
    }
  }

  private async ensureBlank(address: number, opening: Phrase | undefined, io: Io): Promise<void> {
    const { loader } = this.options;
    if (await loader.isBlank(address, this.sectorSize, io)) {
      if (opening) await loader.programPhrase(opening, io);
      return;
    }
    this.erased++;
    await loader.eraseSector(address, opening, io);
  }

  private report(phase: Phase & ("erase" | "program")): void {
    this.options.onProgress?.({ phase, done: this.done[phase], total: this.totals[phase] });
  }
}

const isErase = (step: FlashStep): boolean => !("bytes" in step);

const sizeOf = (step: FlashStep): number => ("bytes" in step ? step.bytes.length : 0);
