import { join } from "node:path";
import { parseArgs } from "node:util";
import { selectors } from "./boards.ts";
import { bundle, cache, here, serve } from "./hosting.ts";
import { guestKernel } from "./kernel.ts";
import { boot } from "./machine.ts";
import { type Rp2040Run, runRp2040 } from "./openocd/rp2040.ts";
import { runWeb } from "./web/run.ts";

/** Longest for one boot; without hardware virtualisation a busy machine takes minutes. */
const PATIENCE_MS = 400_000;

/**
 * Boots a guest on the served boards and answers the checks' exit code. A boot with a failure is reported and repeated once
 * with new boards: an emulated processor that waits for a busy machine makes any limit too short now and then,
 * and a fault of ours fails twice.
 */
export async function runChecks(only = ""): Promise<number> {
  const kernel = guestKernel(cache, join(here, "init.sh"));
  const program = await bundle("guest");
  for (let attempt = 1; attempt <= 2; attempt++) {
    const boards = await serve(["bin/flashproof.js", "twin", ...selectors(), "--usbip=0", "--until-eof"]);
    const { code } = await boot({
      kernel,
      script: join(here, "guest.sh"),
      program,
      port: boards.port,
      patienceMs: PATIENCE_MS,
      variables: { ONLY: only },
    });
    await boards.end();
    console.log(code === 0 ? `passed at boot ${attempt}` : `boot ${attempt} failed: ${code ?? "no result"}`);
    if (code === 0) return 0;
  }
  return 1;
}

/** The name of the comparison on the command line, and of what a run of everything does of it. */
const DIFF = "rp2040-diff";
const DIFF_COUNT = "10";

/** Boots another guest, which a failure repeats once as above; `run` answers how much failed. */
async function twice(run: () => Promise<number>): Promise<number> {
  for (let attempt = 1; attempt <= 2; attempt++) {
    const failed = await run().catch((error: unknown) => error);
    console.log(failed === 0 ? `passed at boot ${attempt}` : `boot ${attempt} failed: ${String(failed)}`);
    if (failed === 0) return 0;
  }
  return 1;
}

const runJudge = (run: Rp2040Run): Promise<number> => twice(() => runRp2040(run));

/** `[WORD]`, `web`, or `rp2040-diff [--count N] [--seed S]`. */
async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { count: { type: "string", default: DIFF_COUNT }, seed: { type: "string", default: "1" } },
  });
  const only = positionals[0];
  const seed = Number(values.seed);
  if (only === "web") return twice(runWeb);
  if (only === DIFF) return runJudge({ only: undefined, count: Number(values.count), seed });
  if (only?.includes("RP2040")) return runJudge({ only, count: 0, seed });
  if (only !== undefined) return runChecks(only);
  return (await runChecks()) + (await runJudge({ only: "", count: Number(values.count), seed }));
}

process.exitCode = (await main()) === 0 ? 0 : 1;
