import { address32 } from "../../base/u32.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { permitsFor } from "../../flash/permit.ts";
import type { FlashPlan } from "../../flash/plan/plan.ts";
import type { VerifyResult } from "../../flash/verify.ts";
import type { Image } from "../../image/image.ts";
import { touches } from "../../image/image-bytes.ts";
import { flashGroups } from "../../protection/chip-fields.ts";
import { type FlashJob, flashImage } from "../../session/flash-job.ts";
import { downloadToMemory } from "../../session/write-memory.ts";
import { print } from "../console/context.ts";
import { downloadLines } from "../words/download-report.ts";
import { planNotes } from "../words/plan-notes.ts";
import type { Call } from "../run/handler.ts";
import { warnOfMemoryWrite } from "./risky-writes.ts";
import { userRows } from "./on-chip.ts";
import { splitImage } from "./split-image.ts";

/** Programs an image's flash part, writes the rest to memory, and prints J-Link's report. Throws what hinders it. */
export async function download(call: Call, image: Image): Promise<void> {
  const { target } = call.connection;
  const parts = splitImage(image, target.found.chip);
  if (parts.flash.segments.length > 0) await downloadFlash(call, parts.flash);
  for (const { address, bytes } of parts.memory) {
    warnOfMemoryWrite(call, address, bytes);
    await downloadToMemory(target.core.memory, { address, bytes }, target.found.chip, call.io);
  }
}

async function downloadFlash(call: Call, image: Image): Promise<void> {
  const { target, history } = call.connection;
  const { plan, verify, phases } = await flashImage(target, jobFor(call, image), call.io);
  checkProgrammed(verify);
  print(call, downloadLines(plan, phases));
  const groups = flashGroups(target.chip);
  if (groups.some(({ start, length }) => touches(image, start, length))) history.lastLoad = pastLoad(call, plan);
}

/**
 * The policy is in the device's name, as with J-Link. A lock that a mass erase undoes is allowed by that name; what
 * can't be undone also needs the token that `exec AllowIrreversible` has given.
 */
function jobFor({ settings, notes, connection }: Call, image: Image): FlashJob {
  const allows = settings.device?.allowsSecurity === true;
  return {
    image,
    banks: userRows(connection.target.chip),
    policy: allows ? "as-image" : "keep-open",
    permits: permitsFor({ lock: allows, tokens: settings.tokens }),
    keepRest: { below: settings.noRmwThreshold },
    // The command has reset the core already, or its arguments forbid it.
    reset: false,
    verify: settings.verifyDownload,
    onPlan: (plan) => notes.answer(...planNotes(plan)),
  };
}

/** The loader's own check is against what it programmed, not against the file. Throws `verify-differs`. */
function checkProgrammed({ differences: [first] }: VerifyResult): void {
  if (!first) return;
  const address = address32(first.address);
  throw new FlashError("verify-differs", `The flash at ${address} doesn't hold what was programmed`, {
    details: { address },
  });
}

function pastLoad({ settings }: Call, plan: FlashPlan) {
  const { chip, sectors, changes } = plan;
  const starts = flashGroups(chip).map(({ start }) => start);
  const sector = sectors.find(({ address, content }) =>
    starts.some((start) => start >= address && start < address + content.length),
  );
  const fieldSectorErased = sector?.action === "erase-program";
  return { changes, fieldSectorErased, device: settings.device?.text ?? "" };
}
