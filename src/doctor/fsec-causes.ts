import { byte8 } from "../base/u32.ts";
import { fsecText, keptOpen, OPEN_FSEC } from "../protection/fsec.ts";
import type { Cause, Likelihood, Suspicion } from "./cause.ts";
import type { Evidence, History } from "./evidence.ts";

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

const DECIDES =
  "Program a chip that may be erased with an image whose SEC is 00 or 01 and whose MEEN is not 10, for example FSEC 0x54, and read the byte: 0x56 shows a loader that keeps the chip open, 0x54 one that programs over 0xFE.";

function declaredChange({ chip, changes, fsec }: Evidence): Cause | undefined {
  const change = changes.find(({ field, from, to }) => field === "FSEC" && from === fsec?.image && to === fsec.chip);
  if (!change) return undefined;
  return {
    id: "declared-change",
    likelihood: "certain",
    what: `Flashproof changed the byte itself, as it declared: ${change.why}.`,
    for: [`The plan declares exactly this change, from ${byte8(change.from)} to ${byte8(change.to)}.`],
    against: [],
    test: "Run plan with the same options: it lists the change.",
    remedy: waysOut(chip.name, change.from),
  };
}

function loaderKeptOpen(evidence: Evidence): Cause | undefined {
  const { chip, changes, fsec, history } = evidence;
  if (!fsec || changes.some((change) => change.to === fsec.chip) || isMassErased(evidence)) return undefined;
  const replaced = fsec.chip === OPEN_FSEC && !keepsOthers(fsec.image, fsec.chip);
  if (!replaced && !keepsOthers(fsec.image, fsec.chip)) return undefined;
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
    remedy: waysOut(chip.name, fsec.image),
  };
}

function programmedOverOpen(evidence: Evidence): Cause | undefined {
  const { chip, changes, fsec, history } = evidence;
  if (!fsec || changes.some((change) => change.to === fsec.chip) || fsec.chip !== (fsec.image & OPEN_FSEC))
    return undefined;
  return {
    id: "programmed-over-FE",
    likelihood: overLikelihood(fsec.image, fsec.chip, history),
    what: "The image was programmed over the 0xFE that a mass erase leaves, without an erase of the sector in between.",
    for: [`0xFE AND ${byte8(fsec.image)} is ${byte8(fsec.chip)}.`, ...(history.massErased ? [MASS_ERASED] : [])],
    against: [ECC, ...erasedFor(history), ...(history.massErased === false ? ["There was no mass erase before."] : [])],
    test: DECIDES,
    remedy: [
      "Erase the sector, then program it: what is programmed twice without an erase may become unreadable.",
      ...waysOut(chip.name, fsec.image),
    ],
  };
}

/** Whether the chip's byte is the image's with nothing changed but what keeps a chip open. */
const keepsOthers = (image: number, chip: number): boolean => chip === ((image & ~3) | 2) || chip === keptOpen(image);

/** Whether the chip is as a mass erase leaves it: the open byte among blank ones. Then nothing has been programmed. */
function isMassErased({ bytes, chip, fsec }: Evidence): boolean {
  const blank = bytes.filter(({ actual }) => actual === chip.flash.erasedByte).length;
  return fsec?.chip === OPEN_FSEC && bytes.length > 8 && blank >= (bytes.length - 1) * 0.9;
}

const REPLACED =
  "0xFE is what OpenOCD, Black Magic and pyOCD's built-in Kinetis targets write whatever the image says.";
const MASS_ERASED = "The chip was mass-erased before, which leaves 0xFE there.";
const ECC = "A phrase that is programmed twice usually breaks its ECC on this flash, but this one can be read.";

const keptFor = (image: number, chip: number): readonly string[] => [
  `${byte8(chip)} is ${byte8(image)} with SEC = 10 and every other bit kept${chip >>> 4 === image >>> 4 ? "" : " but MEEN"}.`,
  'J-Link does that under the plain device name; the names with "(allow security)" exist to have it not done.',
];

const verifiedFor = (history: History): readonly string[] =>
  history.toolVerified ? ["The tool's own check passed, so it wanted this byte."] : [];

const erasedFor = (history: History): readonly string[] =>
  history.sectorErased ? ["The sector was erased before it was programmed, so the byte was 0xFF and not 0xFE."] : [];

function loaderAgainst(image: number, chip: number, history: History): readonly string[] {
  const same = chip === (image & OPEN_FSEC) ? [`0xFE AND ${byte8(image)} is ${byte8(chip)} as well.`] : [];
  return [...same, ...(allowsSecurity(history) ? [`The device name was "${history.device}".`] : [])];
}

const allowsSecurity = (history: History): boolean => /\(allow security\)/i.test(history.device ?? "");

function overLikelihood(image: number, chip: number, history: History): Likelihood {
  if (history.sectorErased || history.massErased === false) return "unlikely";
  return keepsOthers(image, chip) ? "possible" : "likely";
}

/** The two ways to have file and chip agree: the chip secured as the file says, or the file open as the chip is. */
const waysOut = (chip: string, image: number): readonly string[] => [
  `To have the chip secured as the image says (${fsecText(image)}): J-Link device "${chip} (allow security)", or Flashproof with --security as-image. From the next reset on only a mass erase opens it${mayNot(image)}.`,
  `To have it open: put SEC = 10 into the image, FSEC ${byte8(keptOpen(image))}, or program and verify with --security keep-open, which expects that byte.`,
];

const mayNot = (image: number): string => ((image & 0x30) === 0x20 ? ", and with this byte not even that" : "");
