import { address32 } from "../../base/u32.ts";
import type { Chip } from "../../chips/chip.ts";
import type { Image } from "../../image/image.ts";
import type { Advice } from "../../doctor/advice-acts.ts";
import { advise } from "../../doctor/advise.ts";
import { explainDifferences } from "../../doctor/differences.ts";
import { checkKept, joinedRanges } from "../../flash/keep.ts";
import { verifyImage, type VerifyResult, withoutKept } from "../../flash/verify.ts";
import { effectiveImage } from "../../protection/effective-image.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { provenOnHalted } from "../../session/halted-proof.ts";
import { refuseHiddenFlash } from "../../session/shown-flash.ts";
import { EXIT } from "../exit-codes.ts";
import { readImagesForChip } from "../image-files.ts";
import type { Answer } from "../output.ts";
import { declaredLine } from "../../report/declared-report.ts";
import { progressFor } from "../progress-line.ts";
import { type Target, withTarget } from "../target.ts";
import { refuseLocked } from "../../session/locks/locked.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Invocation } from "../verb.ts";
import { originLine } from "../../report/chip-report.ts";
import { unknownLocksJson, unknownLocksLines } from "../../report/locks-report.ts";
import { causeLines, causesJson } from "../../report/cause-report.ts";
import { verifyError, verifyJson, verifyLines } from "../../report/verify-report.ts";

/** `verify FILE[@ADDR]...`: every differing range with its cause; a declared change is no difference under its policy. */
export async function verify(invocation: Invocation<OptionsOf<"verify">>): Promise<Answer> {
  const { image, chip } = readImagesForChip(invocation);
  const policy = invocation.options.security ?? "refuse";
  const effective = effectiveImage(image, chip, policy);
  const keep = joinedRanges(invocation.options.keep);
  checkKept(keep, chip);
  const compare = async ({ session, open }: Target): Promise<Answer> => {
    refuseLocked(session);
    await refuseHiddenFlash(session, chip.banks, { signal: invocation.signal });
    const io = { signal: invocation.signal, banks: chip.banks };
    const isHash = invocation.options.verify === "hash";
    const { core } = session;
    const { memory, isProved } = isHash
      ? await provenOnHalted(session, effective.image, io)
      : { memory: core.memory, isProved: false };
    const found = await verifyImage(memory, image, effective.changes, progressFor(invocation, open.clock), io);
    const { result, ...rest } = answer(withoutKept(found, keep), image, chip);
    return { ...rest, result: { ...result, ...(isProved && { provedBy: "hash" }) }, clock: open.clockKind };
  };
  return withTarget(invocation, compare, { connect: "attach" });
}

function answer(found: VerifyResult, image: Image, chip: Chip): Answer {
  const text = [
    originLine(chip),
    ...unknownLocksLines(chip),
    ...verifyLines(found),
    ...found.declared.map(declaredLine),
  ];
  if (found.differences.length === 0)
    return { result: { ...verifyJson(found), origin: chip.origin, ...unknownLocksJson(chip) }, text, exit: EXIT.ok };
  const causes = explainDifferences({ chip, image, changes: [], differences: found.differences });
  const { error } = verifyError(found, inCliWords, causes);
  const kept = keptAdvice(found);
  const advice = [...error.advice, ...kept];
  return {
    result: {
      ...verifyJson(found),
      origin: chip.origin,
      ...unknownLocksJson(chip),
      causes: causesJson(causes, inCliWords),
    },
    text: [...text, ...causeLines(causes, inCliWords), ...kept.map((each) => `hint: ${inCliWords(each)}`)],
    exit: EXIT.differs,
    error: { ...error, hints: advice.map(inCliWords), advice },
  };
}

/** Where all differences lie together, and most of the image is right, a `--keep` may be all that there is to it. */
function keptAdvice({ differences, compared }: VerifyResult): readonly Advice[] {
  const [first, last] = [differences[0], differences[differences.length - 1]];
  const end = last.address + last.expected.length;
  if (end - first.address > compared / 2) return [];
  return [advise("verify-with-keep", { range: `${address32(first.address)}:${address32(end)}` })];
}
