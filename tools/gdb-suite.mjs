// @ts-check
// `node tools/gdb-suite.mjs [--all] [--against qemu] [SCRIPT...]`: GDB's own test suite (gdb.base of Debian's gdb-source, under
// DejaGnu) against `flashproof gdbserver` on the twin. Prints a line a script; exit code 1 when one fails in a way that
// test/clients/gdb/suite/known-failures.json doesn't list. Without names it runs the scripts of scripts.json there, with --all
// every script but those of exclusions.json. --against qemu runs each on QEMU's stub, too, and tells the failures apart.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { allScripts, onlyOursOf, plain, unknownOf, USUAL } from "./lib/gdb-suite/known.mjs";
import { runScript } from "./lib/gdb-suite/run-script.mjs";
import { OURS, QEMU } from "./lib/gdb-suite/servers.mjs";
import { say } from "./lib/project.mjs";
import { makeReady } from "./lib/ready.mjs";

const SOURCE = "/usr/src/gdb.tar.xz";
const TAKEN = ["*/gdb/testsuite/*", "*/include/dwarf2.h", "*/include/dwarf2.def"];

/** @typedef {import("./lib/gdb-suite/run-script.mjs").Outcome} Outcome */
/** @typedef {import("./lib/gdb-suite/run-script.mjs").Bench} Bench */

/** @param {readonly string[]} names @param {{ all: boolean, against: boolean }} how */
async function suite(names, how) {
  const folder = mkdtempSync(join(tmpdir(), "flashproof-gdb-suite-"));
  /** @type {Bench[]} */
  const benches = [];
  try {
    await promisify(execFile)("tar", ["xJf", SOURCE, "-C", folder, "--wildcards", ...TAKEN]);
    const testsuite = join(folder, "gdb", "gdb", "testsuite");
    const wanted = names.length > 0 ? names : how.all ? allScripts(testsuite) : USUAL;
    const [ours, other] = [OURS, QEMU].map((server) => ({ server, folder, testsuite }));
    benches.push(ours, other);
    const outcomes = [];
    for (const name of wanted) outcomes.push(await (how.against ? compare(name, ours, other) : runTwice(name, ours)));
    return report(outcomes, how.all);
  } finally {
    for (const { running } of benches) running?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A script whose new failure may be the machine's runs once more, and that is printed. @param {string} name @param {Bench} bench */
async function runTwice(name, bench) {
  const first = await runScript(name, bench);
  print(first);
  if (unknownOf(first).length === 0) return first;
  process.stdout.write(`${name}: once more\n`);
  const second = await runScript(name, bench);
  print(second);
  return second;
}

/** @param {string} name @param {Bench} ours @param {Bench} other */
async function compare(name, ours, other) {
  const [mine, its] = [await runScript(name, ours), await runScript(name, other)];
  const [my, their] = [mine.failures.map(plain), its.failures.map(plain)];
  process.stdout.write(`${name}: ${mine.passes} passes, ${my.length} failures; qemu ${its.passes}, ${their.length}\n`);
  for (const text of my) process.stdout.write(`  ${their.includes(text) ? "both" : "ours"}: ${text}\n`);
  for (const text of their.filter((text) => !my.includes(text))) process.stdout.write(`  qemu: ${text}\n`);
  return mine;
}

/** @param {Outcome} outcome */
function print({ name, passes, failures, packets, seconds }) {
  const unknown = unknownOf({ name, failures });
  const line = [
    `${passes} passes`,
    `${unknown.length} failures`,
    `${failures.length - unknown.length} known`,
    `${packets} packets`,
  ];
  process.stdout.write(`${name}: ${line.join(", ")}, ${seconds.toFixed(0)} s\n`);
  for (const text of unknown) process.stdout.write(`  failed: ${text}\n`);
}

/** @param {readonly Outcome[]} outcomes @param {boolean} all some of all scripts find that the board is none for them */
function report(outcomes, all) {
  const sum = (/** @type {(outcome: Outcome) => number} */ of) => outcomes.reduce((total, one) => total + of(one), 0);
  const failed = sum((one) => unknownOf(one).length);
  const known = sum(({ failures }) => failures.length) - failed;
  const apart = known === 0 ? "" : ` (${sum((one) => onlyOursOf(one).length)} of them not on QEMU's stub)`;
  const totals = `${outcomes.length} scripts: ${sum((one) => one.passes)} passes, ${failed} failures, ${known} known${apart}`;
  process.stdout.write(`${totals}, ${sum((one) => one.packets)} packets, ${sum((one) => one.seconds).toFixed(0)} s\n`);
  const silent = outcomes.filter(({ passes }) => passes === 0).map(({ name }) => name);
  if (silent.length > 0) process.stdout.write(`no passes: ${silent.join(", ")}\n`);
  return failed === 0 && (all || silent.length === 0) ? 0 : 1;
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { all: { type: "boolean", default: false }, against: { type: "string" } },
});
await makeReady({ install: "when-different" });
if (values.against !== undefined && values.against !== QEMU.name) {
  say(`--against takes ${QEMU.name}`);
  process.exitCode = 2;
} else if (existsSync(SOURCE)) {
  process.exitCode = await suite(positionals, { all: values.all, against: values.against !== undefined });
} else {
  say(`${SOURCE} is not there: apt-get install gdb-source dejagnu`);
  process.exitCode = 2;
}
