import { erasedAt } from "../../chips/banks.ts";
import { byte8 } from "../../base/u32.ts";
import { advise } from "../../doctor/advise.ts";
import type { Cause, CauseAdvice, CauseEvidence, Likelihood, Suspicion } from "../../doctor/cause.ts";
import type { Evidence, FieldEvidence, History } from "../../doctor/evidence.ts";
import { keptOpen, valueText } from "../../protection/field-value.ts";
import { OPEN_FSEC } from "./protection.ts";

/*
 * Why FSEC differs. Two mechanisms leave the same byte for every image with SEC = 11 or 10, so one observation cannot
 * separate them: a loader that sets SEC to 10, and programming over the 0xFE that a mass erase leaves (FE AND image).
 * Only SEC = 00 or 01 tells: image 0x54 becomes 0x56 by the first and 0x54 by the second.
 */

/** Every explanation of a differing FSEC that fits its two bytes. */
export const FSEC_SUSPICIONS: readonly Suspicion[] = [
  (evidence) => declaredChange(evidence),
  (evidence) => loaderKeptOpen(evidence),
  (evidence) => programmedOverOpen(evidence),
];

const DECIDES = advise("try-telling-value", {
  image: "whose SEC is 00 or 01 and whose MEEN is not 10, for example FSEC 0x54",
  kept: "0x56",
  over: "0x54",
  open: "0xFE",
});

/** The security byte, if it is one of those that differ and could be read. */
const fsecOf = ({ fields }: Evidence): FieldEvidence | undefined => fields.find(({ field }) => field.name === "FSEC");

function declaredChange(evidence: Evidence): Cause | undefined {
  const { chip, changes } = evidence;
  const fsec = fsecOf(evidence);
  if (!fsec) return undefined;
  const change = changes.find(({ field, from, to }) => field === "FSEC" && from === fsec.image && to === fsec.chip);
  if (!change) return undefined;
  return {
    id: "declared-change",
    likelihood: "certain",
    what: `Flashproof changed the byte itself, as it declared: ${change.why}.`,
    for: [{ text: `The plan declares exactly this change, from ${byte8(change.from)} to ${byte8(change.to)}.` }],
    against: [],
    test: advise("see-declared-change"),
    remedy: waysOut(chip.name, fsec, change.from),
  };
}

function loaderKeptOpen(evidence: Evidence): Cause | undefined {
  const { chip, changes, history } = evidence;
  const fsec = fsecOf(evidence);
  if (!fsec || changes.some((change) => change.to === fsec.chip) || isMassErased(evidence)) return undefined;
  const replaced = fsec.chip === OPEN_FSEC && !keepsOthers(fsec);
  if (!replaced && !keepsOthers(fsec)) return undefined;
  return {
    id: "loader-kept-open",
    likelihood: allowsSecurity(history) ? "unlikely" : "likely",
    what: replaced
      ? "The tool that programmed the chip wrote a field of its own, so that the chip stays open."
      : "The tool that programmed the chip set SEC to 10 in the data, so that the chip stays open.",
    for: [
      ...(replaced ? [] : keptFor(fsec.image, fsec.chip)),
      ...(fsec.chip === OPEN_FSEC ? [REPLACED] : []),
      ...verifiedFor(history),
      ...erasedFor(history),
    ],
    against: loaderAgainst(fsec.image, fsec.chip, history),
    test: DECIDES,
    remedy: waysOut(chip.name, fsec, fsec.image),
  };
}

function programmedOverOpen(evidence: Evidence): Cause | undefined {
  const { chip, changes, history } = evidence;
  const fsec = fsecOf(evidence);
  if (!fsec || changes.some((change) => change.to === fsec.chip) || fsec.chip !== (fsec.image & OPEN_FSEC))
    return undefined;
  return {
    id: "programmed-over-FE",
    likelihood: overLikelihood(fsec, history),
    what: "The image was programmed over the 0xFE that a mass erase leaves, without an erase of the sector in between.",
    for: [
      { text: `0xFE AND ${byte8(fsec.image)} is ${byte8(fsec.chip)}.` },
      ...(history.massErased ? [MASS_ERASED] : []),
    ],
    against: [ECC, ...erasedFor(history), ...(history.massErased === false ? [NO_MASS_ERASE] : [])],
    test: DECIDES,
    remedy: [advise("erase-before-program"), ...waysOut(chip.name, fsec, fsec.image)],
  };
}

/** Whether the chip's byte is the image's with nothing changed but what keeps a chip open. */
const keepsOthers = (fsec: FieldEvidence): boolean =>
  fsec.chip === ((fsec.image & ~3) | 2) || fsec.chip === keptOpen(fsec, fsec.image);

/** Whether the chip is as a mass erase leaves it: the open byte among blank ones. Then nothing has been programmed. */
function isMassErased(evidence: Evidence): boolean {
  const { bytes, chip } = evidence;
  const fsec = fsecOf(evidence);
  const blank = bytes.filter(({ address, actual }) => actual === erasedAt(chip, address)).length;
  return fsec?.chip === OPEN_FSEC && bytes.length > 8 && blank >= (bytes.length - 1) * 0.9;
}

const REPLACED: CauseEvidence = {
  text: "0xFE is what OpenOCD, Black Magic and pyOCD's built-in Kinetis targets write whatever the image says.",
};
const MASS_ERASED: CauseEvidence = {
  text: "The chip was mass-erased before, which leaves 0xFE there.",
  from: "massErased",
};
const NO_MASS_ERASE: CauseEvidence = { text: "There was no mass erase before.", from: "massErased" };
const ECC: CauseEvidence = {
  text: "A phrase that is programmed twice usually breaks its ECC on this flash, but this one can be read.",
};
const TOOL_VERIFIED: CauseEvidence = {
  text: "The tool's own check passed, so it wanted this byte.",
  from: "toolVerified",
};
const SECTOR_ERASED: CauseEvidence = {
  text: "The sector was erased before it was programmed, so the byte was 0xFF and not 0xFE.",
  from: "sectorErased",
};

const keptFor = (image: number, chip: number): readonly CauseEvidence[] => [
  {
    text: `${byte8(chip)} is ${byte8(image)} with SEC = 10 and every other bit kept${chip >>> 4 === image >>> 4 ? "" : " but MEEN"}.`,
  },
  {
    text: 'J-Link does that under the plain device name; the names with "(allow security)" exist to have it not done.',
  },
];

const verifiedFor = (history: History): readonly CauseEvidence[] => (history.toolVerified ? [TOOL_VERIFIED] : []);

const erasedFor = (history: History): readonly CauseEvidence[] => (history.sectorErased ? [SECTOR_ERASED] : []);

function loaderAgainst(image: number, chip: number, history: History): readonly CauseEvidence[] {
  const same = chip === (image & OPEN_FSEC) ? [{ text: `0xFE AND ${byte8(image)} is ${byte8(chip)} as well.` }] : [];
  const named: CauseEvidence = { text: `The device name was "${history.device}".`, from: "device" };
  return allowsSecurity(history) ? [...same, named] : same;
}

const allowsSecurity = (history: History): boolean => /\(allow security\)/i.test(history.device ?? "");

function overLikelihood(fsec: FieldEvidence, history: History): Likelihood {
  if (history.sectorErased || history.massErased === false) return "unlikely";
  return keepsOthers(fsec) ? "possible" : "likely";
}

/** The two ways to have file and chip agree: the chip secured as the file says, or the file open as the chip is. */
const waysOut = (chip: string, fsec: FieldEvidence, image: number): readonly CauseAdvice[] => [
  advise(isMassErasable(image) ? "secure-chip" : "secure-chip-for-ever", { chip, value: valueText(fsec.field, image) }),
  advise("open-chip", { how: "SEC = 10", field: "FSEC", value: byte8(keptOpen(fsec, image)) }),
];

/** MEEN 10 takes the mass erase away. */
const isMassErasable = (image: number): boolean => (image & 0x30) !== 0x20;
