// @ts-check
// `npm run bench:explain`: `explain` on a log of 3,000,000 lines (10 s of CPU and 200 MB promised) and on one line of
// 200 MB (5 s and 500 MB). Times are printed; what fails is memory, and CPU time in units of a calibration loop, which
// a slow or busy machine runs slower by the same factor.
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inProject, say } from "./lib/project.mjs";
import { makeReady } from "./lib/ready.mjs";

const LINES = 3_000_000;
const LONG_LINE = 200 * 1024 * 1024;
/** CPU time of the two jobs, at most, in calibration loops. */
const MOST_LOOPS = { lines: 30, line: 10 };
const MOST_MB = { lines: 200, line: 500 };

await makeReady({ install: "when-missing" });
const folder = mkdtempSync(join(tmpdir(), "flashproof-bench-"));
const report = join(folder, "report");
const hook = join(folder, "hook.cjs");
writeFileSync(
  hook,
  `process.on("exit", () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    require("node:fs").writeFileSync(process.env.BENCH_REPORT, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, mb: maxRSS / 1024 }));
  });`,
);

const loop = calibration();
say(`calibration loop ${loop.toFixed(2)} s`);
const bad = [job("lines", writeLines), job("line", writeLongLine)].filter((kept) => !kept);
rmSync(folder, { recursive: true });
process.exitCode = bad.length > 0 ? 1 : 0;

/** Runs `explain` on a file and says what it took. @param {"lines" | "line"} name @param {(path: string) => void} write */
function job(name, write) {
  const path = join(folder, `${name}.txt`);
  write(path);
  const done = spawnSync(process.execPath, ["--require", hook, inProject("bin", "flashproof.js"), "explain", path], {
    env: { ...process.env, BENCH_REPORT: report },
    encoding: "utf8",
  });
  rmSync(path);
  if (done.status !== 0) throw new Error(`explain ended with ${done.status}: ${done.stderr}`);
  const { cpu, mb } = JSON.parse(readFileSync(report, "utf8"));
  const loops = cpu / loop;
  const what =
    name === "lines" ? `${LINES} lines (10 s, 200 MB promised)` : "one line of 200 MB (5 s, 500 MB promised)";
  say(
    `${what}: ${cpu.toFixed(1)} s of CPU, ${mb.toFixed(0)} MB, ${loops.toFixed(1)} loops (${MOST_LOOPS[name]} allowed)`,
  );
  return loops <= MOST_LOOPS[name] && mb <= MOST_MB[name];
}

/** A log as a long CI night leaves it: consoles of several tools, times before them, and lines of no tool. @param {string} path */
function writeLines(path) {
  const consoles = ["seed", "openocd-pack-field", "pyocd-erase-104", "probe-rs-locked", "jlink-verify-wrong"];
  const known = consoles.flatMap((name) =>
    readFileSync(inProject("test", "fixtures", "logs", `${name}.txt`), "utf8").split("\n"),
  );
  const file = openSync(path, "w");
  for (let at = 0; at < LINES; ) {
    const lines = Array.from({ length: 10_000 }, () => lineOf(known, at++));
    writeSync(file, `${lines.join("\n")}\n`);
  }
  closeSync(file);
}

/** Half of the lines are a tool's, a quarter have a time before them, a quarter are firmware's. @param {readonly string[]} known @param {number} at */
function lineOf(known, at) {
  const line = known[at % known.length];
  if (at % 4 === 1) return `2024-02-03T10:11:12.${String(at % 1000).padStart(3, "0")}Z ${line}`;
  return at % 4 === 3 ? `[00:00:${String(at % 60).padStart(2, "0")}.000] app: value ${at} of ${at % 97}` : line;
}

/** @param {string} path */
function writeLongLine(path) {
  const file = openSync(path, "w");
  const piece = "Info : SWD DPIDR 0x2ba01477 ".repeat(40_000);
  for (let length = 0; length < LONG_LINE; length += piece.length) writeSync(file, piece);
  closeSync(file);
}

/** CPU seconds of work of the same kind: slices, patterns and maps. */
function calibration() {
  const before = process.cpuUsage();
  const seen = new Map();
  const pattern = /^(?:Info|Warn|Error) : (?<what>\w+) (\d+)/;
  for (let at = 0; at < 1_500_000; at++) {
    const text = `Info : value ${at} ${at % 7}`;
    const key = pattern.exec(text)?.groups?.what ?? "";
    seen.set(text.slice(7, 10 + (at % 3)), key);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
