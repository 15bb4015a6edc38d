/** What findings advise; an act without a sentence is spelled by each host in its own words (doctor/advice-acts.ts). */
export const FINDING_ACTS = {
  "open-or-secure": { arguments: ["fsec"] },
  "open-or-secure-for-ever": { arguments: ["fsec"] },
  "avoid-locking-neighbour": { arguments: ["fsec"] },
  "leave-gaps-alone": {
    arguments: ["fsec"],
    sentence:
      "Give the file as HEX, S-record or ELF, which leave gaps alone, or put a field with FSEC {fsec} into the image.",
  },
  "link-field": { sentence: "Link a flash configuration field into the image." },
  "link-whole-field": { sentence: "Link all 16 bytes of the field into the image." },
  "set-erased-byte": { sentence: "Use 0xFF unless you mean it." },
  "set-unprotected": { sentence: "Use FF FF FF FF unless you mean it." },
  "check-vector-table": { sentence: "Check the image's address: does it start with the vector table?" },
  "check-chip-and-place": { sentence: "Check the chip's name and the image's address." },
  "give-all-files": { sentence: "Give all the files that belong together." },
  "make-file-again": { sentence: "Make the file again, or copy it again." },
  "name-file-by-format": { sentence: "Give the file the name of its format." },
  "check-file-for-chip": { sentence: "Check that this is the file for the chip on the board." },
} as const;

/** The name of something that a finding advises. */
export type FindingAct = keyof typeof FINDING_ACTS;

/** What to do about a finding, as data. */
export interface FindingAdvice {
  /** One thing to do, by its name. */
  readonly act: FindingAct;
  /** The act's arguments by name. */
  readonly arguments: { readonly [name: string]: string };
}

/** Acts that take no argument. */
type PlainAct = {
  [Act in FindingAct]: (typeof FINDING_ACTS)[Act] extends { readonly arguments: readonly string[] } ? never : Act;
}[FindingAct];

/** What to do, where the act says it all. */
export const todo = (act: PlainAct): FindingAdvice => ({ act, arguments: {} });

/** What to do, with the FSEC that would be right. */
export const todoWithFsec = (act: Exclude<FindingAct, PlainAct>, fsec: string): FindingAdvice => ({
  act,
  arguments: { fsec },
});
