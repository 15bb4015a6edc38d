// @ts-check
// `npm run bench:host [-- MIB]`: what reading an image costs the host. CPU time of the reader and peak memory of a whole
// process, for MIB megabytes of data (16) and for twice as many, with the ratio of the two: at most 2.3 is promised, and
// memory of at most 4 times the file's size plus 150 MB. Then the CPU time of flashing 1 MiB onto a simulated board whose
// flash takes no time, by probe. Prints figures and judges memory only; no time is asserted.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { files } from "./bench-host/files.mjs";
import { inProject } from "./lib/project.mjs";
import { makeReady } from "./lib/ready.mjs";

const ROUNDS = 3;
const MEASURE = inProject("tools", "bench-host", "measure.mjs");
const FLASH = inProject("tools", "bench-host", "measure-flash.mjs");
const PROGRAM = pathToFileURL(inProject("dist", "program", "main.js")).href;
const READERS = pathToFileURL(inProject("dist", "image", "index.js")).href;

/** @typedef {{ fileMb: number, cpuMs: number, peakMb: number, size: number, segments: number }} Figures */

await makeReady({ install: "when-missing" });
const mib = Number(process.argv[2] ?? 16);
const folder = mkdtempSync(join(tmpdir(), "flashproof-bench-"));
try {
  for (const name of Object.keys(files)) compare(name);
  for (const probe of ["jlink", "cmsis-dap"]) flash(probe);
} finally {
  rmSync(folder, { recursive: true });
}

/** @param {string} name */
function compare(name) {
  const [once, twice] = [measure(name, mib), measure(name, mib * 2)];
  const isAllowed = [once, twice].every(({ fileMb, peakMb }) => peakMb <= 4 * fileMb + 150);
  if (!isAllowed) process.exitCode = 1;
  const line = [
    `${name}: file ${once.fileMb.toFixed(1)} MB, ${once.segments} segments`,
    `CPU ${once.cpuMs.toFixed(0)} ms, peak ${once.peakMb.toFixed(0)} MB`,
    `twice as much: CPU ${twice.cpuMs.toFixed(0)} ms (ratio ${(twice.cpuMs / once.cpuMs).toFixed(2)}), peak ${twice.peakMb.toFixed(0)} MB`,
    ...(isAllowed ? [] : ["memory is over its limit"]),
  ];
  process.stdout.write(`${line.join("; ")}\n`);
}

/** Prints the least CPU time of flashing 1 MiB. @param {string} probe */
function flash(probe) {
  const file = join(folder, "firmware");
  writeFileSync(file, firmware(1 << 20));
  const rounds = Array.from({ length: ROUNDS }, () => flashOnce(file, probe));
  process.stdout.write(`flash 1 MiB, flash=zero, ${probe}: CPU ${Math.min(...rounds).toFixed(0)} ms\n`);
}

/** CPU milliseconds of one process. @param {string} file @param {string} probe @returns {number} */
function flashOnce(file, probe) {
  const state = join(folder, "state");
  rmSync(state, { force: true });
  const done = spawnSync(process.execPath, [FLASH, PROGRAM, file, probe, state], {
    encoding: "utf8",
    timeout: 120_000,
  });
  const { code, cpuMs } = JSON.parse(done.stderr?.split("\n").at(-1) || '{"code":-1,"cpuMs":0}');
  if (code !== 0) throw new Error(`flashing ended with ${code}: ${done.stderr}`);
  return cpuMs;
}

/** Bytes that leave the K24 open and its core in a loop, and differ everywhere. @param {number} size */
function firmware(size) {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 4) bytes.writeUInt32LE(Math.imul(at + 1, 0x9e3779b1) >>> 0, at);
  for (let at = 0; at < 0x400; at += 4) bytes.writeUInt32LE(at === 0 ? 0x20001000 : 0x501, at);
  bytes.fill(0xff, 0x400, 0x410);
  bytes[0x40c] = 0xfe;
  bytes.writeUInt16LE(0xe7fe, 0x500);
  return bytes;
}

/** The least CPU time of some rounds, each in a process of its own. @param {string} name @param {number} size @returns {Figures} */
function measure(name, size) {
  const path = join(folder, "image");
  files[name](path, size);
  const rounds = Array.from({ length: ROUNDS }, () => /** @type {Figures} */ (measureOnce(path)));
  return rounds.reduce((best, each) => (each.cpuMs < best.cpuMs ? each : best));
}

/** @param {string} path @returns {Figures} */
function measureOnce(path) {
  const done = spawnSync(process.execPath, [MEASURE, READERS, path], { encoding: "utf8", timeout: 120_000 });
  if (done.status !== 0) throw new Error(`reading ended with ${done.status ?? done.signal}: ${done.stderr}`);
  return JSON.parse(done.stdout);
}
