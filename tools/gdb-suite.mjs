// @ts-check
// `node tools/gdb-suite.mjs [SCRIPT...]`: GDB's own test suite (gdb.base of Debian's gdb-source, under DejaGnu) against
// `flashproof gdbserver` on the twin. Prints a line a script; exit code 1 when one fails in a way that
// test/clients/gdb/suite/known-failures.json doesn't list. Without names it runs the scripts of scripts.json there.
import { execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { inProject, say } from "./lib/project.mjs";
import { makeReady } from "./lib/ready.mjs";

const SOURCE = "/usr/src/gdb.tar.xz";
const FILES = inProject("test", "clients", "gdb", "suite");

/** How long one script may take, in seconds; GDB's own time-outs are sixty, for machines that do other things, too. */
const PATIENCE_S = 240;

/** @typedef {{ name: string, passes: number, failures: readonly string[], packets: number, seconds: number }} Outcome */

/** @param {readonly string[]} names */
async function suite(names) {
  const folder = mkdtempSync(join(tmpdir(), "flashproof-gdb-suite-"));
  const server = await serve();
  const counter = await countingProxy(server.port);
  try {
    await promisify(execFile)("tar", ["xJf", SOURCE, "-C", folder, "--wildcards", "*/gdb/testsuite/*"]);
    const testsuite = join(folder, "gdb", "gdb", "testsuite");
    const wanted = names.length > 0 ? names : readJson("scripts.json");
    const outcomes = [];
    for (const name of wanted) outcomes.push(await runTwice(name, { folder, testsuite, counter }));
    return report(outcomes);
  } finally {
    counter.close();
    server.child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A board of its own behind our server, at a free port. */
async function serve() {
  const chip = "MK24FN1M0xxx12";
  const args = [
    inProject("bin", "flashproof.js"),
    "gdbserver",
    "--probe",
    `twin:${chip}`,
    "--chip",
    chip,
    "--port",
    "0",
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  const port = await new Promise((resolve, reject) => {
    let text = "";
    child.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${text}`)));
    child.stdout.on("data", (/** @type {Buffer} */ data) => {
      text += data.toString();
      const found = /listening gdb 127\.0\.0\.1:(\d+)[\s\S]*Waiting for GDB connection/.exec(text);
      if (found) resolve(Number(found[1]));
    });
  });
  return { child, port: /** @type {number} */ (port) };
}

/** Passes connections on to the server and counts the packets that its clients send. @param {number} to */
async function countingProxy(to) {
  let packets = 0;
  const proxy = createServer((client) => {
    const server = connect(to, "127.0.0.1");
    client.on("data", (data) => (packets += data.filter((byte) => byte === 0x24).length));
    client.pipe(server).pipe(client);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ]) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (proxy.address());
  return { port, close: () => proxy.close(), packets: () => packets };
}

/** @typedef {{ folder: string, testsuite: string, counter: { port: number, packets: () => number } }} Bench */

/** A script whose new failure may be the machine's runs once more, and that is printed. @param {string} name @param {Bench} bench */
async function runTwice(name, bench) {
  const first = await runScript(name, bench);
  if (unknownOf(first).length === 0) return first;
  process.stdout.write(`${name}: once more\n`);
  return runScript(name, bench);
}

/**
 * @param {string} name
 * @param {Bench} bench
 * @returns {Promise<Outcome>}
 */
async function runScript(name, { folder, testsuite, counter }) {
  const own = join(folder, "run", name);
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "site.exp"), siteOf(testsuite));
  const [before, began] = [counter.packets(), process.hrtime.bigint()];
  const environment = { ...process.env, SUITE_PORT: String(counter.port), SUITE_FILES: FILES };
  const args = ["--tool", "gdb", "--srcdir", testsuite, "--target_board", "flashproof", "GDB=gdb-multiarch"];
  const ended = await new Promise((resolve) => {
    const options = {
      cwd: own,
      env: environment,
      timeout: PATIENCE_S * 1000,
      killSignal: /** @type {const} */ ("SIGINT"),
    };
    execFile("runtest", [...args, `gdb.base/${name}.exp`], options, (error) =>
      resolve(error?.killed ? "killed" : "ended"),
    );
  });
  const log = process.env["SUITE_LOGS"];
  if (log) cpSync(join(own, "gdb.log"), join(log, `${name}.log`));
  const sum = existsSync(join(own, "gdb.sum")) ? readFileSync(join(own, "gdb.sum"), "latin1") : "";
  const failures = [...sum.matchAll(/^(?:FAIL|UNRESOLVED|ERROR): (?:gdb\.base\/[^:]*: )?(.*)$/gm)].map(
    ([, text]) => text,
  );
  const outcome = {
    name,
    passes: [...sum.matchAll(/^PASS: /gm)].length,
    failures: ended === "killed" ? [...failures, "did not end"] : failures,
    packets: counter.packets() - before,
    seconds: Number(process.hrtime.bigint() - began) / 1e9,
  };
  rmSync(own, { recursive: true, force: true });
  print(outcome);
  return outcome;
}

/** DejaGnu's settings: a program of arm-none-eabi, and our board among the boards. @param {string} testsuite */
const siteOf = (testsuite) => `set host_triplet x86_64-linux-gnu
set build_triplet x86_64-linux-gnu
set target_triplet arm-none-eabi
set target_alias arm-none-eabi
set tool gdb
set srcdir ${testsuite}
lappend boards_dir ${join(FILES, "boards")}
set GDB_DATA_DIRECTORY ""
set gdb_test_timeout 60
set INTERNAL_GDBFLAGS "-nw -nx -iex \\"set height 0\\" -iex \\"set width 0\\""
`;

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

/** @param {readonly Outcome[]} outcomes */
function report(outcomes) {
  const sum = (/** @type {(outcome: Outcome) => number} */ of) => outcomes.reduce((all, one) => all + of(one), 0);
  const failed = sum((one) => unknownOf(one).length);
  const known = sum(({ failures }) => failures.length) - failed;
  const totals = `${outcomes.length} scripts: ${sum((one) => one.passes)} passes, ${failed} failures, ${known} known`;
  process.stdout.write(`${totals}, ${sum((one) => one.packets)} packets, ${sum((one) => one.seconds).toFixed(0)} s\n`);
  const silent = outcomes.filter(({ passes }) => passes === 0).map(({ name }) => name);
  if (silent.length > 0) process.stdout.write(`no passes: ${silent.join(", ")}\n`);
  return failed === 0 && silent.length === 0 ? 0 : 1;
}

/** Failures without an entry in known-failures.json. @param {Pick<Outcome, "name" | "failures">} outcome */
const unknownOf = ({ name, failures }) => failures.filter((text) => !knownOf(name).includes(text));

/** Failures that are not the server's, with the reason. @param {string} name @returns {readonly string[]} */
function knownOf(name) {
  const all = readJson("known-failures.json");
  return (all[name] ?? []).flatMap((/** @type {{ failures: readonly string[] }} */ entry) => entry.failures);
}

/** @param {string} name */
const readJson = (name) => JSON.parse(readFileSync(join(FILES, name), "utf8"));

await makeReady({ install: "when-different" });
process.exitCode = existsSync(SOURCE) ? await suite(process.argv.slice(2)) : 2;
if (process.exitCode === 2) say(`${SOURCE} is not there: apt-get install gdb-source dejagnu`);
