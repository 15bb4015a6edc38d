import type { Chip } from "../../chips/chip.ts";
import type { Cause } from "../../doctor/cause.ts";
import { explainDifferences } from "../../doctor/differences.ts";
import type { DifferenceInput } from "../../doctor/evidence.ts";
import { inCommanderWords } from "./advice-words.ts";
import { lockingFields } from "../../protection/chip-fields.ts";
import { type PlacedField, valueText } from "../../protection/field-value.ts";

/** The whole answer to a verify that differs: which byte, what its bits say, who changed it, what else it could be, what to do. */
export function verifyNotes(input: DifferenceInput): readonly string[] {
  const { summary, causes, fields } = explainDifferences(input);
  const [best, ...others] = [...causes, ...alternatives(input, causes)];
  const locking = lockingFields(input.chip);
  const placed = locking.find(({ field }) => fields.some(({ name }) => name === field.name));
  const important = fields.find(({ name }) => name === placed?.field.name);
  return [
    summary,
    ...fields.filter((field) => field !== important).map(({ text }) => `field: ${text}`),
    ...(placed && important ? bitLines(placed, important) : []),
    ...(best ? causeLines("why", best, input.chip) : []),
    ...others.flatMap((cause) => causeLines("or", cause, input.chip)),
    ...(best?.remedy ?? []).map((each) => `hint: ${inCommanderWords(each, input.chip)}`),
  ];
}

/** A change that this run declared explains all; what else could leave the same byte is printed beside it. */
function alternatives(input: DifferenceInput, causes: readonly Cause[]): readonly Cause[] {
  if (!causes.some(({ id }) => id === "declared-change")) return [];
  const others = explainDifferences({ ...input, changes: [] }).causes.filter(({ id }) => id === "programmed-over-FE");
  const declared = { text: "This run declared the change before it programmed the byte." };
  return others.map((cause) => ({ ...cause, likelihood: "unlikely" as const, against: [declared, ...cause.against] }));
}

function bitLines(
  { field }: PlacedField,
  { image, chip }: { readonly image: number; readonly chip: number | undefined },
): readonly string[] {
  const line = (what: string, value: number) => `${what} ${valueText(field, value)}: ${bitsText(field, value)}`;
  return [line("image", image), ...(chip === undefined ? [] : [line("chip", chip)])];
}

const bitsText = ({ register }: PlacedField["field"], value: number): string =>
  (register?.decode(value) ?? [])
    .map(({ name, value: bits, words }) => `${name} ${bits.toString(2).padStart(2, "0")} (${words})`)
    .join(", ");

const causeLines = (label: "why" | "or", cause: Cause, chip: Chip): readonly string[] => [
  `${label}: ${cause.what} (${cause.likelihood})`,
  ...cause.for.map(({ text }) => `  for: ${text}`),
  ...cause.against.map(({ text }) => `  against: ${text}`),
  ...(label === "or" || cause.likelihood !== "certain" ? [`  test: ${inCommanderWords(cause.test, chip)}`] : []),
];
