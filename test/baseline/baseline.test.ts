import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { JOBS, type Job } from "./jobs.ts";
import { difference, readTable, type Row, rowOf, writeTable } from "./table.ts";

/** `UPDATE_BASELINE=1 npm test -- test/baseline` writes the table anew: only where a change of what it holds is meant. */
const update = process.env["UPDATE_BASELINE"] === "1";

/** A folder for every packet of every job, to be compared with another checkout's by `diff -r`. */
const packets = process.env["BASELINE_PACKETS"];

const table = readTable();
const rows: Record<string, Row> = {};

describe("plans, probe packets and virtual end time are those of the table", () => {
  it.each(JOBS.map((job) => [job.name, job] as const))("%s", async (name, job) => {
    const done = await rowOf(job);
    rows[name] = done.row;
    if (packets) {
      mkdirSync(packets, { recursive: true });
      writeFileSync(join(packets, `${name}.txt`), done.recorder.lines());
    }
    if (!update)
      expect(difference(table[name], done), `${name}: see docs/development.md, "The baseline"`).toBeUndefined();
  });

  afterAll(() => {
    if (update) writeTable(rows);
  });

  it("the table has these jobs and no others, 20 at least", () => {
    if (!update) expect(Object.keys(table)).toEqual(JOBS.map(({ name }) => name));
    expect(JOBS.length).toBeGreaterThanOrEqual(20);
  });
});

describe.skipIf(update)("the comparison with the table", () => {
  const job = JOBS.find(({ name }) => name === "verify what differs") as Job;
  const expected = table[job.name];

  it("names the first packets that differ where one read has another address", async () => {
    const other: Job = { ...job, work: (bench) => bench.onTarget(({ core }) => core.memory.read(0x8004, 4, 32)) };
    expect(difference(expected, await rowOf(other))).toMatch(
      /^packets \d+ to \d+ .* first that differ; .*\n {2}\d+ \(/,
    );
  });

  it("names the packets where one byte on the chip is another", async () => {
    const other: Job = { ...job, setup: { how: "attach", holds: "firmware" } };
    expect(difference(expected, await rowOf(other))).toMatch(/^packets /);
  });

  it("names the virtual end time where one delay is a microsecond longer", async () => {
    const other: Job = {
      ...job,
      work: async (bench) => {
        const answer = await job.work(bench);
        await bench.twin.clock.sleep(1);
        return answer;
      },
    };
    expect(difference(expected, await rowOf(other))).toMatch(/^the virtual end time is /);
  });

  it("names the plan where its digest is another", async () => {
    const flash = JOBS.find(({ name }) => name === "plan on a chip that runs") as Job;
    const other: Job = { ...flash, setup: { holds: "otherwise", how: "attach" } };
    expect(difference(table[flash.name], await rowOf(other))).toMatch(/^plan 1 of 1 .* another digest$/);
  });
});
