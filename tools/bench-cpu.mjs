// @ts-check
// `node tools/bench-cpu.mjs [--check] [--write]`: how many million instructions a second the Cortex-M4 model makes with
// compiled loops and with the interpreter alone, as process CPU time, best of seven. Fails under its floors, because
// nothing else would show that V8 has given up on the interpreter's big switch or on a compiled loop; what is under one is
// measured once more. `--write` compiles the kernels anew, `--check` compares them with their source.
import "./lib/ts-loader.mjs";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { qemuMips } from "./bench-cpu/qemu.mjs";
import { hasJudge, requiredJudges } from "./judges.mjs";
import { inProject, say } from "./lib/project.mjs";

const COMPILER = "arm-none-eabi-gcc";
/** V8 giving up on the interpreter makes some 14; a busy machine has been seen to make 76 where a quiet one makes 140. */
const INTERPRETER_FLOOR_MIPS = 30;
/** What compiled loops make at least where the calibration loop says that this machine has the time: millions a second. */
const COMPILED_FLOOR_MIPS = 350;
const QUIET_LOOP = 200;
/**
 * How much faster than the interpreter compiled loops are at least, measured in turns; the mix has calls and short loops. Its
 * floors lie under what it makes (2.6 times, 1.0 of the calibration loop), because a busy machine has been seen to take a fifth.
 */
const FLOOR_RATIO = 3;
const FLOOR_RATIO_MIX = 2;
/** Compiled instructions by steps of the calibration loop, at least. */
const FLOOR_OF_LOOP = 1.2;
const FLOOR_OF_LOOP_MIX = 0.6;
const ROUNDS = 7;
const BUFFER = 16384;
const RAM = 0x20000000;
const LAYOUT = {
  code: RAM,
  stop: RAM + 0x800,
  table: RAM + 0x1000,
  data: RAM + 0x2000,
  copy: RAM + 0x8000,
  stack: RAM + 0x10000,
};
const SOURCE = inProject("tools", "bench-cpu", "kernels.c");
const BYTES = inProject("tools", "bench-cpu", "kernels.json");

/** Offsets of the functions, and the code of all of them, in hex. @typedef {{ symbols: Record<string, number>, code: string }} Kernels */

const FLAGS = [
  "-mcpu=cortex-m4",
  "-mthumb",
  "-Os",
  "-std=c11",
  "-ffreestanding",
  "-nostdlib",
  "-fno-tree-loop-distribute-patterns",
  "-Wl,--build-id=none",
  `-Wl,-Ttext=0x${RAM.toString(16)}`,
  "-Wl,-e,0",
];

/** Compiles the kernels; with `--write` stores them, else compares. Answers the exit code. */
function compareKernels() {
  if (!hasJudge(COMPILER)) {
    say(`skipped: ${COMPILER} (apt-get install gcc-arm-none-eabi)`);
    return requiredJudges().includes(COMPILER) ? 1 : 0;
  }
  const text = `${JSON.stringify(compile(), null, 2)}\n`;
  if (process.argv.includes("--write")) writeFileSync(BYTES, text);
  const equal = readFileSync(BYTES, "utf8") === text;
  say(equal ? "the kernels' bytes are those of their source" : "the kernels' bytes differ: run with --write");
  return equal ? 0 : 1;
}

/** @returns {Kernels} */
function compile() {
  const folder = mkdtempSync(join(tmpdir(), "flashproof-bench-"));
  try {
    const [elf, bin] = [join(folder, "kernels.elf"), join(folder, "kernels.bin")];
    execFileSync(COMPILER, [...FLAGS, SOURCE, "-o", elf]);
    execFileSync("arm-none-eabi-objcopy", ["-O", "binary", "-j", ".text", "-j", ".rodata", elf, bin]);
    const rows = execFileSync("arm-none-eabi-nm", [elf], { encoding: "utf8" })
      .split("\n")
      .map((row) => row.split(" "));
    const symbols = rows.filter(([, kind, name]) => kind === "T" && /^c/.test(name));
    return {
      symbols: Object.fromEntries(symbols.map(([at, , name]) => [name, Number.parseInt(at, 16) - RAM])),
      code: readFileSync(bin).toString("hex"),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A board with the kernels in RAM and a BKPT to return to. @param {Kernels} kernels @param {object} [options] */
async function board(kernels, options) {
  const { createCortexM } = await import(inProject("src", "twin", "cpu", "cortex-m.ts"));
  const { M4F } = await import(inProject("src", "twin", "cpu", "profiles", "v7m.ts"));
  const ram = new Uint8Array(0x20000);
  const memories = [
    { base: 0, bytes: new Uint8Array(64), writable: false, direct: true },
    { base: RAM, bytes: ram, writable: true, direct: true },
  ];
  const cpu = createCortexM(
    M4F,
    { memories, read: () => -1, write: () => -1, stableUntil: () => 0 },
    { resetRequested() {}, unimplemented() {} },
    options,
  );
  const words = new Uint32Array(ram.buffer);
  ram.set(Buffer.from(kernels.code, "hex"));
  new DataView(ram.buffer).setUint16(LAYOUT.stop - RAM, 0xbe00, true);
  for (let n = 0; n < 256; n++) words[((LAYOUT.table - RAM) >> 2) + n] = tableEntry(n);
  for (let n = 0; n < BUFFER; n++) ram[LAYOUT.data - RAM + n] = (n * 2654435761) >>> 24;
  const write = (/** @type {number} */ at, /** @type {number} */ value) => cpu.ppbWrite(at, 4, value >>> 0, "debug");
  cpu.powerOn();
  write(0xe000edf0, 0xa05f0001);
  write(0xe000edfc, 0x01000001);
  cpu.leaveReset();
  return { cpu, ram, write };
}

/** @param {number} index */
function tableEntry(index) {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
}

/** The kernels' arguments. @type {Record<string, number[]>} */
const CALLS = {
  crc_bitwise: [LAYOUT.data, BUFFER],
  crc_table: [LAYOUT.data, BUFFER, LAYOUT.table],
  copy_words: [LAYOUT.copy, LAYOUT.data, BUFFER / 4],
  core_mix: [LAYOUT.copy, 20],
};

/** @param {Awaited<ReturnType<typeof board>>} target @param {number} entry @param {number[]} args */
function call({ write }, entry, args) {
  const set = (/** @type {number} */ n, /** @type {number} */ value) => {
    write(0xe000edf8, value);
    write(0xe000edf4, 0x10000 | n);
  };
  for (const [n, value] of args.entries()) set(n, value);
  set(13, LAYOUT.stack);
  set(14, LAYOUT.stop + 1);
  set(15, RAM + entry);
  set(16, 0x01000000);
  write(0xe000edf0, 0xa05f0001);
}

/** Instructions of one call: the model runs exactly one at a time when asked for one cycle. @param {Awaited<ReturnType<typeof board>>} target */
function countInstructions(target) {
  let count = 0;
  for (; target.cpu.state === "running"; count++) target.cpu.run(1);
  return count - 1;
}

/** Million instructions a second of CPU time over about `total` instructions. @param {Awaited<ReturnType<typeof board>>} target @param {number} entry @param {number[]} args @param {number} count */
function round(target, entry, args, count) {
  const calls = Math.ceil(20_000_000 / count);
  const before = process.cpuUsage();
  for (let n = 0; n < calls; n++) {
    call(target, entry, args);
    while (target.cpu.state === "running") target.cpu.run(100_000);
  }
  const used = process.cpuUsage(before);
  return (calls * count) / (used.user + used.system);
}

/** Million steps a second of CPU time of a loop in JavaScript, which says how fast this machine is now. */
function calibrationRound() {
  const STEPS = 40_000_000;
  const before = process.cpuUsage();
  let value = 1;
  for (let step = 0; step < STEPS; step++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  const used = process.cpuUsage(before);
  if (value === 0) throw new Error("The calibration loop came to 0");
  return STEPS / (used.user + used.system);
}

async function bench() {
  const kernels = JSON.parse(readFileSync(BYTES, "utf8"));
  const compiled = await board(kernels);
  const plain = await board(kernels, { compileAfter: Number.POSITIVE_INFINITY });
  const slow = [];
  for (const [name, args] of Object.entries(CALLS)) {
    const entry = kernels.symbols[name];
    call(plain, entry, args);
    const count = countInstructions(plain);
    // In turns, so that all meet the same machine.
    const rounds = Array.from({ length: ROUNDS }, () => ({
      loop: calibrationRound(),
      interpreter: round(plain, entry, args, count),
      mips: round(compiled, entry, args, count),
    }));
    const best = (/** @type {"loop" | "interpreter" | "mips"} */ what) => Math.max(...rounds.map((one) => one[what]));
    const figures = { loop: best("loop"), interpreter: best("interpreter"), mips: best("mips") };
    const beside = qemuMips(SOURCE, name, count, BUFFER);
    console.log(lineOf(name, figures, count, beside));
    slow.push(...tooSlow(name, figures));
  }
  for (const fault of slow) say(fault);
  return slow.length > 0 ? 1 : 0;
}

/** Of a second run, which is the last. */
const AGAIN = "--again";

/** The same in a process of its own: how V8 compiles a loop of such code differs from one to the next. Answers its exit code. */
function benchAgain() {
  say("measured once more, in a process of its own");
  return spawnSync(process.execPath, [process.argv[1], AGAIN], { stdio: "inherit" }).status ?? 1;
}

/** Millions a second, best of all rounds. @typedef {{ loop: number, interpreter: number, mips: number }} Figures */

/** @param {string} name @param {Figures} figures @param {number} count @param {string} beside */
function lineOf(name, { loop, interpreter, mips }, count, beside) {
  const speed = `${mips.toFixed(0).padStart(5)} MIPS, interpreter ${interpreter.toFixed(0).padStart(4)}`;
  const ratios = `${(mips / interpreter).toFixed(2)} times, ${(mips / loop).toFixed(2)} of the calibration loop's ${loop.toFixed(0)} million steps`;
  return `${name.padEnd(12)} ${speed}: ${ratios}  (${count} instructions; QEMU ${beside})`;
}

/** What a kernel's figures fall short of. @param {string} name @param {Figures} figures */
function tooSlow(name, { loop, interpreter, mips }) {
  const isMix = name === "core_mix";
  const ratio = isMix ? FLOOR_RATIO_MIX : FLOOR_RATIO;
  const ofLoop = isMix ? FLOOR_OF_LOOP_MIX : FLOOR_OF_LOOP;
  const quiet = loop >= QUIET_LOOP && !isMix;
  return [
    ...(interpreter < INTERPRETER_FLOOR_MIPS
      ? [`${name}: the interpreter is under ${INTERPRETER_FLOOR_MIPS} MIPS`]
      : []),
    ...(mips / interpreter < ratio ? [`${name}: compiled loops are under ${ratio} times the interpreter`] : []),
    ...(mips / loop < ofLoop ? [`${name}: compiled loops are under ${ofLoop} of the calibration loop`] : []),
    ...(quiet && mips < COMPILED_FLOOR_MIPS ? [`${name}: compiled loops are under ${COMPILED_FLOOR_MIPS} MIPS`] : []),
  ];
}

if (process.argv.includes("--write") || process.argv.includes("--check")) process.exitCode = compareKernels();
else process.exitCode = (await bench()) && (process.argv.includes(AGAIN) ? 1 : benchAgain());
