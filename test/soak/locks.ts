import { codeOf } from "../../src/base/errors.ts";
import type { Chip } from "../../src/chips/chip.ts";
import { permit } from "../../src/flash/permit.ts";
import { planFlash } from "../../src/flash/plan/plan.ts";
import type { Image } from "../../src/image/image.ts";
import type { Policy } from "../../src/protection/effective-image.ts";
import type { Twin } from "../../src/twin/usb.ts";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { board, flashBoard, twinNamed } from "../support/board.ts";
import { Chance } from "../support/chance.ts";
import { holds } from "./faults/job.ts";
import { lockOptions, type LockOptions } from "./locks/options.ts";

/** What an image is flashed with; most are to be as they are. */
const POLICIES = ["as-image", "as-image", "as-image", "refuse", "keep-open"] as const satisfies readonly Policy[];

const noTally = () => ({
  refused: 0,
  written: 0,
  closedWithoutConsent: 0,
  closedWithConsent: 0,
  consentWithoutEffect: 0,
  otherErrors: 0,
});

/** Codes by which an image is refused for what it would lock. */
const REFUSALS: readonly (string | undefined)[] = ["consent-missing", "security-refused"];

type Tally = ReturnType<typeof noTally>;

/** A twin, its chip, and how images for its options are drawn. */
interface Bench {
  readonly chip: Chip;
  readonly twin: string;
  readonly options: LockOptions;
}

/**
 * Random option images, each flashed on a board of its own with no consent at all, and where one is missing once more
 * with whatever its plan asks for: the first never closes the chip, the second does what the image holds, but for the
 * policy that no consent overrules. Where a chip
 * has builds that lock by other values, they take turns; where it has no lock, there is nothing to count.
 */
export async function run({ count, seed, chip: name = "STM32F407xG", out }: SoakOptions): Promise<number> {
  const { chip, twin } = twinNamed(name);
  if (chip.protection?.groups.length === 0) {
    out(`no lock: nothing on the ${chip.name} closes it to a debugger`);
    return 0;
  }
  const options = lockOptions(chip);
  const twins = twin === chip.name ? [twin, ...(options.builds ?? [])] : [twin];
  const chance = new Chance(seed);
  const tally = noTally();
  for (let i = 0; i < count; i++) {
    const bench = { chip, twin: twins[i % twins.length], options };
    await judge(bench, options.draw(chance), chance.pick(POLICIES), tally);
  }
  const figures = Object.entries(tally).map(([what, n]) => `${what} ${n}`);
  out([...(twins.length > 1 ? [`builds ${twins.join(", ")}`] : []), ...figures].join(" "));
  const isJudged = tally.written > 0 && tally.refused > 0 && tally.closedWithConsent > 0;
  return tally.closedWithoutConsent + tally.consentWithoutEffect + tally.otherErrors === 0 && isJudged ? 0 : 1;
}

async function judge({ chip, twin: name, options }: Bench, image: Image, policy: Policy, tally: Tally): Promise<void> {
  const job = { policy, banks: [options.bank] };
  const twin = board({ chip: name, flash: "zero" });
  const closed = () => options.closes((address, count) => twin.peekFlash(address, count), name);
  const refusal = await flashBoard(twin, image, job).then(() => undefined, codeOf);
  if (refusal === undefined) tally.written++;
  else if (REFUSALS.includes(refusal)) tally.refused++;
  else complain(twin, image, tally, "otherErrors");
  if (closed()) complain(twin, image, tally, "closedWithoutConsent");
  if (refusal !== "consent-missing") return;
  const { needs } = planFlash({ chip, image, keepRest: true, ...job });
  const permits = needs.map(({ act, token }) => permit(act, token));
  const again = await flashBoard(twin, image, { ...job, permits }).then(() => undefined, codeOf);
  if (policy === "refuse") {
    if (again !== "security-refused" || closed()) complain(twin, image, tally, "closedWithoutConsent");
  } else if (again !== undefined || !holds(twin, image)) complain(twin, image, tally, "consentWithoutEffect");
  else if (closed()) tally.closedWithConsent++;
}

function complain(twin: Twin, image: Image, tally: Tally, as: keyof Tally): void {
  tally[as]++;
  const [{ address, bytes }] = image.segments;
  const hex = Buffer.from(bytes).toString("hex");
  process.stderr.write(`${as} on ${twin.snapshot().chip}: ${hex} at ${address.toString(16)}\n`);
}
