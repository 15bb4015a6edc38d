// @ts-check
// `npm run bench:start`: CPU time from the start of the process to its end, median of 20. The promise is 300 ms for a script
// on the simulated board, and 60 ms over node itself for --version, on a machine that starts node within 50 ms; what is
// held, on machines of any speed, are the ratios to bare node. Exits 1 where they aren't kept.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inProject, say } from "./lib/project.mjs";
import { makeReady } from "./lib/ready.mjs";

const RUNS = 20;
/** Most CPU time, in multiples of bare node's. */
const MOST = { version: 2.2, commander: 6 };
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

const ratio = { version: version / bare, commander: commander / bare };
say(`bare node ${bare} ms, --version ${version} ms (${ratio.version.toFixed(1)} times, ${MOST.version} allowed)`);
say(
  `commander -CommandFile on the twin ${commander} ms (${ratio.commander.toFixed(1)} times, ${MOST.commander} allowed); ` +
    `CPU time, median of ${RUNS}`,
);
process.exitCode = ratio.version < MOST.version && ratio.commander < MOST.commander ? 0 : 1;

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
