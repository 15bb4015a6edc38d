/** What the causes of a difference advise, and the experiments that tell them apart; see `advice-acts.ts`. */
export const CAUSE_ACTS = {
  // experiments
  "see-declared-change": {},
  "try-telling-value": {
    arguments: ["image", "kept", "over", "open"],
    sentence:
      "Program a chip that may be erased with an image {image}, and read the byte: {kept} shows a loader that keeps the chip open, {over} one that programs over {open}.",
  },
  "see-whether-locked": {},
  "program-region-alone": {
    sentence: "Program the region alone: the flash controller answers with FPVIOL.",
  },
  "program-again": {},
  "read-both-places": { sentence: "Read the chip at both places and compare." },
  "read-eight-bytes": { sentence: "Read eight bytes of the chip and hold them against the file." },
  "read-thrice-slower": {
    sentence:
      "Read the same address three times at a lower speed: a bit that changes is the wire's, one that stays is the flash's.",
  },
  "program-blank-sector": { sentence: "Erase the sector, check that it is blank, and program it once." },
  "verify-earlier-file": { sentence: "Verify the file that was programmed before: if it fits, this is it." },
  "read-range-twice": {
    sentence:
      "Read the same range twice and compare: differing reads show a bad wire, equal ones a chip that was programmed so.",
  },

  // remedies
  "secure-chip": { arguments: ["chip", "value"] },
  "secure-chip-for-ever": { arguments: ["chip", "value"] },
  "open-chip": { arguments: ["how", "field", "value"] },
  "erase-before-program": {
    sentence: "Erase the sector, then program it: what is programmed twice without an erase may become unreadable.",
  },
  "open-then-program": {},
  "mass-erase-write-protection": {},
  "keep-power-stable": {
    sentence: "Keep the power stable: the sector that was in work may look blank and not be (read it at user margin).",
  },
  "check-chip-and-address": {},
  "check-raw-address": {},
  "drop-byte-order": {
    sentence: "Make the file again without a byte order option (objcopy --reverse-bytes, srec_cat -byte-swap).",
  },
  "improve-wires": {},
  "replace-worn-flash": {
    sentence: "If it stays: erase, program and verify again; if it comes back, the flash is worn out.",
  },
  "erase-sectors-first": {},
  "program-or-verify-this": {
    sentence:
      "Program this file, or verify the one that is on the chip. Check that the build wrote the file that you gave.",
  },
  "lower-speed-and-verify": {},
  "program-once-more": {
    sentence: "Program the image again; does firmware on the chip write its own flash?",
  },
} as const;

/** The name of something that a cause advises. */
export type CauseAct = keyof typeof CAUSE_ACTS;
