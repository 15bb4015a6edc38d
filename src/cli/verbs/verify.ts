import type { Chip } from "../../chips/chip.ts";
import type { Image } from "../../image/image.ts";
import { explainDifferences } from "../../doctor/differences.ts";
import { checkKept, joinedRanges } from "../../flash/keep.ts";
import { verifyImage, type VerifyResult, withoutKept } from "../../flash/verify.ts";
import { effectiveImage } from "../../protection/effective-image.ts";
import { policyOption } from "../consents.ts";
import { EXIT } from "../exit-codes.ts";
import { checkOnChip, readImages } from "../image-files.ts";
import { keepRanges } from "../keep-options.ts";
import type { Answer } from "../output.ts";
import { declaredLine } from "../plan-report.ts";
import { progressFor } from "../progress-line.ts";
import { chipNeeded, type Target, withTarget } from "../target.ts";
import type { Invocation } from "../verb.ts";
import { causeLines, causesJson } from "../cause-report.ts";
import { verifyError, verifyJson, verifyLines } from "../verify-report.ts";

/** `verify FILE[@ADDR]...`: every differing range with its cause; a declared change is no difference under its policy. */
export async function verify(invocation: Invocation): Promise<Answer> {
  const chip = chipNeeded(invocation);
  const image = readImages(invocation);
  checkOnChip(image, chip);
  const policy = policyOption(invocation);
  const effective = effectiveImage(image, chip, policy);
  const keep = joinedRanges(keepRanges(invocation));
  checkKept(keep, chip);
  const compare = async ({ session, open }: Target): Promise<Answer> => {
    const { memory } = session.core;
    const io = { signal: invocation.signal };
    const found = await verifyImage(memory, image, effective.changes, progressFor(invocation, open.clock), io);
    return { ...answer(withoutKept(found, keep), image, chip), clock: open.clockKind };
  };
  return withTarget(invocation, compare, { connect: "attach" });
}

function answer(found: VerifyResult, image: Image, chip: Chip): Answer {
  const text = [...verifyLines(found), ...found.declared.map(declaredLine)];
  if (found.differences.length === 0) return { result: verifyJson(found), text, exit: EXIT.ok };
  const causes = explainDifferences({ chip, image, changes: [], differences: found.differences });
  return {
    result: { ...verifyJson(found), causes: causesJson(causes) },
    text: [...text, ...causeLines(causes)],
    exit: EXIT.differs,
    ...verifyError(found, causes),
  };
}
