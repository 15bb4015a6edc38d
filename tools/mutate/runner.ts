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

/** A mutant, and the tests that judge it. */
interface Question {
  readonly id: string;
  readonly tests: readonly string[];
}

/** What judge.mjs asks about one test file; at the end, as `last`, those that failed with a mutant, now or before, run without one. */
interface Asked {
  readonly answers: string;
  readonly testTimeout: number;
  readonly mutants: readonly Question[];
  readonly failed: readonly string[];
  readonly last: string;
}

/** A loop that a mutant has made endless throws at this many passes: no test file reaches one place a tenth as often. */
const MOST_HITS = 10_000_000;

const stryker: Switch = ((globalThis as { __stryker__?: Switch }).__stryker__ ??= {});

/** Runs a test file as it is, and writes down which of its tests reach which mutant, and which are reached outside of tests. */
class Recorder extends TestRunner {
  readonly #tests = new Map<string, { readonly cpu: number; readonly took: number }>();
  #cpuBefore = 0;

  override async onBeforeRunTask(test: RunnerTestCase): Promise<void> {
    await super.onBeforeRunTask(test);
    stryker.currentTestId = test.id;
    this.#cpuBefore = cpuTime();
  }

  override onAfterRunTask(test: RunnerTestCase): void {
    super.onAfterRunTask(test);
    stryker.currentTestId = undefined;
    const isRun = test.mode === "run" && test.result?.state === "pass";
    if (isRun) this.#tests.set(test.id, { cpu: cpuTime() - this.#cpuBefore, took: test.result?.duration ?? 0 });
  }

  override onAfterRunFiles(): void {
    const path = relative(process.cwd(), this.workerState.filepath ?? "");
    const { static: outside = {}, perTest = {} } = stryker.mutantCoverage ?? {};
    const byTest = [...this.#tests].map(([test, times]) => ({
      test,
      ...times,
      reached: Object.keys(perTest[test] ?? {}),
    }));
    const name = `${path.replaceAll("/", "+")}.json`;
    writeFileSync(
      join(process.env.MUTATE_COVERAGE ?? "", name),
      JSON.stringify({ path, outside: Object.keys(outside), byTest }),
    );
    super.onAfterRunFiles();
  }
}

/** The CPU time of this process, which has one test file to itself, in ms. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Runs some tests, up to the first failure. */
class SomeTests extends TestRunner {
  tests: ReadonlySet<string> = new Set();
  failed: string | undefined;

  override async onBeforeRunTask(test: RunnerTestCase): Promise<void> {
    if (this.failed !== undefined || !this.tests.has(test.id)) test.mode = "skip";
    await super.onBeforeRunTask(test);
  }

  override onAfterRunTask(test: RunnerTestCase): void {
    super.onAfterRunTask(test);
    if (test.result?.state === "fail") this.failed ??= test.id;
  }
}

/** Loads a test file once, and then for each mutant anew with all of the sources, in the same process. */
class Judge extends TestRunner {
  override async onBeforeRunTask(test: RunnerTestCase): Promise<void> {
    test.mode = "skip";
    await super.onBeforeRunTask(test);
  }

  override async onAfterRunFiles(files?: readonly RunnerTestFile[]): Promise<void> {
    const asked: Asked = JSON.parse(readFileSync(process.env.MUTATE_ASKED ?? "", "utf8"));
    const file = files?.[0]?.filepath ?? "";
    const failed = new Set(asked.failed);
    const judge = async ({ id, tests }: Question): Promise<void> => {
      const own = await this.#failedOf(file, { id, tests }, asked.testTimeout);
      for (const test of own) failed.add(test);
      appendFileSync(asked.answers, `${JSON.stringify({ id, isNoticed: own.length > 0, failed: own })}\n`);
    };
    for (const one of asked.mutants) await judge(one);
    await judge({ id: asked.last, tests: [...failed] });
    super.onAfterRunFiles();
  }

  /** The first test that fails with a mutant; all that were to run where the file or a hook of it does. */
  async #failedOf(file: string, { id, tests }: Question, testTimeout: number): Promise<readonly string[]> {
    if (tests.length === 0) return [];
    vi.resetModules();
    Object.assign(stryker, { activeMutant: id, hitCount: 0, hitLimit: MOST_HITS });
    const runner = new SomeTests({ ...this.config, testTimeout });
    runner.tests = new Set(tests);
    Object.defineProperty(runner, "moduleRunner", { value: this.moduleRunner });
    runner.__setTraces(this._otel);
    const [result] = await startTests([file], runner);
    Object.assign(stryker, { activeMutant: undefined, hitCount: undefined });
    vi.useRealTimers().restoreAllMocks();
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (runner.failed !== undefined) return [runner.failed];
    return result?.result?.state === "fail" ? tests : [];
  }
}

export default process.env.MUTATE_COVERAGE ? Recorder : Judge;
