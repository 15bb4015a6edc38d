import { describe, expect, it } from "vitest";
import { LIKELIHOODS } from "../../../../../src/doctor/cause.ts";
import type { LogDiagnosis } from "../../../../../src/doctor/logs/diagnose-log.ts";
import { LINE_FORMS } from "../../../../../src/doctor/logs/forms/forms.ts";
import type { FactKind, LogTool } from "../../../../../src/doctor/logs/forms/line-form.ts";
import type { LogCause } from "../../../../../src/doctor/logs/causes/log-cause.ts";
import { type Byte, diagnosisOf, type Line } from "../log-of.ts";

const KINDS: readonly FactKind[] = [...new Set(LINE_FORMS.map(({ fact }) => fact))];
const CHIPS = [undefined, "MK24FN1M0XXX12", "S9KEAZ128", "STM32F407VG", "nRF52840_xxAA", "LPC1768", "LPC55S69"];
const TOOLS: readonly LogTool[] = ["jlink", "openocd", "pyocd", "linkserver", "cubeprogrammer"];
/** Values as tools print them; the others leave them out. */
const VALUES = {
  address: "0x08004000",
  bytes: "1024",
  code: "104",
  name: "quux",
  port: "COM7",
  target: "kx.cpu",
  volts: "0.3",
};

/** A line without values, but for those that every such line has. */
const bare = (kind: FactKind): Line => ({ kind, values: kind === "voltage" ? { volts: "3.3" } : {} });

/** A cause of a log, and what it was concluded from. */
type Found = readonly [from: string, cause: LogCause];

const found = (diagnosis: LogDiagnosis, from: string): readonly Found[] =>
  diagnosis.causes.map((cause) => [from, cause]);

/** Every line alone, by every tool and for every chip, with its values and without. */
const alone: readonly Found[] = KINDS.flatMap((kind) =>
  CHIPS.flatMap((chip) =>
    TOOLS.flatMap((tool) =>
      [bare(kind), { kind, values: VALUES }].flatMap((line) =>
        found(diagnosisOf([line], { tool }, chip ? { chip } : {}), `${kind} ${chip} ${tool}`),
      ),
    ),
  ),
);

/** Every line before every other one. */
const together: readonly Found[] = KINDS.flatMap((a) =>
  KINDS.flatMap((b) => found(diagnosisOf([bare(a), bare(b)], {}, { chip: "MK24FN1M0XXX12" }), `${a}, ${b}`)),
);

/** Bytes that a verify found different, of each sort that a cause looks at. */
const BYTES: readonly (readonly Byte[])[] = [
  [[0x40c, 0x7b, 0x7a]],
  [[0x40d, 0xff, 0xfb]],
  [
    [0x1c, 0, 0x12],
    [0x1d, 0, 0x34],
    [0x1e, 0, 0x56],
    [0x1f, 0, 0x78],
  ],
  [[0x1fff_c001, 0xaa, 0xbb]],
  [[0x900, 0x12, 0xff]],
  Array.from({ length: 8 }, (_, i) => [0x900 + i * 3, 0x10, 0x23 + i]),
];

/** Every line before a verify that failed. */
const verified: readonly Found[] = KINDS.flatMap((kind) =>
  CHIPS.flatMap((chip) =>
    BYTES.flatMap((bytes) =>
      found(diagnosisOf([bare(kind), "verify-failed"], { bytes }, chip ? { chip } : {}), `${kind} ${chip} ${bytes[0]}`),
    ),
  ),
);

const all: readonly Found[] = [...alone, ...together, ...verified];

/** What is wrong with causes; a check throws nothing, so that thousands of them are fast. */
const wrong = (isRight: (cause: LogCause) => boolean, list = all): readonly string[] => [
  ...new Set(list.filter(([, cause]) => !isRight(cause)).map(([from, cause]) => `${cause.id} of ${from}`)),
];

/** Whole sentences in plain words: no gaps where a value was missing, no exclamation marks. */
const isText = (text: unknown): boolean =>
  typeof text === "string" && /\S{2,} \S.*[.?]$/s.test(text) && !/undefined|NaN|\[object|!| {2}| [.,;:]|^\s/.test(text);
const isStatement = (text: unknown): boolean => isText(text) && /^[\p{Lu}\d].*\.$/su.test(text as string);

/** What the doctor says where nothing failed, or nothing is known: no line speaks for that. */
const OUTCOMES: readonly string[] = ["no-outcome", "unknown"];

describe("every cause of every kind of line", () => {
  it("has a name of small words, and a likelihood of the list", () => {
    expect(wrong(({ id }) => /^[a-z]{2,}(-[a-zA-Z]{2,})*$/.test(id))).toEqual([]);
    expect(wrong(({ likelihood }) => LIKELIHOODS.includes(likelihood))).toEqual([]);
  });

  it("states in a sentence what happened", () => expect(wrong(({ what }) => isStatement(what))).toEqual([]));

  it("has an experiment in sentences", () => expect(wrong(({ test }) => isText(test))).toEqual([]));

  it("has remedies, each in sentences, none twice", () => {
    expect(wrong(({ remedy }) => remedy.length > 0 && remedy.every(isText))).toEqual([]);
    expect(wrong(({ remedy }) => new Set(remedy).size === remedy.length)).toEqual([]);
  });

  it("has evidence in sentences, with the line's words exactly where it has a line", () => {
    const isRight = ({ text, line, quote }: LogCause["for"][number]) =>
      isText(text) && (line === undefined) === (quote === undefined) && quote !== "";
    expect(wrong((cause) => [...cause.for, ...cause.against].every(isRight))).toEqual([]);
  });

  it("has a line that speaks for it, but for an end that is open", () => {
    const hasLine = (cause: LogCause) => cause.for.some(({ line }) => line !== undefined);
    expect(wrong((cause) => OUTCOMES.includes(cause.id) || hasLine(cause))).toEqual([]);
  });

  it("has nothing twice for it or against it", () => {
    const once = (list: LogCause["for"]) => new Set(list.map((one) => JSON.stringify(one))).size === list.length;
    const isRight = (cause: LogCause) => once(cause.for) && once(cause.against);
    expect(wrong(isRight, [...alone, ...together])).toEqual([]);
  });
});

describe("every diagnosis of every kind of line", () => {
  const diagnoses = KINDS.flatMap((kind) =>
    CHIPS.map((chip) => diagnosisOf([{ kind, values: VALUES }], {}, chip ? { chip } : {})),
  );
  const texts = diagnoses.flatMap(({ answer, support, summary }) => [...Object.values(answer), support, summary]);

  it("has an answer and a note to send without gaps", () => {
    const bad = texts.filter(
      (text) => !/\w.*[\w.?)]$/s.test(text) || /undefined|NaN|\[object|!| {2}| [.,;]/.test(text),
    );
    expect(bad).toEqual([]);
  });

  it("has the causes in the order of their likelihood, none twice", () => {
    for (const { causes } of diagnoses) {
      const ranks = causes.map(({ likelihood }) => LIKELIHOODS.indexOf(likelihood));
      expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
      expect(new Set(causes.map(({ id }) => id)).size).toBe(causes.length);
    }
  });

  it("has steps in words, each with its line", () => {
    for (const { steps } of diagnoses)
      for (const { what, line } of steps) {
        expect(what).toMatch(/^\S+( \S+)+$|^erased$/);
        expect(line).toBe(1);
      }
  });
});
