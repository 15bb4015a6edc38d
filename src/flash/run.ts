import { type Clock, type Io, toTheEnd } from "../base/clock.ts";
import { checkIo } from "../base/deadlines.ts";
import { codeOf } from "../base/errors.ts";
import { calledOffWithin } from "./called-off.ts";
import { checkErasable } from "./erasable.ts";
import { FlashError } from "./flash-error.ts";
import type { FlashBank, Range } from "../chips/flash-bank.ts";
import { sectorAt, sectorsIn } from "../chips/sectors.ts";
import { checkSteps } from "./flash-range.ts";
import type { KeptTarget } from "./kept/kept-target.ts";
import type { Loader, Permitted } from "./loader.ts";
import { missingPermit, type Permit } from "./permit.ts";
import type { FlashPlan } from "./plan/plan.ts";
import type { OnProgress, Phase } from "./progress.ts";
import type { FlashStep, Write } from "./plan/steps.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** What a run needs beside the plan. */
export interface RunOptions extends Io {
  /** The loader of a bank: the same one for banks that it can work on without a restart. Throws `no-loader`. */
  readonly loaderFor: (bank: FlashBank) => Loader;
  readonly clock: Clock;
  readonly permits: readonly Permit[];
  readonly stopwatch: Stopwatch;
  readonly onProgress?: OnProgress;
  /** Whether the loaders give work RAM and registers back (default). */
  readonly keepRam?: boolean;
  /** Where those are kept for the whole job. */
  readonly kept?: KeptTarget | undefined;
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
 * Throws `consent-missing`, `no-loader`, `flash-range` for a step outside its bank, the loader's `FlashError`s, and
 * `WaitError` when called off between two sectors, which says what was done: a sector that was erased is programmed to its
 * end, and what has to follow an erase at once is never separated from it. The loaders have given back what they had then,
 * and where a step was refused or failed on the chip.
 */
export async function runPlan(plan: FlashPlan, options: RunOptions): Promise<RunResult> {
  checkConsents(plan, options.permits);
  checkSteps(plan.steps);
  const [first] = plan.steps;
  if (!first) return { bytesProgrammed: 0, sectorsErased: 0 };
  // Asked for all of them before anything is touched.
  for (const { bank } of plan.steps) options.loaderFor(bank);
  const { stopwatch } = options;
  if (await stopwatch.time("erase", () => areAllBlank(plan, options))) return { bytesProgrammed: 0, sectorsErased: 0 };
  const run = new StepRunner(plan, options);
  await run.start(first.bank);
  await run.all(plan.steps).catch(async (error: unknown) => {
    // A job that ends early leaves no command under way, nor a sector between its erase and what has to follow it.
    const isSettled = await run.settle().then(
      () => true,
      () => false,
    );
    const code = codeOf(error) ?? "";
    // A loader that was called off, or has said why it stopped, is in order, and would keep the core, RAM and registers.
    if (isSettled && ORDERLY_ENDS.includes(code)) await run.stop().catch(() => {});
    throw code === "aborted" ? calledOffWithin(plan, run.stepsDone, error) : error;
  });
  await run.stop();
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

/** Whether a plan only looks whether sectors are blank, and they are: then no loader has to begin. */
async function areAllBlank({ steps }: FlashPlan, options: RunOptions): Promise<boolean> {
  const looks = steps.flatMap((step) => (step.step === "ensure-blank" && step.atOnce.length === 0 ? [step] : []));
  if (looks.length < steps.length) return false;
  checkIo(options.clock, options, "the flash job");
  for (const bank of new Set(looks.map((look) => look.bank))) {
    const loader = options.loaderFor(bank);
    const addresses = looks.filter((look) => look.bank === bank).map(({ address }) => address);
    const ranges = addresses
      .flatMap((start) => sectorsIn(bank, { start, length: 1 }))
      .map(({ address, size }) => ({
        start: address,
        length: size,
      }));
    if (!(await loader.areBlank?.(bank, ranges, options))) return false;
  }
  options.onProgress?.({ phase: "erase", done: steps.length, total: steps.length });
  return true;
}

/** Runs single steps and counts what they did. */
class StepRunner {
  private readonly options: RunOptions;
  private readonly totals: { erase: number; program: number };
  private readonly done = { erase: 0, program: 0 };
  /** Erase commands; looks at blank sectors are not among them. */
  private erased = 0;
  /** Steps that were begun, each of which is waited for. */
  stepsDone = 0;
  /** The phase of what may still be under way. */
  private under: "erase" | "program" | undefined;
  /** The loader that owns the core now. */
  private loader: Loader | undefined;

  /** What the plan's steps may change. */
  private readonly permitted: Permitted;

  constructor(plan: FlashPlan, options: RunOptions) {
    this.options = options;
    this.permitted = permittedBy(plan.steps);
    this.totals = {
      erase: plan.steps.filter(isErase).length,
      program: plan.steps.reduce((sum, s) => sum + sizeOf(s), 0),
    };
  }

  /** Has a bank's loader take the core; one that had it before gives it back first. */
  async start(bank: FlashBank): Promise<Loader> {
    const { stopwatch, loaderFor } = this.options;
    const loader = loaderFor(bank);
    if (loader === this.loader) return loader;
    await this.stop();
    await stopwatch.time("setup", () => loader.start({ ...this.options, permitted: this.permitted }));
    this.loader = loader;
    return loader;
  }

  async settle(): Promise<void> {
    await this.loader?.settle();
  }

  async stop(): Promise<void> {
    const { loader } = this;
    if (!loader) return;
    if (this.under) await this.timed(loader, "program", () => loader.settle(this.io));
    this.under = undefined;
    this.erased += loader.erasedByCheck?.() ?? 0;
    const { clock, stopwatch } = this.options;
    await stopwatch.time("restore", () => loader.stop(toTheEnd(clock, RESTORE_MS, this.options)));
    this.loader = undefined;
  }

  async all(steps: readonly FlashStep[]): Promise<void> {
    for (const [i, step] of steps.entries()) {
      // A sector that was erased is brought to its end: the bytes beside the image that stay stand nowhere else until then.
      if (isErase(step) || isNextSector(steps[i - 1], step)) checkIo(this.options.clock, this.options, "the flash job");
      const loader = await this.start(step.bank);
      this.stepsDone++;
      await this.step(loader, step);
    }
    const { loader } = this;
    if (loader) await this.timed(loader, "program", () => loader.end?.(this.io) ?? loader.settle(this.io));
    this.under = undefined;
  }

  private async step(loader: Loader, step: FlashStep): Promise<void> {
    const phase = isErase(step) ? "erase" : "program";
    // Where nothing is asked of the chip, what is under way stays what it was.
    if (!isNothing(loader, step)) await this.timed(loader, phase, () => this.act(loader, step));
    this.done[phase] += phase === "erase" ? 1 : sizeOf(step);
    this.report(phase);
  }

  result(): RunResult {
    return { bytesProgrammed: this.done.program, sectorsErased: this.erased };
  }

  /** Where the loader lets commands run on, the time of a call is that of the command before. */
  private timed(loader: Loader, phase: "erase" | "program", act: () => Promise<void>): Promise<void> {
    const waitsFor = loader.caps.runsOn ? (this.under ?? phase) : phase;
    this.under = phase;
    return this.options.stopwatch.time(waitsFor, act);
  }

  /** A step that has begun is waited for: only between two sectors can a job be called off. */
  private get io(): Io {
    const { deadline } = this.options;
    return deadline === undefined ? {} : { deadline };
  }

  private act(loader: Loader, step: FlashStep): Promise<void> {
    const { bank } = step;
    switch (step.step) {
      case "erase-bank":
        return this.eraseBank(loader, bank, step.atOnce);
      case "erase-block":
        return this.eraseBlock(loader, bank, step);
      case "erase-sector":
        return this.erase(loader, bank, step.address, step.atOnce);
      case "ensure-blank":
        return this.ensureBlank(loader, bank, step.address, step.atOnce);
      case "program":
        return loader.program(bank, step.address, step.bytes, this.io);
    }
  }

  /** Erases a sector, and programs what has to follow at once as soon as the loader can. */
  private async erase(loader: Loader, bank: FlashBank, address: number, then: readonly Write[]): Promise<void> {
    const { io } = this;
    this.erased++;
    await loader.eraseSector(bank, address, loader.caps.eraseThen ? then : [], io);
    if (!loader.caps.eraseThen) await this.program(loader, bank, then);
  }

  /** One command where the controller has it, else sector after sector. */
  private async eraseBlock(loader: Loader, bank: FlashBank, { address, length }: BlockErase): Promise<void> {
    if (loader.eraseBlock) {
      this.erased++;
      return loader.eraseBlock(bank, address, length, this.io);
    }
    for (const sector of sectorsIn(bank, { start: address, length }))
      await this.erase(loader, bank, sector.address, []);
  }

  /** One command where the controller has it, else sector after sector, those with bytes to follow at the end. */
  private async eraseBank(loader: Loader, bank: FlashBank, then: readonly Write[]): Promise<void> {
    if (loader.eraseBank) {
      this.erased++;
      await loader.eraseBank(bank, loader.caps.eraseThen ? then : [], this.io);
      if (!loader.caps.eraseThen) await this.program(loader, bank, then);
      return;
    }
    checkErasable(bank);
    const sectors = sectorsIn(bank, bank).map(({ address, size }) => ({
      address,
      atOnce: then.filter((write) => write.address >= address && write.address < address + size),
    }));
    for (const sector of [...sectors].sort((a, b) => a.atOnce.length - b.atOnce.length))
      await this.erase(loader, bank, sector.address, sector.atOnce);
  }

  private async ensureBlank(loader: Loader, bank: FlashBank, address: number, then: readonly Write[]): Promise<void> {
    const [sector] = sectorsIn(bank, { start: address, length: 1 });
    if (loader.ensureBlank) {
      await loader.ensureBlank(bank, address, sector.size, loader.caps.eraseThen ? then : [], this.io);
      if (!loader.caps.eraseThen) await this.program(loader, bank, then);
      return;
    }
    // Without a check of the controller's own, what was read for the plan is all that is known.
    const isBlank = (await loader.isBlank?.(bank, address, sector.size, this.io)) ?? true;
    await (isBlank ? this.program(loader, bank, then) : this.erase(loader, bank, address, then));
  }

  private async program(loader: Loader, bank: FlashBank, writes: readonly Write[]): Promise<void> {
    for (const { address, bytes } of writes) await loader.program(bank, address, bytes, this.io);
  }

  private report(phase: Phase & ("erase" | "program")): void {
    this.options.onProgress?.({ phase, done: this.done[phase], total: this.totals[phase] });
  }
}

/** The sectors of the steps, and whether a bank is erased as a whole. */
function permittedBy(steps: readonly FlashStep[]): Permitted {
  const ranges = steps.flatMap((step): readonly Range[] => {
    if (step.step === "erase-bank") return [step.bank];
    if (step.step === "erase-block") return [{ start: step.address, length: step.length }];
    const sector = sectorAt(step.bank, step.address);
    return sector ? [{ start: sector.address, length: sector.size }] : [];
  });
  return { everything: steps.some(({ step }) => step === "erase-bank"), ranges };
}

/** Errors of a job whose loader has come to the end of what was under way, and waits. */
const ORDERLY_ENDS: readonly string[] = ["aborted", "flash-protected", "flash-command", "loader-failed"];

/** Milliseconds for giving back what a loader has taken: its RAM and the core's registers, on a slow probe. */
const RESTORE_MS = 10_000;

type BlockErase = Extract<FlashStep, { step: "erase-block" }>;

const isErase = (step: FlashStep): boolean => !("bytes" in step);

/** Whether a write begins another sector than the step before: where one erase was for all of them. */
function isNextSector(before: FlashStep | undefined, step: FlashStep): boolean {
  if (before?.step !== "program" || step.step !== "program" || before.bank !== step.bank) return false;
  return sectorAt(step.bank, before.address)?.address !== sectorAt(step.bank, step.address)?.address;
}

/** A look at a sector that was read as blank, by a loader that can't look again; nothing has to follow it. */
const isNothing = ({ ensureBlank, isBlank }: Loader, step: FlashStep): boolean =>
  step.step === "ensure-blank" && !ensureBlank && !isBlank && step.atOnce.length === 0;

const sizeOf = (step: FlashStep): number => ("bytes" in step ? step.bytes.length : 0);
