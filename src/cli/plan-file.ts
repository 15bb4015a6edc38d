import { createHash } from "node:crypto";
import { HostError } from "../base/errors.ts";
import { address32 } from "../base/u32.ts";
import type { Chip } from "../chips/chip.ts";
import { ChipError } from "../chips/chip-error.ts";
import { isKnownChip } from "../chips/list.ts";
import { FlashError } from "../flash/flash-error.ts";
import { joinedRanges, type KeepRange } from "../flash/keep.ts";
import type { FlashPlan } from "../flash/plan/plan.ts";
import { writeOutput } from "./options/output-options.ts";
import { parseFileAt } from "./options/numbers.ts";
import type { OptionsOf } from "./options/sets.ts";
import { parsePlanFile, PLAN_SCHEMA, type PlanFile } from "./plan-file-form.ts";
import { chipOption } from "./target.ts";
import type { Invocation } from "./verb.ts";

/** Longer than any plan: it names files, not their bytes. */
const LONGEST = 0x10_0000;

/** Writes the plan that was made; throws `file-unwritable`. */
export function writePlanFile(path: string, plan: FlashPlan, invocation: Invocation<OptionsOf<"plan">>): void {
  const base = baseOf(invocation);
  const file: PlanFile = {
    schema: PLAN_SCHEMA,
    chip: plan.chip.name,
    ...(base === undefined ? {} : { base }),
    keep: rangeTexts(invocation.options.keep),
    files: invocation.args.map((text) => ({ file: text, sha256: hashOf(text, invocation) })),
    digest: plan.digest,
  };
  writeOutput(path, `${JSON.stringify(file, null, 2)}\n`, invocation.terminal);
}

/**
 * Reads a plan and checks that its files are the same still. Throws `file-not-found`, `plan-file-invalid` for a file that
 * is no plan, `plan-file-version` for one of another version, and `flash-plan-stale` where an image has changed.
 */
export function readPlanFile(path: string, invocation: Invocation): PlanFile {
  const bytes = invocation.readFile(path);
  if (bytes.length > LONGEST)
    throw new HostError("plan-file-invalid", `${path} is too long for a plan`, { details: { path } });
  const plan = parsePlanFile(bytes, path);
  for (const { file, sha256 } of plan.files) {
    if (hashOf(file, invocation) !== sha256)
      throw stale(`The image ${file} has changed since ${path} was made`, { file });
  }
  return plan;
}

type FlashInvocation = Invocation<OptionsOf<"flash">>;

/**
 * The invocation with the plan's chip and files. All else is the command line's own: an edited plan can neither consent,
 * nor keep or move anything. A chip of a pack that was added is found by the plan's name of it.
 *
 * Throws `usage` where chip, files, `--base` or `--keep` are not those of the plan, and `chip-unknown` where its chip is of no pack that was added.
 */
export async function asPlanned(invocation: FlashInvocation, plan: PlanFile): Promise<FlashInvocation> {
  const chip = chipOption(invocation);
  const files = plan.files.map(({ file }) => file);
  if (chip !== undefined && chip.name !== plan.chip) throw otherThan("--chip", plan.chip, chip.name);
  if (invocation.args.length > 0) checkSame("files", files, invocation.args);
  checkSame("--base", plan.base === undefined ? [] : [plan.base], [baseOf(invocation) ?? []].flat());
  checkSame("--keep", plan.keep, rangeTexts(invocation.options.keep));
  const packChip = chip === undefined ? await packChipOf(plan, invocation) : invocation.packChip;
  const options = { ...invocation.options, chip: plan.chip };
  return { ...invocation, args: files, options, ...(packChip && { packChip }) };
}

/** The chip of a plan in the packs that were added; undefined for one of Flashproof's own. */
async function packChipOf({ chip }: PlanFile, { terminal }: FlashInvocation): Promise<Chip | undefined> {
  if (isKnownChip(chip)) return undefined;
  const stored = await (await import("./packs/stored-chip.ts")).storedChip(chip, terminal.env);
  if (stored?.name === chip) return stored;
  throw new ChipError(
    "chip-unknown",
    `The plan was made for ${chip}, which is no chip of Flashproof's or of a pack that was added: give flash the same --chip and --pack as plan`,
    { details: { name: chip, near: [] } },
  );
}

function checkSame(what: string, planned: readonly string[], given: readonly string[]): void {
  if (planned.join("\0") !== given.join("\0")) throw otherThan(what, planned.join(" "), given.join(" "));
}

/** A plan's options are given again: what a file says can't stand for what the command line says. */
const otherThan = (what: string, planned: string, given: string) =>
  new HostError(
    "usage",
    `The plan was made with ${planned === "" ? `no ${what}` : `${what} ${planned}`}, this command says ${given === "" ? "none" : given}: give flash the same as plan`,
  );

/** Throws `flash-plan-stale` where the plan made now does something else than the one of the file. */
export function checkSamePlan(now: FlashPlan, planned: PlanFile, unseen: FlashPlan): void {
  if (now.digest === planned.digest) return;
  const details = { planned: planned.digest, now: now.digest };
  if (unseen.digest === planned.digest) {
    throw stale("The plan was made without a probe, so it doesn't say what happens to this chip", details);
  }
  throw stale(
    `The chip, or an option beside --plan, is not as it was when the plan was made (now: --security ${now.policy}); nothing was written`,
    details,
  );
}

const stale = (message: string, details: { readonly [key: string]: string }) =>
  new FlashError("flash-plan-stale", message, { details });

const hashOf = (text: string, { readFile }: Invocation): string =>
  createHash("sha256")
    .update(readFile(parseFileAt(text).path))
    .digest("hex");

function baseOf({ options: { base } }: Invocation<Pick<OptionsOf<"plan">, "base">>): string | undefined {
  return base === undefined ? undefined : address32(base);
}

const rangeTexts = (ranges: readonly KeepRange[]): readonly string[] =>
  joinedRanges(ranges).map(({ start, length }) => `${address32(start)}:+${length}`);
