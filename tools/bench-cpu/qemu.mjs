// @ts-check
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasJudge } from "../judges.mjs";

const CALLS = {
  crc_bitwise: "crc_bitwise(d, N)",
  crc_table: "crc_table(d, N, t)",
  copy_words: "copy_words(c, (void *)d, N / 4)",
  core_mix: "core_mix((void *)c, 20)",
};

/** A program for mps2-an386 that calls one kernel REPEAT times and leaves by semihosting. @param {string} source @param {string} call @param {number} bytes */
const program = (source, call, bytes) => `
#include "${source}"
#define N ${bytes}
static u8 d[N]; static u32 t[256], c[N / 4]; volatile u32 sink;
void start(void) {
  for (u32 i = 0; i < REPEAT; i++) sink = (u32)${call};
  register u32 r0 __asm__("r0") = 0x18; register u32 r1 __asm__("r1") = 0x20026;
  __asm__ volatile("bkpt 0xab" ::"r"(r0), "r"(r1));
  for (;;) ;
}
__attribute__((section(".vec"), used)) void *const vectors[] = {(void *)0x20100000, (void *)start};
`;

/** Seconds of one run of QEMU. @param {string} folder @param {number} repeat */
function seconds(folder, repeat) {
  const elf = join(folder, `bench-${repeat}.elf`);
  const flags = [
    "-mcpu=cortex-m4",
    "-mthumb",
    "-Os",
    "-ffreestanding",
    "-nostdlib",
    "-fno-tree-loop-distribute-patterns",
  ];
  execFileSync("arm-none-eabi-gcc", [...flags, `-DREPEAT=${repeat}`, "-Wl,-T,bench.ld", "bench.c", "-o", elf], {
    cwd: folder,
  });
  const before = process.hrtime.bigint();
  const quiet = ["-display", "none", "-serial", "none", "-monitor", "none", "-semihosting"];
  execFileSync("qemu-system-arm", ["-M", "mps2-an386", ...quiet, "-kernel", elf], { timeout: 60_000 });
  return Number(process.hrtime.bigint() - before) / 1e9;
}

/**
 * QEMU's speed on one kernel in MIPS, as text: of wall time, start-up taken off. A dash where QEMU or gcc is absent.
 *
 * @param {string} source @param {string} name @param {number} count instructions of one call @param {number} bytes
 */
export function qemuMips(source, name, count, bytes) {
  if (!hasJudge("qemu-system-arm") || !hasJudge("arm-none-eabi-gcc")) return "-";
  const folder = mkdtempSync(join(tmpdir(), "flashproof-bench-"));
  try {
    const call = CALLS[/** @type {keyof typeof CALLS} */ (name)];
    const sections = ".text : { KEEP(*(.vec)) *(.text*) *(.rodata*) } . = 0x20000000; .bss : { *(.data*) *(.bss*) }";
    writeFileSync(join(folder, "bench.ld"), `SECTIONS { . = 0; ${sections} }`);
    writeFileSync(join(folder, "bench.c"), program(source, call, bytes));
    const repeat = Math.ceil(400_000_000 / count);
    const spent = seconds(folder, repeat) - seconds(folder, 1);
    return `${((repeat * count) / spent / 1e6).toFixed(0)} MIPS`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
