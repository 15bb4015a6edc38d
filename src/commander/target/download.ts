import { writeBlock } from "../../adi/block.ts";
import { address32 } from "../../base/u32.ts";
import type { FlashPlan } from "../../flash/plan.ts";
import { type Permit, permit } from "../../flash/permit.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { checkConsents } from "../../flash/run.ts";
import { Stopwatch } from "../../flash/stopwatch.ts";
import { verifyImage } from "../../flash/verify.ts";
import type { Image } from "../../image/image.ts";
import { imageSize, touches } from "../../image/image-bytes.ts";
import { FIELD_LENGTH } from "../../protection/field.ts";
import { executePlan, type FlashJob, planOnChip } from "../../session/flash-job.ts";
import type { Session } from "../../session/session.ts";
import { print } from "../console/context.ts";
import { downloadLines } from "../words/download-report.ts";
import { planNotes } from "../words/plan-notes.ts";
import type { Call } from "../run/handler.ts";
import { splitImage } from "./split-image.ts";

/** Programs an image's flash part, writes the rest to memory, and prints J-Link's report. Throws what hinders it. */
export async function download(call: Call, image: Image): Promise<void> {
  const { target } = call.connection;
  const parts = splitImage(image, target.found.chip);
  if (parts.flash.segments.length > 0) await target.hold("flash", (held) => downloadFlash(call, held, parts.flash));
  for (const { address, bytes } of parts.memory) await writeBlock(target.core.memory, address, bytes, call.io);
}

async function downloadFlash(call: Call, target: Session, image: Image): Promise<void> {
  const { history } = call.connection;
  const job = jobFor(call, image);
  const stopwatch = new Stopwatch(target.clock);
  const plan = await planOnChip(target, job, stopwatch, call.io);
  checkConsents(plan.needs, job.permits);
  call.notes.answer(...planNotes(plan));
  await executePlan(target, plan, job, stopwatch, call.io);
  if (call.settings.verifyDownload) await stopwatch.time("verify", () => checkProgrammed(call, target, plan));
  print(call, downloadLines(plan, stopwatch.times()));
  const { field } = target.chip.protection;
  if (touches(image, field, FIELD_LENGTH)) history.lastLoad = pastLoad(call, plan);
}

/**
 * The policy is in the device's name, as with J-Link. A lock that a mass erase undoes is allowed by that name; what
 * can't be undone also needs the token that `exec AllowIrreversible` has given.
 */
function jobFor({ settings }: Call, image: Image): FlashJob {
  const allows = settings.device?.allowsSecurity === true;
  return {
    image,
    policy: allows ? "as-image" : "keep-open",
    permits: allows
      ? [permit("lock"), ...settings.tokens.flatMap(irreversible)]
      : settings.tokens.flatMap(irreversible),
    keepRest: imageSize(image) < settings.noRmwThreshold,
  };
}

const irreversible = (token: string): readonly Permit[] => [permit("lock-for-ever", token), permit("near-lock", token)];

/** The loader's own check is against what it programmed, not against the file. Throws `verify-differs`. */
async function checkProgrammed(call: Call, target: Session, plan: FlashPlan): Promise<void> {
  const { differences } = await verifyImage(target.core.memory, plan.image, [], () => {}, call.io);
  const [first] = differences;
  if (!first) return;
  const address = address32(first.address);
  throw new FlashError("verify-differs", `The flash at ${address} doesn't hold what was programmed`, {
    details: { address },
  });
}

function pastLoad({ settings }: Call, plan: FlashPlan) {
  const { chip, sectors, changes } = plan;
  const sector = sectors.find(({ address }) => chip.protection.field - address < chip.flash.sectorSize);
  const fieldSectorErased = sector?.action === "erase-program";
  return { changes, fieldSectorErased, device: settings.device?.text ?? "" };
}
