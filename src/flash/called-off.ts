import { causeChain, codeOf, FlashproofError, type Json, WaitError } from "../base/errors.ts";
import { address32 } from "../base/u32.ts";
import type { Sector } from "../chips/sectors.ts";
import { sectorOf, sectorsOf } from "./content.ts";
import { rulesOf } from "./plan/field-rules.ts";
import type { FlashPlan } from "./plan/plan.ts";
import type { FlashStep } from "./plan/steps.ts";

/** What an error knows of a job that was called off: what became of the flash, and how to continue. */
interface WayOn {
  readonly [key: string]: Json;
  readonly flash: "untouched" | "erased" | "in-part" | "written";
  /** What to do next, by the name that the doctor's advice has for it. */
  readonly next: "repeat-job" | "repeat-whole-job" | "repeat-or-verify" | "run-core";
}

/**
 * The error of a job that was called off between two steps: which sectors are done, which were erased and lack bytes,
 * and how to continue. `done` counts the plan's steps that were begun, each of which came to its end.
 */
export function calledOffWithin(plan: FlashPlan, done: number, cause: unknown): WaitError {
  if (done === 0) return before(cause, false);
  const { finished, begun, left } = sectorsAfter(plan, done);
  const words = [
    ...(finished.length > 0 ? [`done is ${rangesText(finished)}`] : []),
    ...(begun.length > 0 ? [`erased but not whole is ${rangesText(begun)}`] : []),
    ...(left.length > 0 ? [`as before is ${rangesText(left)}`] : []),
    ...fieldText(plan, { finished, begun }),
  ];
  const details: WayOn = {
    flash: left.length + begun.length === 0 ? "written" : "in-part",
    next: "repeat-job",
    sectors: { done: finished.length, begun: begun.length, left: left.length },
  };
  const text = `Called off between two steps; the chip is half done: ${words.join("; ")}`;
  return new WaitError("aborted", text, { details, cause });
}

/**
 * Does what comes before a job's first step; where it is called off, the error says that nothing was changed, or that a
 * mass erase opened the chip before.
 */
export const describeBefore = <T>(work: () => Promise<T>, isMassErased: () => boolean = () => false): Promise<T> =>
  describing(work, (cause) => before(cause, isMassErased()));

/** Does what comes after a job's last step; where it is called off, the error says that all was written. */
export const describeWritten = <T>(work: () => Promise<T>): Promise<T> => describing(work, written);

/** Does what comes after a job's verify; where it is called off, the error says that the chip holds what it should. */
export const describeVerified = <T>(work: () => Promise<T>): Promise<T> => describing(work, verified);

/** An error that says already what became of the flash stays as it is. */
const describing = <T>(work: () => Promise<T>, describe: (cause: unknown) => WaitError): Promise<T> =>
  work().catch((error: unknown) => {
    throw codeOf(error) === "aborted" && !isDescribed(error) ? describe(error) : error;
  });

const isDescribed = (error: unknown): boolean =>
  causeChain(error).some((each) => each instanceof FlashproofError && "flash" in each.details);

const before = (cause: unknown, isMassErased: boolean) =>
  isMassErased
    ? new WaitError("aborted", "Called off after the mass erase: the chip is erased, and nothing is programmed", {
        details: { flash: "erased", next: "repeat-whole-job" } satisfies WayOn,
        cause,
      })
    : new WaitError("aborted", "Called off before anything was erased or programmed; the flash is as it was", {
        details: { flash: "untouched", next: "repeat-whole-job" } satisfies WayOn,
        cause,
      });

const verified = (cause: unknown) =>
  new WaitError(
    "aborted",
    "Called off after everything was written and compared; only what follows a flash is missing",
    {
      details: { flash: "written", next: "run-core" } satisfies WayOn,
      cause,
    },
  );

const written = (cause: unknown) =>
  new WaitError("aborted", "Called off after everything was written, before all of it was compared", {
    details: {
      flash: "written",
      next: "repeat-or-verify",
    } satisfies WayOn,
    cause,
  });

interface SectorsAfter {
  readonly finished: readonly Sector[];
  readonly begun: readonly Sector[];
  readonly left: readonly Sector[];
}

/** The plan's sectors by what their steps have come to. */
function sectorsAfter({ chip, steps }: FlashPlan, done: number): SectorsAfter {
  const count = new Map<number, { sector: Sector; all: number; done: number }>();
  for (const [i, step] of steps.entries()) {
    for (const sector of sectorsOfStep(step, chip)) {
      const before = count.get(sector.address) ?? { all: 0, done: 0 };
      const isDone = i < done ? 1 : 0;
      count.set(sector.address, { sector, all: before.all + 1, done: before.done + isDone });
    }
  }
  const sorted = [...count.values()].sort((a, b) => a.sector.address - b.sector.address);
  const where = (is: (each: { all: number; done: number }) => boolean) => sorted.filter(is).map(({ sector }) => sector);
  return {
    finished: where((each) => each.done === each.all),
    begun: where((each) => each.done > 0 && each.done < each.all),
    left: where((each) => each.done === 0),
  };
}

function sectorsOfStep(step: FlashStep, chip: FlashPlan["chip"]): readonly Sector[] {
  if (step.step === "erase-bank") return sectorsOf(chip, step.bank);
  if (step.step === "erase-block") return sectorsOf(chip, { start: step.address, length: step.length });
  const sector = sectorOf(chip, step.address);
  return sector ? [sector] : [];
}

/** Most ranges that are spelled out. */
const MOST_RANGES = 4;

/** Neighbouring sectors as half-open ranges. */
function rangesText(sectors: readonly Sector[]): string {
  const end = ({ address, size }: Sector) => address + size;
  const firsts = sectors.filter(({ address }, i) => i === 0 || end(sectors[i - 1]) !== address);
  const lasts = sectors.filter((sector, i) => sectors[i + 1]?.address !== end(sector));
  const ranges = firsts
    .slice(0, MOST_RANGES)
    .map(({ address }, i) => `${address32(address)} to ${address32(end(lasts[i]))}`);
  const more = firsts.length > MOST_RANGES ? `, and ${firsts.length - MOST_RANGES} more ranges` : "";
  return `${ranges.join(", ")}${more} (${sectors.length} ${sectors.length === 1 ? "sector" : "sectors"})`;
}

/**
 * A sector with bytes that lock the chip where they are blank is erased and gets them in one step, so these are old or
 * new, never blank.
 */
function fieldText(
  { chip }: FlashPlan,
  { finished, begun }: Pick<SectorsAfter, "finished" | "begun">,
): readonly string[] {
  const { fields } = rulesOf(chip);
  if (fields.length === 0) return [];
  const isNew = [...finished, ...begun].some((sector) =>
    fields.some(({ address }) => sectorOf(chip, address)?.address === sector.address),
  );
  return [isNew ? "the security byte is written" : "the security byte is as before"];
}
