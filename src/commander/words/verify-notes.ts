import type { Cause } from "../../doctor/cause.ts";
import { explainDifferences } from "../../doctor/differences.ts";
import type { DifferenceInput } from "../../doctor/evidence.ts";
import { inCommanderWords } from "./advice-words.ts";
import { decodeFsec, fsecText } from "../../protection/fsec.ts";

/** The whole answer to a verify that differs: which byte, what its bits say, who changed it, what else it could be, what to do. */
export function verifyNotes(input: DifferenceInput): readonly string[] {
  const { summary, causes, fields } = explainDifferences(input);
  const [best, ...others] = [...causes, ...alternatives(input, causes)];
  const fsec = fields.find(({ name }) => name === "FSEC");
  return [
    summary,
    ...fields.filter((field) => field !== fsec).map(({ text }) => `field: ${text}`),
    ...(fsec ? bitLines(fsec) : []),
    ...(best ? causeLines("why", best) : []),
    ...others.flatMap((cause) => causeLines("or", cause)),
    ...(best?.remedy ?? []).map((each) => `hint: ${inCommanderWords(each)}`),
  ];
}

/** A change that this run declared explains all; what else could leave the same byte is printed beside it. */
function alternatives(input: DifferenceInput, causes: readonly Cause[]): readonly Cause[] {
  if (!causes.some(({ id }) => id === "declared-change")) return [];
  const others = explainDifferences({ ...input, changes: [] }).causes.filter(({ id }) => id === "programmed-over-FE");
  const declared = { text: "This run declared the change before it programmed the byte." };
  return others.map((cause) => ({ ...cause, likelihood: "unlikely" as const, against: [declared, ...cause.against] }));
}

function bitLines({ image, chip }: { readonly image: number; readonly chip: number | undefined }): readonly string[] {
  const line = (what: string, byte: number) => `${what} ${fsecText(byte)}: ${bitsText(byte)}`;
  return [line("image", image), ...(chip === undefined ? [] : [line("chip", chip)])];
}

const bitsText = (byte: number): string =>
  decodeFsec(byte)
    .map(({ name, value, words }) => `${name} ${value.toString(2).padStart(2, "0")} (${words})`)
    .join(", ");

const causeLines = (label: "why" | "or", cause: Cause): readonly string[] => [
  `${label}: ${cause.what} (${cause.likelihood})`,
  ...cause.for.map(({ text }) => `  for: ${text}`),
  ...cause.against.map(({ text }) => `  against: ${text}`),
  ...(label === "or" || cause.likelihood !== "certain" ? [`  test: ${inCommanderWords(cause.test)}`] : []),
];
