import { explainDifferences } from "../../doctor/differences.ts";
import { verifyImage } from "../../flash/verify.ts";
import { effectiveImage } from "../../protection/effective-image.ts";
import { policyOption } from "../consents.ts";
import { EXIT } from "../exit-codes.ts";
import { checkOnChip, readImages } from "../image-files.ts";
import type { Answer } from "../output.ts";
import { progressFor } from "../progress-line.ts";
import { chipNeeded, withTarget } from "../target.ts";
import type { Invocation } from "../verb.ts";
import { causeLines, causesJson } from "../cause-report.ts";
import { verifyJson, verifyLines } from "../verify-report.ts";

/** `verify FILE[@ADDR]...`: every differing range with its cause; a declared change is no difference under its policy. */
export async function verify(invocation: Invocation): Promise<Answer> {
  const chip = chipNeeded(invocation);
  const image = readImages(invocation);
  checkOnChip(image, chip);
  const policy = policyOption(invocation);
  const effective = effectiveImage(image, chip, policy);
  return withTarget(invocation, async ({ session, open }) => {
    const io = { signal: invocation.signal };
    const found = await verifyImage(session.core.memory, image, effective.changes, progressFor(invocation), io);
    const causes =
      found.differences.length === 0
        ? undefined
        : explainDifferences({ chip, image, changes: [], differences: found.differences });
    return {
      result: { ...verifyJson(found), ...(causes ? { causes: causesJson(causes) } : {}) },
      text: [
        ...verifyLines(found),
        ...found.declared.map((c) => `declared: ${c.why}`),
        ...(causes ? causeLines(causes) : []),
      ],
      exit: found.verdict === "different" ? EXIT.differs : EXIT.ok,
      clock: open.clockKind,
    };
  });
}
