import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { type BrokenGuard, MODELLED, TESTED, type TestedGuard } from "./guards/broken.ts";

const LOADERS = [resolve("tools/lib/ts-loader.mjs"), resolve("tools/guards/patch-source.mjs")];
const CONFIG = resolve("tools/guards/vitest.config.ts");
const IN_MODEL = resolve("test/soak/guards/find-in-model.ts");
/** Longer than the tests of one guard, or so many sequences, take on a busy machine: milliseconds. */
const PATIENCE_MS = 1_800_000;

/**
 * Takes guards out of the source one at a time: the tests beside ten of them fail, and the model finds ten of session, plan
 * and consent within `count` sequences from `seed`.
 */
export async function run({ count, seed, out }: SoakOptions): Promise<number> {
  const missed = TESTED.filter((guard) => !failsTests(guard));
  for (const { rule, tests } of missed) process.stderr.write(`not noticed by ${tests}: ${rule}\n`);
  const found = MODELLED.map((guard) => sequencesUntilFound(guard, count, seed));
  for (const [i, { rule }] of MODELLED.entries())
    if (found[i] === undefined) process.stderr.write(`not found by the model: ${rule}\n`);
  const counts = found.filter((sequences) => sequences !== undefined);
  out(
    `noticed by tests ${TESTED.length - missed.length} of ${TESTED.length}, found by the model ${counts.length} of ${MODELLED.length} after ${found.map((sequences) => sequences ?? "-").join(", ")} sequences`,
  );
  return missed.length === 0 && counts.length === MODELLED.length ? 0 : 1;
}

function node(words: readonly string[], { file, from, to }: BrokenGuard) {
  const env = { ...process.env, PATCH_SOURCE: JSON.stringify({ file, from, to }) };
  return spawnSync(process.execPath, words, { env, encoding: "utf8", timeout: PATIENCE_MS, maxBuffer: 1 << 26 });
}

/** Whether a test fails where the guard is gone; an error before any test ran is none of a test's. */
function failsTests(guard: TestedGuard): boolean {
  const words = [resolve("node_modules/vitest/vitest.mjs"), "run", "--config", CONFIG, guard.tests];
  const { status, stdout, stderr } = node([...words, "--bail", "1", "--reporter", "tap-flat"], guard);
  if (!/^(not )?ok /m.test(stdout)) throw new Error(`The tests of "${guard.rule}" did not run: ${stdout}${stderr}`);
  return status !== 0 && /^not ok /m.test(stdout);
}

/** How many sequences of the model it took; undefined where it has found no contradiction. */
function sequencesUntilFound(guard: BrokenGuard, count: number, seed: number): number | undefined {
  const imports = LOADERS.flatMap((path) => ["--import", pathToFileURL(path).href]);
  const { status, stdout, stderr } = node([...imports, IN_MODEL, `${count}`, `${seed}`], guard);
  if (stdout === "") throw new Error(`The model with "${guard.rule}" did not run: ${stderr}`);
  const { sequences, failure } = JSON.parse(stdout) as { sequences: number; failure?: string };
  process.stderr.write(`${guard.rule}: ${failure === undefined ? "not found" : failure.split("\n")[0]}\n`);
  return status === 1 ? sequences : undefined;
}
