import { createHash } from "node:crypto";
import { HostError } from "../base/errors.ts";
import { address32 } from "../base/u32.ts";
import { FlashError } from "../flash/flash-error.ts";
import type { FlashPlan } from "../flash/plan.ts";
import { readWhole, writeWhole } from "../node/files.ts";
import type { Policy } from "../protection/effective-image.ts";
import { parseAddress, parseFileAt, parseRange } from "./options/numbers.ts";
import type { OptionsOf } from "./options/sets.ts";
import type { Invocation } from "./verb.ts";

/** What `plan --out` writes and `flash --plan` reads: enough to make the same plan again and to see that it is the same. */
export interface PlanFile {
  readonly schema: "flashproof-plan/1";
  readonly chip: string;
  readonly security: Policy;
  readonly base?: string;
  readonly keep: readonly string[];
  readonly files: readonly { readonly file: string; readonly sha256: string }[];
  /** Two plans with one digest do the same. */
  readonly digest: string;
}

const SCHEMA = "flashproof-plan/1";

/** Writes the plan that was made; throws `file-unwritable`. */
export function writePlanFile(path: string, plan: FlashPlan, { args, options }: Invocation<OptionsOf<"plan">>): void {
  const { base, keep } = options;
  const file: PlanFile = {
    schema: SCHEMA,
    chip: plan.chip.name,
    security: plan.policy,
    ...(base === undefined ? {} : { base: address32(base) }),
    keep: keep.map(({ start, length }) => `${address32(start)}:+${length}`),
    files: args.map((text) => ({ file: text, sha256: hashOf(text) })),
    digest: plan.digest,
  };
  writeWhole(path, `${JSON.stringify(file, null, 2)}\n`);
}

/**
 * Reads a plan and checks that its files are the same still. Throws `file-not-found`, `config-invalid` for a file that
 * is no plan, and `flash-plan-stale` where an image has changed.
 */
export function readPlanFile(path: string): PlanFile {
  const plan = parsePlan(readWhole(path), path);
  for (const { file, sha256 } of plan.files) {
    if (hashOf(file) !== sha256) throw stale(`The image ${file} has changed since ${path} was made`, { file });
  }
  return plan;
}

type FlashInvocation = Invocation<OptionsOf<"flash">>;

/** The invocation with the plan's words in place of the user's. */
export const asPlanned = (invocation: FlashInvocation, plan: PlanFile): FlashInvocation => ({
  ...invocation,
  args: plan.files.map((f) => f.file),
  options: {
    ...invocation.options,
    chip: plan.chip,
    security: plan.security,
    base: plan.base === undefined ? undefined : parseAddress(plan.base),
    keep: plan.keep.map(parseRange),
  },
});

/** Throws `flash-plan-stale` where the plan made now does something else: the chip is not as it was. */
export function checkSamePlan(now: FlashPlan, planned: PlanFile): void {
  if (now.digest === planned.digest) return;
  throw stale("What is on the chip has changed since the plan was made; nothing was written", {
    planned: planned.digest,
    now: now.digest,
  });
}

const stale = (message: string, details: { readonly [key: string]: string }) =>
  new FlashError("flash-plan-stale", message, { details });

const hashOf = (text: string): string =>
  createHash("sha256")
    .update(readWhole(parseFileAt(text).path))
    .digest("hex");

function parsePlan(bytes: Uint8Array, path: string): PlanFile {
  try {
    const plan = JSON.parse(new TextDecoder().decode(bytes)) as PlanFile;
    if (plan.schema === SCHEMA && Array.isArray(plan.files)) return plan;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw new HostError("config-invalid", `${path} is not a plan that flashproof plan --out made`, { details: { path } });
}
