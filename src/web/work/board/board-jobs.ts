import type { Json } from "../../../base/errors.ts";
import { explainDifferences } from "../../../doctor/differences.ts";
import { describeVerified } from "../../../flash/called-off.ts";
import { FlashError } from "../../../flash/flash-error.ts";
import { permitsFor, permitsOfConsents } from "../../../flash/permit.ts";
import type { FlashPlan } from "../../../flash/plan/plan.ts";
import { Stopwatch } from "../../../flash/stopwatch.ts";
import { type VerifyResult, verifyImage } from "../../../flash/verify.ts";
import { effectiveImage } from "../../../protection/effective-image.ts";
import { hasNoLock } from "../../../protection/chip-fields.ts";
import { inCliWords } from "../../../report/advice-words.ts";
import { causeLines, causesJson } from "../../../report/cause-report.ts";
import { declaredLine } from "../../../report/declared-report.ts";
import { sightJson, sightLines } from "../../../report/sight-report.ts";
import { verifyJson, verifyLines } from "../../../report/verify-report.ts";
import { flashImage, planOnChip } from "../../../session/flash-job.ts";
import { refuseLocked } from "../../../session/locks/locked.ts";
import { lookAt } from "../../../session/look.ts";
import { readMemory } from "../../../session/read-memory.ts";
import { SessionError } from "../../../session/session-error.ts";
import { refuseHiddenFlash } from "../../../session/shown-flash.ts";
import type { Attached, BoardJob, Flashed, Planned, ShownDifference, Unlocked, Verified } from "../../protocol.ts";
import { everyChip, givenChip } from "../given-chip.ts";
import { givenWholeImage } from "../given-image.ts";
import { plannedAnswer } from "../plan.ts";
import { Timeline } from "../timeline.ts";
import type { Handler, WorkContext } from "../context.ts";
import type { OnBench } from "./bench.ts";

/** What of the differences is shown, and how many bytes of each. */
const SHOWN = 64;
const BYTES_SHOWN = 256;

/** Most bytes of one reading. */
const MOST_READ = 0x100_0000;

/** Attaches and looks: nothing is reset, nothing is changed. */
export const attach: Handler<"attach"> = async ({ probe, chip, takeOver }, { signal, bench }) => {
  // A probe may have another chip than the one that was named, and a simulated board has not.
  await (probe === "twin" && chip !== undefined ? givenChip(chip) : everyChip());
  await bench.attach(probe, chip, takeOver, signal);
  return bench.with(({ session }) => seen(session));
};

async function seen(session: OnBench["session"]): Promise<Attached> {
  const sight = await lookAt(session);
  const { chip } = session.found;
  return {
    probe: [session.probe.info.product, session.probe.info.serial].join(" ").trim(),
    ...(chip ? { chip: chip.name } : {}),
    isLocked: sight.lock?.locked === true,
    lines: sightLines(sight),
    json: sightJson(sight) as Json,
  };
}

/** Plans a job against what is on the chip; it only reads. */
export const planOnBoard: Handler<"planOnBoard"> = (asked, context) =>
  context.bench.with(async (board): Promise<Planned> => {
    const { image, guesses, job } = await jobOf(board, asked, context);
    const { session } = board;
    const plan = await planOnChip(session, { ...job, image }, new Stopwatch(session.clock), context);
    return plannedAnswer(plan, asked.security, guesses);
  });

/** Does what the plan with the digest says, and lets the firmware run. Throws `flash-plan-stale` where it is another now. */
export const flash: Handler<"flash"> = (asked, context) =>
  context.bench.with(async (board): Promise<Flashed> => {
    const { session, isVirtual, servers } = board;
    servers.refuseDebugged();
    const timeline = board.traffic && new Timeline(session.clock, board.traffic);
    const { job, image } = await jobOf(board, asked, context);
    const permits = permitsOfConsents({ security: asked.security, allowIrreversible: asked.tokens });
    const onPlan = (plan: FlashPlan) => checkDigest(plan, asked.digest);
    const { plan, verify, phases, totalMs } = await flashImage(
      session,
      { ...job, permits, onPlan, onPhase: timeline?.note },
      context,
    );
    const slices = timeline?.slices ?? [];
    const isLocked = await describeVerified(() => session.reset("system", "run", context)).then(
      (lock) => lock?.locked === true,
    );
    const shown = verified(verify, board, image, plan.changes);
    return { ...shown, digest: plan.digest, phases: { ...phases }, totalMs, timeline: slices, isVirtual, isLocked };
  });

/** Compares the chip with an image; running firmware continues. */
export const verify: Handler<"verify"> = (asked, context) =>
  context.bench.with(async (board): Promise<Verified> => {
    const { session } = board;
    const { image, job } = await jobOf(board, asked, context);
    refuseLocked(session);
    const { banks } = session.chip;
    await refuseHiddenFlash(session, banks, context);
    const { changes } = effectiveImage(image, session.chip, asked.security);
    const io = { ...context, banks };
    return verified(await verifyImage(session.core.memory, image, changes, job.onProgress, io), board, image, []);
  });

/** Reads memory; what stands still is read twice. Throws `flash-range` for no or too many bytes. */
export const read: Handler<"read"> = ({ start, length }, context) =>
  context.bench.with(({ session }) => {
    if (!(length > 0 && length <= MOST_READ && start >= 0 && start + length <= 2 ** 32))
      throw new FlashError(
        "flash-range",
        `${length} bytes from ${start} can't be read: 1 to ${MOST_READ} go at a time`,
      );
    const onProgress = (done: number, total: number) => context.emit({ kind: "progress", phase: "read", done, total });
    return readMemory(session, { start, length }, { ...context, onProgress });
  });

/** Opens a locked chip by erasing everything on it. Throws `unlock-consent` without the consent. */
export const unlock: Handler<"unlock"> = ({ chip, allowMassErase }, context) =>
  context.bench.with(async (board): Promise<Unlocked> => {
    const { session } = board;
    await chipOf(board, chip);
    board.servers.refuseDebugged();
    const isOpen = hasNoLock(session.chip) || (await session.lock(context))?.locked === false;
    // What comes from a page has no type: "no" would be a consent otherwise.
    const massErase = (allowMassErase as unknown) === true;
    if (!isOpen) await session.unlock(permitsFor({ massErase }), context);
    const { isLocked, lines, json } = await seen(session);
    return { massErased: !isOpen, isLocked, lines, json };
  });

/**
 * The chip of a job. Throws `chip-required` for a board that was connected without a name, because nothing is erased or
 * programmed there, and `chip-mismatch` for one that was connected by another name: it was looked at as that.
 */
async function chipOf({ chip }: OnBench, asked: string) {
  if (chip === undefined) {
    const text =
      "The board was connected without its chip's name: erasing and programming need one, so connect it again";
    throw new SessionError("chip-required", text);
  }
  const [connected, wanted] = [await givenChip(chip), await givenChip(asked)];
  if (connected.name === wanted.name) return connected;
  const text = `The board was connected as a ${connected.name}, and the job is for a ${wanted.name}: connect it again`;
  throw new SessionError("chip-mismatch", text, { details: { chip: wanted.name, connected: connected.name } });
}

async function jobOf(board: OnBench, { file, security, chip }: BoardJob, { emit }: WorkContext) {
  const { image, guesses } = await givenWholeImage(file, await chipOf(board, chip));
  const onProgress = (progress: { phase: string; done: number; total: number }) =>
    emit({ kind: "progress", ...progress });
  return { image, guesses, job: { image, policy: security, keepRest: true, erase: "auto", onProgress } as const };
}

function checkDigest(plan: FlashPlan, digest: string): void {
  if (plan.digest === digest) return;
  const details = { planned: digest, now: plan.digest };
  throw new FlashError("flash-plan-stale", "The chip holds something else than when the plan was made", { details });
}

function verified(
  verify: VerifyResult,
  { session }: OnBench,
  image: FlashPlan["image"],
  changes: FlashPlan["changes"],
): Verified {
  const { verdict, differences } = verify;
  const explained =
    differences.length > 0 ? explainDifferences({ chip: session.chip, image, changes, differences }) : undefined;
  const causes = explained ? causeLines(explained, inCliWords) : [];
  const lines = [...verifyLines(verify), ...("declared" in verify ? verify.declared.map(declaredLine) : []), ...causes];
  const json = { ...verifyJson(verify), ...(explained ? { explanation: causesJson(explained, inCliWords) } : {}) };
  return { verdict, lines, differences: differences.slice(0, SHOWN).map(shownDifference), json: json as Json };
}

const shownDifference = ({ address, expected, actual }: VerifyResult["differences"][number]): ShownDifference => ({
  address,
  expected: expected.slice(0, BYTES_SHOWN),
  actual: actual?.slice(0, BYTES_SHOWN) ?? new Uint8Array(),
});
