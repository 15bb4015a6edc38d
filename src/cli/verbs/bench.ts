import { WaitError } from "../../base/errors.ts";
import type { Chip } from "../../chips/chip.ts";
import { findChip } from "../../chips/list.ts";
import { type Model, MODELS } from "../bench/bench-board.ts";
import { benchJson, benchLines, type BenchRow } from "../bench/bench-table.ts";
import { JOBS, measure } from "../bench/jobs.ts";
import { openocdJob } from "../bench/openocd/openocd-jobs.ts";
import { Openocd } from "../bench/openocd/run-openocd.ts";
import { EXIT } from "../exit-codes.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Answer } from "../output.ts";
import { type Invocation, note } from "../verb.ts";

/** The chip where none is named: that of the jobs' example firmware. */
const USUAL_CHIP = "MK24FN1M0xxx12";

/** `bench`: what jobs take on simulated boards, in virtual time, by probe model; no hardware is touched. */
export async function bench(invocation: Invocation<OptionsOf<"bench">>): Promise<Answer> {
  const { chip: name, flash, speed, openocd: isCompared } = invocation.options;
  const chip = findChip(name ?? USUAL_CHIP);
  const openocd = isCompared ? Openocd.find() : undefined;
  try {
    const rows = await measureAll(invocation, chip, typeof openocd === "object" ? openocd : undefined);
    const skipped = typeof openocd === "string" ? openocd : undefined;
    return {
      result: { chip: chip.name, flash, hz: speed, ...(skipped && { openocd: skipped }), jobs: [...benchJson(rows)] },
      text: [
        `${chip.name}, ${speed / 1_000} kHz, ${flash} flash times; milliseconds of virtual time`,
        ...benchLines(rows),
        ...(skipped ? [`not compared: ${skipped}`] : []),
      ],
      exit: EXIT.ok,
      clock: "virtual",
    };
  } finally {
    if (typeof openocd === "object") openocd.close();
  }
}

/** Each job by each probe model that was asked for. */
async function measureAll(
  invocation: Invocation<OptionsOf<"bench">>,
  chip: Chip,
  openocd: Openocd | undefined,
): Promise<readonly BenchRow[]> {
  const { job, model, flash, speed } = invocation.options;
  const jobs = JOBS.filter(({ id }) => job.length === 0 || job.some((wanted) => wanted === id));
  const models: readonly Model[] = model.length === 0 ? MODELS : model;
  const rows: BenchRow[] = [];
  for (const each of jobs)
    for (const by of models) {
      if (invocation.signal.aborted) throw new WaitError("aborted", "Called off between two jobs");
      note(invocation, `${each.id} ${each.what}, ${by}`);
      const kind = { chip, model: by, flash, hz: speed };
      const theirs = openocd && openocdJob(each.id, chip);
      const run = theirs && (await openocd.run(theirs, { ...kind, holds: each.holds }, invocation.signal));
      rows.push({ job: each, model: by, measured: await measure(each, kind), ...(run && { openocd: run }) });
    }
  return rows;
}
