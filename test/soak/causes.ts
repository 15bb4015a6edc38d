import { MK24FN1M0xxx12 as chip } from "../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { explainDifferences } from "../../src/doctor/differences.ts";
import type { Difference } from "../../src/flash/verify.ts";
import { buildImage } from "../../src/image/build-image.ts";
import { allLabels, type Case, makeCase } from "./causes/generator.ts";

/** Part of the cases that must be named right; what is not must be called unknown. */
const ENOUGH = 0.95;

/**
 * Chips that went wrong in a known way, and what the doctor makes of them: label against first cause, as a matrix.
 * Answers 1 where fewer than 95 % are right, or any other cause than `unknown` is named wrongly.
 */
export async function run({
  count,
  seed,
  out,
}: {
  count: number;
  seed: number;
  out: (line: string) => void;
}): Promise<number> {
  const labels = allLabels();
  const matrix = new Map(labels.map((label) => [label as string, new Map<string, number>()]));
  const wrong: string[] = [];
  let right = 0;
  for (let index = 0; index < count; index++) {
    const made = makeCase(seed, index);
    const name = firstCause(made);
    if (name === undefined) continue;
    const row = matrix.get(made.label);
    row?.set(name, (row.get(name) ?? 0) + 1);
    if (name === made.label) right++;
    else if (name !== "unknown") wrong.push(`${index} (${made.label} taken for ${name})`);
  }
  for (const line of table(labels, matrix)) console.log(line);
  const total = [...matrix.values()].flatMap((row) => [...row.values()]).reduce((a, b) => a + b, 0);
  if (wrong.length > 0) console.log(`wrong: ${wrong.slice(0, 20).join(", ")}${wrong.length > 20 ? ", ..." : ""}`);
  const percent = ((100 * right) / total).toFixed(1);
  out(`cases ${total} right ${right} (${percent} %) unknown ${total - right - wrong.length} wrong ${wrong.length}`);
  return right / total >= ENOUGH && wrong.length === 0 ? 0 : 1;
}

/** The cause that the doctor names first, or undefined where the chip happens to hold the image after all. */
function firstCause(made: Case): string | undefined {
  const differences = compare(made);
  if (differences.length === 0) return undefined;
  const image = buildImage({ format: "raw", segments: [{ name: "case", address: made.start, bytes: made.image }] });
  const changes = made.declared
    ? [{ address: 0x40c, ...made.declared, field: "FSEC" as const, why: "so declared" }]
    : [];
  return explainDifferences({ chip, image, changes, differences, history: made.history }).causes[0]?.id;
}

/** Runs of bytes that differ, those that cannot be read by themselves. */
function compare({ image, chip: held, unreadable, start }: Case): readonly Difference[] {
  const kind = (i: number) => (unreadable.has(i) ? "unreadable" : image[i] === held[i] ? "same" : "other");
  const list: Difference[] = [];
  for (let i = 0; i < image.length; ) {
    const from = i;
    const what = kind(i);
    while (i < image.length && kind(i) === what) i++;
    if (what === "same") continue;
    const actual = what === "unreadable" ? undefined : held.slice(from, i);
    list.push({ address: start + from, expected: image.slice(from, i), actual });
  }
  return list;
}

function table(labels: readonly string[], matrix: ReadonlyMap<string, ReadonlyMap<string, number>>): readonly string[] {
  const head = `${"what was done \\ said".padEnd(24)}${labels.map((_, i) => letter(i).padStart(5)).join("")} other`;
  const rows = labels.map((label, i) => {
    const row = matrix.get(label);
    const cells = labels.map((name) => String(row?.get(name) ?? "").padStart(5)).join("");
    const other = [...(row ?? [])].filter(([name]) => !labels.includes(name)).reduce((sum, [, n]) => sum + n, 0);
    return `${letter(i)} ${label.padEnd(22)}${cells}${String(other || "").padStart(6)}`;
  });
  return [head, ...rows];
}

const letter = (i: number): string => String.fromCharCode(97 + i);
