import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it, vi } from "vitest";
import type { Chip } from "../../src/chips/chip.ts";
import { findChip } from "../../src/chips/list.ts";
import type { Model } from "../../src/cli/bench/bench-board.ts";
import { type BenchJob, JOBS, measure } from "../../src/cli/bench/jobs.ts";
import { Workspace } from "../cli/workspace.ts";

/** `UPDATE_BENCH=1 npm test -- test/bench` writes the table anew: only where a change of the counts is meant. */
const update = process.env["UPDATE_BENCH"] === "1";

const FILE = "test/bench/counts.json";

/** What a job costs, whatever the machine: the virtual time to a microsecond. */
interface Counts {
  readonly roundTrips: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
  readonly totalMs: number;
}

const table: Readonly<Record<string, Counts>> = existsSync(FILE)
  ? (JSON.parse(readFileSync(FILE, "utf8")) as Record<string, Counts>)
  : {};
const counted: Record<string, Counts> = {};

const MODELS: readonly Model[] = ["jlink", "cmsis-dap-hs", "cmsis-dap-v1"];
const chip = findChip("MK24FN1M0xxx12");
const OWN = JOBS.filter(({ isLong }) => !isLong).flatMap((job) =>
  MODELS.map((model) => [`${job.id} by ${model}`, job, model, chip] as const),
);

/** The other chips, by their images' jobs of all sectors and of one. */
const OTHERS = ["STM32F407xG", "nRF52840_xxAA", "RP2040"].flatMap((name) =>
  JOBS.filter(({ id }) => id === "b" || id === "e").map(
    (job) => [`${job.id} by jlink, ${name}`, job, "jlink", findChip(name)] as const,
  ),
);
const CASES = [...OWN, ...OTHERS];

async function countsOf(job: BenchJob, model: Model, on: Chip, more = 0): Promise<Counts> {
  const run: BenchJob["run"] = async (on) => {
    const times = await job.run(on);
    for (let i = 0; i < more; i++) await on.board.onTarget(async () => {});
    return times;
  };
  const { traffic } = await measure({ ...job, run }, { chip: on, model, flash: "typ", hz: 4_000_000 });
  const { roundTrips, bytesOut, bytesIn, totalMs } = traffic;
  return { roundTrips, bytesOut, bytesIn, totalMs: Math.round(totalMs * 1_000) / 1_000 };
}

describe("round trips, bytes and virtual time of the jobs are those of the table", () => {
  it.each(CASES)("%s", async (name, job, model, on) => {
    counted[name] = await countsOf(job, model, on);
    if (!update) expect(counted[name], "docs/development.md, The counts of bench").toEqual(table[name]);
  });

  afterAll(() => {
    if (update) writeFileSync(FILE, `${JSON.stringify(counted, undefined, 2)}\n`);
  });

  it("the table has these jobs and no others", () => {
    if (!update) expect(Object.keys(table)).toEqual(CASES.map(([name]) => name));
  });
});

describe("the comparison with the table", () => {
  it("fails where a job connects once more", async () => {
    const [name, job, model, on] = CASES[0];
    const { roundTrips } = await countsOf(job, model, on, 1);
    expect(roundTrips).toBeGreaterThan((update ? counted : table)[name].roundTrips);
  });
});

describe("flashproof bench", () => {
  it("prints a row for the job and the probe model that were asked for, with a bound and a ratio", async () => {
    const { exit, out } = await new Workspace().fp("bench", "--job", "e", "--model", "jlink-hs");
    const [about, headings, row, ...rest] = out.trimEnd().split("\n");
    expect(exit).toBe(0);
    expect(about).toMatch(/^MK24FN1M0xxx12, 4000 kHz, typ flash times/);
    expect(headings).toMatch(/^JOB +PROBE +SET-UP .* TOTAL +BOUND +RATIO +ROUND TRIPS +BYTES OUT +BYTES IN$/);
    expect(row).toMatch(/^e one sector differs +jlink-hs( +\d+\.\d){6} +34\.0 +\d+\.\d\d( +\d+){3}$/);
    expect(rest).toEqual([]);
  });

  it("gives the same figures as JSON", async () => {
    const { result } = await new Workspace().json("bench", "--job", "d", "--model", "cmsis-dap");
    const [row] = result["jobs"] as unknown as readonly { readonly [key: string]: unknown }[];
    expect(row).toMatchObject({ job: "d", probe: "cmsis-dap", boundMs: 0, ratio: null });
  });

  it("prints its own figures, and that OpenOCD was not compared, where OpenOCD is not installed", async () => {
    vi.stubEnv("PATH", "");
    const words = ["bench", "--job", "d", "--model", "cmsis-dap", "--openocd"];
    const { exit, out } = await new Workspace().fp(...words).finally(() => vi.unstubAllEnvs());
    const [, headings, , note, ...rest] = out.trimEnd().split("\n");
    expect([exit, note, rest]).toEqual([0, "not compared: OpenOCD is not installed", []]);
    expect(headings).not.toContain("OPENOCD");
  });
});
