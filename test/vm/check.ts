/** One statement about the real bus, and how it is tried. */
export interface Check {
  readonly title: string;
  run(): Promise<void> | void;
}

/** Tries each, one after the other, prints how it went, with `evidence` of a failure, and answers how many failed. */
export async function tryAll(checks: readonly Check[], evidence: () => string): Promise<number> {
  let failed = 0;
  for (const { title, run } of checks) {
    const start = performance.now();
    try {
      await run();
      console.log(`ok - ${title} (${seconds(start)})`);
    } catch (error) {
      failed++;
      console.log(`not ok - ${title} (${seconds(start)})`);
      console.log(`${error instanceof Error ? error.stack : error}\n${evidence()}`.replace(/^/gm, "    "));
    }
  }
  console.log(`${checks.length - failed} passed, ${failed} failed`);
  return failed;
}

const seconds = (start: number) => `${((performance.now() - start) / 1000).toFixed(1)} s`;
