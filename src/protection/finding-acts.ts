/** What findings advise; an act without a sentence is spelled by each host in its own words (doctor/advice-acts.ts). */
export const FINDING_ACTS = {
  "open-or-secure": { arguments: ["field", "value"] },
  "open-or-secure-for-ever": { arguments: ["field", "value"] },
  "avoid-locking-neighbour": { arguments: ["value", "steady"] },
  "leave-gaps-alone": {
    arguments: ["field", "value"],
    sentence:
      "Give the file as HEX, S-record or ELF, which leave gaps alone, or put a field with {field} {value} into the image.",
  },
  "link-field": { arguments: ["group"], sentence: "Link a {group} into the image." },
  "link-whole-field": { arguments: ["length"], sentence: "Link all {length} bytes of the field into the image." },
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

/** What to do, with a field's value that would be right. */
export const todoWithValue = (act: ValueAct, field: string, value: string): FindingAdvice => ({
  act,
  arguments: { field, value },
});

/** Acts that name a field and its value. */
type ValueAct = {
  [Act in FindingAct]: (typeof FINDING_ACTS)[Act] extends { readonly arguments: readonly ["field", "value"] }
    ? Act
    : never;
}[FindingAct];

/** What to do about fields that an image leaves out. */
export const todoLink = (
  group: string,
  length: number,
): { readonly all: FindingAdvice; readonly rest: FindingAdvice } => ({
  all: { act: "link-field", arguments: { group } },
  rest: { act: "link-whole-field", arguments: { length: String(length) } },
});
