import { type AdviceWords, spelling } from "../../advice-acts.ts";
import type { CauseAct } from "../../cause-acts.ts";

/** What to do with another tool, for a chip that Flashproof's own verbs don't know. */
const TOOL_WORDS: AdviceWords<CauseAct> = {
  "see-declared-change": "The plan of the job that programmed the chip lists the change.",
  "see-whether-locked": "The tool says while it connects whether the chip is locked.",
  "program-again": "Erase, program and verify again.",
  "secure-chip":
    'To have the chip secured as the image says ({value}): J-Link device "{chip} (allow security)", or Flashproof with --security as-image. From the next reset on only a mass erase opens it.',
  "secure-chip-for-ever":
    'To have the chip secured as the image says ({value}): J-Link device "{chip} (allow security)", or Flashproof with --security as-image. From the next reset on only a mass erase opens it, and with this byte not even that.',
  "open-chip":
    "To have it open: put {how} into the image, {field} {value}, or program and verify with --security keep-open, which expects that byte.",
  "open-then-program": "To open it and lose everything on it: a mass erase by the tool. Then program it again.",
  "mass-erase-write-protection": "Only a mass erase takes the protection away, and everything with it.",
  "check-chip-and-address": "Was it another chip, or the wrong address? Check the chip's name and the file's address.",
  "check-raw-address": "Check the address of a raw file, and that no header stands before the code.",
  "improve-wires": "If it changes: shorter wires, a lower speed.",
  "erase-sectors-first": "Erase, program and verify again.",
  "lower-speed-and-verify": "Lower the speed and verify again.",
};

/** What a cause advises, for the user of another tool. */
export const inToolWords = spelling(TOOL_WORDS);
