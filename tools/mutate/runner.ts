import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { startTests } from "@vitest/runner";
import { type RunnerTestCase, type RunnerTestFile, TestRunner, vi } from "vitest";

/** What the mutated code reads and counts: the mutant that is on, and how often each mutant's place was reached. */
interface Switch {
  activeMutant?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  currentTestId?: string | undefined;
  mutantCoverage?: {
    readonly static: Readonly<Record<string, number>>;
    readonly perTest: Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
}

/** What judge.mjs asks about one test file. `tests` are those that reach the mutant, `null` all of them. */
interface Asked {
  readonly answers: string;
  readonly testTimeout: number;
  readonly mutants: readonly { readonly id: string; readonly tests: readonly string[] | null }[];
}

/** A loop that a mutant has made endless throws at this many passes: no test file reaches one place a tenth as often. */
const MOST_HITS = 10_000_000;

const stryker: Switch = ((globalThis as { __stryker__?: Switch }).__stryker__ ??= {});

/** Runs a test file as it is, and writes down which of its tests reach which mutant, and which are reached outside of tests. */
class Recorder extends TestRunner {
  readonly #took: Record<string, number> = {};

  override async onBeforeRunTask(test: RunnerTestCase): Promise<void> {
    await super.onBeforeRunTask(test);
    stryker.currentTestId = test.id;
  }

  override onAfterRunTask(test: RunnerTestCase): void {
    super.onAfterRunTask(test);
    stryker.currentTestId = undefined;
    this.#took[test.id] = test.result?.duration ?? 0;
  }

  override onAfterRunFiles(): void {
    const path = relative(process.cwd(), this.workerState.filepath ?? "");
    const { static: outside = {}, perTest = {} } = stryker.mutantCoverage ?? {};
    const byTest = Object.entries(perTest).map(([test, hits]) => ({
      test,
      took: this.#took[test],
      reached: Object.keys(hits),
    }));
    const name = `${path.replaceAll("/", "+")}.json`;
    writeFileSync(
      join(process.env.MUTATE_COVERAGE ?? "", name),
      JSON.stringify({ path, outside: Object.keys(outside), byTest }),
    );
    super.onAfterRunFiles();
  }
}

/** Runs the tests that reach the mutant that is on, up to the first failure. */
class OneMutant extends TestRunner {
  tests: ReadonlySet<string> | undefined;
  hasFailed = false;

  override async onBeforeRunTask(test: RunnerTestCase): Promise<void> {
    if (this.hasFailed || this.tests?.has(test.id) === false) test.mode = "skip";
    await super.onBeforeRunTask(test);
  }

  override onAfterRunTask(test: RunnerTestCase): void {
    super.onAfterRunTask(test);
    this.hasFailed ||= test.result?.state === "fail";
  }
}

/** Loads a test file once, and then for each mutant anew with all of the sources, in the same process. */
class Judge extends TestRunner {
  override async onBeforeRunTask(test: RunnerTestCase): Promise<void> {
    test.mode = "skip";
    await super.onBeforeRunTask(test);
  }

  override async onAfterRunFiles(files?: readonly RunnerTestFile[]): Promise<void> {
    const { answers, testTimeout, mutants }: Asked = JSON.parse(readFileSync(process.env.MUTATE_ASKED ?? "", "utf8"));
    for (const { id, tests } of mutants) {
      const isNoticed = await this.#fails(files?.[0]?.filepath ?? "", id, tests, testTimeout);
      appendFileSync(answers, `${JSON.stringify({ id, isNoticed })}\n`);
    }
    super.onAfterRunFiles();
  }

  async #fails(file: string, id: string, tests: readonly string[] | null, testTimeout: number): Promise<boolean> {
    vi.resetModules();
    Object.assign(stryker, { activeMutant: id, hitCount: 0, hitLimit: MOST_HITS });
    const runner = new OneMutant({ ...this.config, testTimeout });
    runner.tests = tests ? new Set(tests) : undefined;
    Object.defineProperty(runner, "moduleRunner", { value: this.moduleRunner });
    runner.__setTraces(this._otel);
    const [result] = await startTests([file], runner);
    Object.assign(stryker, { activeMutant: undefined, hitCount: undefined });
    vi.useRealTimers().restoreAllMocks();
    await new Promise((resolve) => setTimeout(resolve, 0));
    return runner.hasFailed || result?.result?.state === "fail";
  }
}

export default process.env.MUTATE_COVERAGE ? Recorder : Judge;
