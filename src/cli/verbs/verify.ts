import type { Chip } from "../../chips/chip.ts";
import type { Image } from "../../image/image.ts";
import { explainDifferences } from "../../doctor/differences.ts";
import { verifyImage, type VerifyResult } from "../../flash/verify.ts";
import { effectiveImage } from "../../protection/effective-image.ts";
import { EXIT } from "../exit-codes.ts";
import { readImagesForChip } from "../image-files.ts";
import type { Answer } from "../output.ts";
import { progressFor } from "../progress-line.ts";
import { type Target, withTarget } from "../target.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Invocation } from "../verb.ts";
import { causeLines, causesJson } from "../../report/cause-report.ts";
import { verifyError, verifyJson, verifyLines } from "../../report/verify-report.ts";

/** `verify FILE[@ADDR]...`: every differing range with its cause; a declared change is no difference under its policy. */
export async function verify(invocation: Invocation<OptionsOf<"verify">>): Promise<Answer> {
  const { image, chip } = readImagesForChip(invocation);
  const effective = effectiveImage(image, chip, invocation.options.security);
  const compare = async ({ session, open }: Target): Promise<Answer> => {
    const { memory } = session.core;
    const io = { signal: invocation.signal };
    const found = await verifyImage(memory, image, effective.changes, progressFor(invocation, open.clock), io);
    return { ...answer(found, image, chip), clock: open.clockKind };
  };
  return withTarget(invocation, compare, { connect: "attach" });
}

function answer(found: VerifyResult, image: Image, chip: Chip): Answer {
  const declared = found.declared.map((c) => `declared: ${c.why}`);
  const text = [...verifyLines(found), ...declared];
  if (found.differences.length === 0) return { result: verifyJson(found), text, exit: EXIT.ok };
  const causes = explainDifferences({ chip, image, changes: [], differences: found.differences });
  return {
    result: { ...verifyJson(found), causes: causesJson(causes) },
    text: [...text, ...causeLines(causes)],
    exit: EXIT.differs,
    ...verifyError(found, causes),
  };
}
