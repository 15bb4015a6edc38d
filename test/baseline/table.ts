import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { codeOf } from "../../src/base/errors.ts";
import { Bench } from "./bench.ts";
import type { Job } from "./jobs.ts";
import { CHECK_DIGITS, PACKETS_A_CHECK, type Recorder, type Transfers } from "./recorder.ts";

/** What of a job can be seen from outside: equal before and after a change that is to change nothing. */
export interface Row extends Transfers {
  /** The digest of each plan. */
  readonly plans: readonly string[];
  /** What the job answered, or the code of its error; hashed where it is long. */
  readonly answer: string;
  /** SHA-256 over all that stands in flash afterwards. */
  readonly flash: string;
  /** The board's virtual time at the end, in picoseconds. */
  readonly endPs: number;
}

/** Rows by the names of their jobs. */
export type Table = Readonly<Record<string, Row>>;

const FILE = "test/baseline/baseline.json";

/** The committed table; empty where there is none yet. */
export const readTable = (): Table => (existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as Table) : {});

/** Writes the table anew, in the order of the jobs. */
export const writeTable = (table: Table): void => writeFileSync(FILE, `${JSON.stringify(table, undefined, 2)}\n`);

/** Does one job on a board of its own. */
export async function rowOf({ setup, work }: Job): Promise<{ readonly row: Row; readonly recorder: Recorder }> {
  const bench = await Bench.make(setup);
  const answer = await work(bench).then(textOf, (error: unknown) => `error ${codeOf(error) ?? String(error)}`);
  const { recorder, plans, flashHash } = bench;
  const endPs = bench.twin.clock.now();
  return { row: { plans, answer, ...recorder.finish(), flash: flashHash, endPs }, recorder };
}

/** An answer as text; a long one by its hash, without milliseconds, which follow from the end time. */
function textOf(answer: unknown): string {
  const text = JSON.stringify(answer, (_, value: unknown) => (value instanceof Uint8Array ? [...value] : value)) ?? "";
  return text.length <= 200 ? text : createHash("sha256").update(text).digest("hex");
}

/** The first thing in which a row differs from the committed one, in words; undefined where nothing does. */
export function difference(expected: Row | undefined, { row, recorder }: Awaited<ReturnType<typeof rowOf>>) {
  if (!expected) return "the table has no such job";
  const plan = row.plans.findIndex((digest, i) => digest !== expected.plans[i]);
  if (plan >= 0 || row.plans.length !== expected.plans.length) {
    return `plan ${plan + 1} of ${row.plans.length} (the table has ${expected.plans.length}) has another digest`;
  }
  return packetsText(expected, row, recorder) ?? restText(expected, row);
}

function packetsText(expected: Row, row: Row, recorder: Recorder): string | undefined {
  if (expected.sha256 === row.sha256) return undefined;
  const checks = (text: string) => text.match(new RegExp(`.{${CHECK_DIGITS}}`, "g")) ?? [];
  const [was, is] = [checks(expected.checks), checks(row.checks)];
  const first = is.findIndex((check, i) => check !== was[i]);
  const check = first < 0 ? is.length : first;
  const [from, to] = [check * PACKETS_A_CHECK + 1, Math.min((check + 1) * PACKETS_A_CHECK, row.packets)];
  const count = `of ${row.packets}; the table has ${expected.packets}`;
  return `packets ${from} to ${to} (${count}) are the first that differ; they begin with\n${recorder.around(check)}`;
}

function restText(expected: Row, row: Row): string | undefined {
  for (const key of ["answer", "flash", "endPs"] as const) {
    if (expected[key] !== row[key]) return `${NAMES[key]} is ${row[key]}, the table has ${expected[key]}`;
  }
  return undefined;
}

const NAMES = { answer: "the answer", flash: "the hash of the flash", endPs: "the virtual end time" } as const;
