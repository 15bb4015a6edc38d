// @ts-check
// `npm run bench:start`: CPU time from the start of the process to its end, median of 20, against what was promised:
// a script on the simulated board within 300 ms, --version within 60 ms of node itself. Exits 1 where it isn't kept.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inProject, say } from "./lib/project.mjs";
import { makeReady } from "./lib/ready.mjs";

const RUNS = 20;
const SCRIPT = ["connect", "mem32 E000ED00, 1", "q", ""].join("\n");

await makeReady({ install: "when-missing" });
const folder = mkdtempSync(join(tmpdir(), "flashproof-bench-"));
const script = join(folder, "bench.jlink");
writeFileSync(script, SCRIPT);
const hook = join(folder, "hook.cjs");
writeFileSync(
  hook,
  `process.on("exit", () => {
    const { user, system } = process.cpuUsage();
    require("node:fs").writeFileSync(process.env.BENCH_REPORT, String(user + system));
  });`,
);

const program = inProject("bin", "flashproof.js");
const device = ["-Device", "MK24FN1M0xxx12", "-If", "SWD", "-Speed", "4000"];
const bare = median(["-e", "0"]);
const version = median([program, "--version"]);
const commander = median([program, "commander", ...device, "-CommandFile", script]);
rmSync(folder, { recursive: true });

say(`bare node ${bare} ms, --version ${version} ms (${(version - bare).toFixed(0)} more, 60 allowed)`);
say(`commander -CommandFile on the twin ${commander} ms (300 allowed); CPU time, median of ${RUNS}`);
process.exitCode = version - bare < 60 && commander < 300 ? 0 : 1;

/** CPU milliseconds of one process, in the middle of many. @param {readonly string[]} argv */
function median(argv) {
  const times = Array.from({ length: RUNS }, () => cpuOf(argv)).sort((a, b) => a - b);
  return Number(times[RUNS / 2].toFixed(0));
}

/** User and system time of a child, as it says itself when it ends. @param {readonly string[]} argv */
function cpuOf(argv) {
  const env = { ...process.env, FLASHPROOF_PROBE: "twin:MK24FN1M0xxx12" };
  const report = join(folder, "cpu");
  const done = spawnSync(process.execPath, ["--require", hook, ...argv], {
    env: { ...env, BENCH_REPORT: report },
    stdio: "ignore",
  });
  if (done.status !== 0) throw new Error(`${argv.join(" ")} ended with ${done.status}`);
  return Number(readFileSync(report, "utf8")) / 1000;
}
