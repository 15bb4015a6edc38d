// Builds the example firmware with arm-none-eabi-gcc and compares it with, or replaces, the committed files.
//   node tools/build-example.mjs --check        (default) build, compare byte for byte
//   node tools/build-example.mjs --write        build, replace the files and the manifest
//   node tools/build-example.mjs --qemu FOLDER  build the variant for `qemu-system-arm -M mps2-an386`: bootloader.* and small.elf

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32 } from "node:zlib";
import { TABLES } from "../examples/k24-bootloader/tables/make-tables.mjs";

const EXAMPLE = fileURLToPath(new URL("../examples/k24-bootloader/", import.meta.url));
const MANIFEST = join(EXAMPLE, "manifest.json");
const SOURCE_FOLDERS = ["app", "boot", "common", "link", "qemu", "small", "tables"];
const SKIPPED = "skipped: arm-none-eabi-gcc (apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi)";

const APPLICATION = 0x5000;
const HEADER_CRC = 0x540c;
const FSEC = 0x0c; // inside .boot.fcf
const FSEC_OPEN = 0x7a;

const FLAGS = [
  ..."-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16".split(" "),
  ..."-std=gnu11 -Os -Wall -Wextra -Werror -fno-common -fno-tree-loop-distribute-patterns".split(" "),
  "-I.",
  "-ffile-prefix-map=.=",
];
const INTEGER_ONLY = ["-mgeneral-regs-only"]; // code that runs while the FPU is off

/** Low files fill the space between the vectors and 0x400; the others follow. Tables are made, not committed. */
const PROGRAMS = {
  boot: {
    low: [
      "boot/startup.c",
      "common/watchdog.c",
      "common/chip.c",
      "common/uart.c",
      "common/text.c",
      "common/crc32.c",
      "boot/main.c",
    ],
    high: ["boot/vectors.c", "boot/application.c", "boot/console.c"],
    flags: INTEGER_ONLY,
  },
  app: {
    low: ["app/startup.c", "app/ticks.c", "app/library.c", "common/chip.c", "common/uart.c"],
    high: ["app/vectors.c", "app/main.c", "app/report.c", "app/banner.c", "app/wave.c", "app/font.c", "app/sine.c"],
    flags: [],
  },
  small: {
    low: [
      "small/startup.c",
      "common/watchdog.c",
      "common/chip.c",
      "common/uart.c",
      "common/text.c",
      "app/font.c",
      "app/sine.c",
    ],
    high: ["small/vectors.c", "small/main.c"],
    flags: INTEGER_ONLY,
  },
};
const INTEGER_ONLY_FILES = ["app/startup.c"];
const ANY_LENGTH = ["-Wl,--defsym=ANY_LENGTH=1"];
const FOR_QEMU = { "common/uart.c": "qemu/uart.c", "common/watchdog.c": "qemu/watchdog.c" };

function main(args) {
  if (args[0] === "--qemu") return withCompiler(() => buildForQemu(args[1]));
  if (args[0] === "--write") return withCompiler(() => inScratch(write));
  if (args[0] === undefined || args[0] === "--check") return withCompiler(() => inScratch(check));
  console.error(`unknown option ${args[0]}`);
  return 2;
}

/** Answers `act`'s exit code, or what a missing compiler means: nothing, unless it is required. */
function withCompiler(act) {
  if (compilerVersion() !== undefined) return act();
  return skip(SKIPPED);
}

function skip(line) {
  console.log(line);
  return (process.env.FLASHPROOF_REQUIRE ?? "").split(",").includes("arm-none-eabi-gcc") ? 1 : 0;
}

function inScratch(act) {
  const folder = mkdtempSync(join(tmpdir(), "k24-example-"));
  try {
    return act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function check(folder) {
  const manifest = JSON.parse(readFileSync(MANIFEST, "utf8"));
  const versions = toolVersions();
  if (JSON.stringify(versions) !== JSON.stringify(manifest.tools)) {
    return skip(`skipped: the example was built by ${describe(manifest.tools)}, here is ${describe(versions)}`);
  }
  buildForChip(folder);
  const different = [...deliverables(folder)].filter(
    ([name, bytes]) => !bytes.equals(readFileSync(join(EXAMPLE, name))),
  );
  for (const [name] of different) console.log(`different: ${name}`);
  if (different.length === 0) console.log("example firmware: rebuilt, every file equal");
  return different.length === 0 ? 0 : 1;
}

function describe(tools) {
  return Object.values(tools).join(", ");
}

function write(folder) {
  buildForChip(folder);
  for (const [name, bytes] of deliverables(folder)) writeFileSync(join(EXAMPLE, name), bytes);
  console.log(`example firmware: written, crc ${hex8(storedCrc(join(folder, "bootloader.raw.bin")))}`);
  return 0;
}

function storedCrc(raw) {
  return readFileSync(raw).readUInt32LE(HEADER_CRC);
}

/** name -> bytes of everything committed that the build makes, the manifest last. */
function deliverables(folder) {
  const forms = ["raw.bin", "elf", "hex", "srec"];
  const names = ["bootloader", "bootloader-open"].flatMap((stem) => forms.map((form) => `${stem}.${form}`));
  const files = new Map([...names, "small.hex"].map((name) => [name, readFileSync(join(folder, name))]));
  return files.set("manifest.json", Buffer.from(manifestOf(files)));
}

function manifestOf(files) {
  const entries = [...files].map(([name, bytes]) => [name, { bytes: bytes.length, sha256: sha256(bytes) }]);
  const manifest = { tools: toolVersions(), sources: sourcesDigest(), files: Object.fromEntries(entries) };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** One digest over all source files, so that a change without a rebuild shows where no compiler is. */
function sourcesDigest() {
  const names = SOURCE_FOLDERS.flatMap((folder) =>
    readdirSync(join(EXAMPLE, folder)).map((name) => `${folder}/${name}`),
  );
  const lines = names.sort().map((name) => `${sha256(readFileSync(join(EXAMPLE, name)))}  ${name}\n`);
  return sha256(lines.join(""));
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

function buildForChip(folder) {
  copySources(folder);
  linkBoth(folder, {}, []);
  linkSmall(folder, {}, []);
  seal(folder, "bootloader");
  openVariant(folder);
  for (const stem of ["bootloader", "bootloader-open"]) makeForms(folder, stem);
  run(folder, "objcopy", "-O", "ihex", "small.elf", "small.hex");
  secondOpinion(folder);
}

function buildForQemu(folder) {
  mkdirSync(folder, { recursive: true });
  copySources(folder);
  linkBoth(folder, FOR_QEMU, ANY_LENGTH);
  linkSmall(folder, FOR_QEMU, ANY_LENGTH);
  seal(folder, "bootloader");
  makeForms(folder, "bootloader");
  return 0;
}

/** Everything is built inside `folder` by relative names: no path of this machine reaches an object. */
function copySources(folder) {
  for (const name of SOURCE_FOLDERS) cpSync(join(EXAMPLE, name), join(folder, name), { recursive: true });
}

/** The bootloader becomes one object with one global name, so that it cannot lean on the application. */
function linkBoth(folder, replaced, linkFlags) {
  const boot = compileProgram(folder, "boot", replaced);
  run(folder, "gcc", ...FLAGS, "-r", "-nostdlib", "-o", "boot.o", ...boot);
  run(folder, "objcopy", "--keep-global-symbol=boot_reset", "boot.o");
  if (run(folder, "nm", "-u", "boot.o").trim() !== "") throw new Error("the bootloader needs something from outside");
  const app = compileProgram(folder, "app", replaced);
  link(folder, "bootloader", ["boot.o", ...app], linkFlags);
}

function linkSmall(folder, replaced, linkFlags) {
  link(folder, "small", compileProgram(folder, "small", replaced), linkFlags);
}

function link(folder, stem, objects, linkFlags) {
  const script = [
    "-nostartfiles",
    `-Wl,-T,link/${stem}.ld`,
    "-Wl,--gc-sections",
    "-Wl,--build-id=none",
    "-Wl,--strip-debug",
    "-Wl,-Map,map.txt",
  ];
  run(folder, "gcc", ...FLAGS, ...linkFlags, ...script, "-o", `${stem}.elf`, ...objects, "-lm", "-lc", "-lgcc");
}

/** Compiles one program's files and tables, answers the objects' names in link order. */
function compileProgram(folder, name, replaced) {
  const program = PROGRAMS[name];
  mkdirSync(join(folder, "out", name), { recursive: true });
  const low = program.low.map((source) =>
    compile(folder, name, replaced[source] ?? source, ["-fno-function-sections"]),
  );
  for (const object of low) run(folder, "objcopy", "--rename-section", ".text=.low.text", object);
  const sources = [...program.high, ...makeTables(folder, name)];
  const high = sources.map((source) => compile(folder, name, source, ["-ffunction-sections", "-fdata-sections"]));
  return [...low, ...high];
}

function compile(folder, name, source, extra) {
  const object = `out/${name}/${basename(source, ".c")}.o`;
  const integer = INTEGER_ONLY_FILES.includes(source) ? INTEGER_ONLY : PROGRAMS[name].flags;
  run(folder, "gcc", ...FLAGS, ...integer, ...extra, "-c", source, "-o", object);
  return object;
}

function makeTables(folder, name) {
  return TABLES[name].map((table) => {
    writeFileSync(join(folder, "out", name, table.file), table.text());
    return `out/${name}/${table.file}`;
  });
}

/** Puts the application's CRC into its header. */
function seal(folder, stem) {
  run(folder, "objcopy", "-O", "binary", "--gap-fill", "0xFF", `${stem}.elf`, "unsealed.bin");
  const image = readFileSync(join(folder, "unsealed.bin")).subarray(APPLICATION);
  patchSection(join(folder, `${stem}.elf`), ".app.header", HEADER_CRC - 0x5400, u32Bytes(crc32(image)));
}

function openVariant(folder) {
  copyFileSync(join(folder, "bootloader.elf"), join(folder, "bootloader-open.elf"));
  patchSection(join(folder, "bootloader-open.elf"), ".boot.fcf", FSEC, Buffer.of(FSEC_OPEN));
}

function u32Bytes(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function patchSection(path, name, offset, bytes) {
  const elf = readFileSync(path);
  bytes.copy(elf, sectionOffset(elf, name) + offset);
  writeFileSync(path, elf);
}

/** File offset of a section's bytes (ELF32, section header table). */
function sectionOffset(elf, name) {
  const header = (index) => elf.readUInt32LE(0x20) + 40 * index;
  const offsetOf = (index) => elf.readUInt32LE(header(index) + 0x10);
  const names = offsetOf(elf.readUInt16LE(0x32));
  for (let index = 0; index < elf.readUInt16LE(0x30); index++) {
    const start = names + elf.readUInt32LE(header(index));
    if (elf.toString("latin1", start, elf.indexOf(0, start)) === name) return offsetOf(index);
  }
  throw new Error(`no section ${name}`);
}

function makeForms(folder, stem) {
  run(folder, "objcopy", "-O", "binary", "--gap-fill", "0xFF", `${stem}.elf`, `${stem}.raw.bin`);
  run(folder, "objcopy", "-O", "ihex", `${stem}.elf`, `${stem}.hex`);
  run(folder, "objcopy", "-O", "srec", `${stem}.elf`, `${stem}.srec`);
}

/** SRecord's reading of our HEX and S-record files must be the raw dump. */
function secondOpinion(folder) {
  if (spawnSync("srec_cat", ["--version"]).status !== 0)
    return console.log("skipped: srec_cat (apt-get install srecord)");
  for (const [form, option] of [
    ["hex", "-intel"],
    ["srec", "-motorola"],
  ]) {
    const convert = [`bootloader.${form}`, option, "-fill", "0xFF", "0x0", "0x12DC4", "-o", "opinion.bin", "-binary"];
    command(folder, "srec_cat", convert);
    if (!readFileSync(join(folder, "opinion.bin")).equals(readFileSync(join(folder, "bootloader.raw.bin")))) {
      throw new Error(`srec_cat reads bootloader.${form} differently`);
    }
  }
}

function compilerVersion() {
  const found = spawnSync("arm-none-eabi-gcc", ["--version"], { encoding: "utf8" });
  return found.status === 0 ? found.stdout.split("\n")[0] : undefined;
}

function toolVersions() {
  const binutils = run(".", "ld", "--version").split("\n")[0];
  const macros = spawnSync("arm-none-eabi-gcc", ["-E", "-dM", "-include", "_newlib_version.h", "-x", "c", "-"], {
    input: "",
    encoding: "utf8",
  });
  const newlib = /_NEWLIB_VERSION "(.*)"/.exec(macros.stdout)?.[1] ?? "missing";
  return { compiler: compilerVersion(), binutils, newlib: `newlib ${newlib}` };
}

function run(folder, tool, ...args) {
  return command(folder, `arm-none-eabi-${tool}`, args);
}

function command(folder, name, args) {
  const done = spawnSync(name, args, { cwd: folder, encoding: "utf8", env: { ...process.env, LC_ALL: "C" } });
  if (done.status !== 0) throw new Error(`${name} ${args.join(" ")}\n${done.stderr}`);
  return done.stdout;
}

function hex8(value) {
  return value.toString(16).toUpperCase().padStart(8, "0");
}

process.exitCode = main(process.argv.slice(2));
