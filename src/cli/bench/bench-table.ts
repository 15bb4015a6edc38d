import type { Json } from "../../base/errors.ts";
import { inColumns } from "../../report/columns.ts";
import type { Model } from "./bench-board.ts";
import type { BenchJob, Measured } from "./jobs.ts";
import type { OpenocdRun } from "./openocd/run-openocd.ts";

/** One measured cell of the table: a job by a probe model. */
export interface BenchRow {
  readonly job: Pick<BenchJob, "id" | "what">;
  readonly model: Model;
  readonly measured: Measured;
  /** The same by OpenOCD; absent where it was not asked for or has nothing for this job. */
  readonly openocd?: OpenocdRun;
}

const HEADINGS = [
  ...["JOB", "PROBE", "SET-UP", "COMPARE", "ERASE", "PROGRAM", "VERIFY", "TOTAL", "BOUND", "RATIO"],
  ...["ROUND TRIPS", "BYTES OUT", "BYTES IN"],
] as const;

const OPENOCD_HEADINGS = ["OPENOCD", "TIMES"] as const;

/** The table for people; times in milliseconds. Where OpenOCD was compared, its total, how many times ours, and its words. */
export function benchLines(rows: readonly BenchRow[]): readonly string[] {
  if (!rows.some(({ openocd }) => openocd)) return inColumns([HEADINGS, ...rows.map(cells)]);
  const table = rows.map((row) => [...cells(row), ...openocdCells(row)]);
  return [...inColumns([[...HEADINGS, ...OPENOCD_HEADINGS], ...table]), ...rows.flatMap(openocdLines)];
}

function openocdCells({ openocd, measured }: BenchRow): readonly string[] {
  if (!openocd) return ["-", "-"];
  if ("cannot" in openocd) return ["can't", "-"];
  if ("failed" in openocd) return ["failed", "-"];
  const { totalMs } = openocd.traffic;
  return [totalMs.toFixed(1), (totalMs / measured.traffic.totalMs).toFixed(2)];
}

function openocdLines({ job, model, openocd }: BenchRow): readonly string[] {
  if (!openocd) return [];
  if ("cannot" in openocd) return [`${job.id} ${model}: not run: ${openocd.cannot}`];
  const failed =
    "failed" in openocd
      ? openocd.failed
          .trimEnd()
          .split("\n")
          .map((line) => `  ${line}`)
      : [];
  return [`${job.id} ${model}: ${openocd.command}`, ...failed];
}

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
  rows.map(({ job, model, measured, openocd }) => {
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
      ...(openocd && { openocd: openocdJson(openocd, traffic.totalMs) }),
    };
  });

function openocdJson(run: OpenocdRun, oursMs: number): Json {
  if ("cannot" in run) return { cannot: run.cannot };
  if ("failed" in run) return { command: run.command, failed: run.failed };
  const { totalMs, packets, roundTrips, bytesOut, bytesIn } = run.traffic;
  return { command: run.command, totalMs, times: totalMs / oursMs, packets, roundTrips, bytesOut, bytesIn };
}
