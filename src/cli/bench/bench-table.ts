import type { Json } from "../../base/errors.ts";
import { inColumns } from "../../report/columns.ts";
import type { Model } from "./bench-board.ts";
import type { BenchJob, Measured } from "./jobs.ts";

/** One measured cell of the table: a job by a probe model. */
export interface BenchRow {
  readonly job: Pick<BenchJob, "id" | "what">;
  readonly model: Model;
  readonly measured: Measured;
}

const HEADINGS = [
  ...["JOB", "PROBE", "SET-UP", "COMPARE", "ERASE", "PROGRAM", "VERIFY", "TOTAL", "BOUND", "RATIO"],
  ...["ROUND TRIPS", "BYTES OUT", "BYTES IN"],
] as const;

/** The table for people; times in milliseconds. */
export const benchLines = (rows: readonly BenchRow[]): readonly string[] => inColumns([HEADINGS, ...rows.map(cells)]);

function cells({ job, model, measured }: BenchRow): readonly string[] {
  const { setup, compare, erase, program, verify, bound, traffic } = measured;
  const times = [setup, compare, erase, program, verify, traffic.totalMs, bound];
  return [
    `${job.id} ${job.what}`,
    model,
    ...times.map((ms) => (ms === undefined ? "-" : ms.toFixed(1))),
    ratioOf(measured)?.toFixed(2) ?? "-",
    ...[traffic.roundTrips, traffic.bytesOut, traffic.bytesIn].map(String),
  ];
}

/** The total over the bound; undefined where there is no bound to speak of. */
const ratioOf = ({ bound, traffic }: Measured): number | undefined =>
  bound === undefined || bound === 0 ? undefined : traffic.totalMs / bound;

/** The same for programs. */
export const benchJson = (rows: readonly BenchRow[]): readonly Json[] =>
  rows.map(({ job, model, measured }) => {
    const { setup, compare, erase, program, verify, bound, traffic } = measured;
    const phases = { setup, compare, erase, program, verify };
    const given = Object.entries(phases).flatMap(([name, ms]) => (ms === undefined ? [] : [[name, ms] as const]));
    return {
      job: job.id,
      what: job.what,
      probe: model,
      phases: Object.fromEntries(given),
      totalMs: traffic.totalMs,
      boundMs: bound ?? null,
      ratio: ratioOf(measured) ?? null,
      packets: traffic.packets,
      roundTrips: traffic.roundTrips,
      bytesOut: traffic.bytesOut,
      bytesIn: traffic.bytesIn,
    };
  });
