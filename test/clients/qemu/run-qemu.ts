import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeResult, encodeVectors, type Result, type Vector } from "./vector.ts";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Compiler flags of everything that these tests build. */
export const GCC_FLAGS = ["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"] as const;

/** Whether a program is on the path. */
export const present = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;

/** Compiles with arm-none-eabi-gcc; throws with its messages when it refuses. */
export function gcc(args: readonly string[]): void {
  execFileSync("arm-none-eabi-gcc", [...GCC_FLAGS, ...args], { cwd: here, stdio: "pipe" });
}

/** Runs vectors in the batch harness inside qemu-system-arm. */
export function runInQemu(vectors: readonly Vector[]): readonly Result[] {
  const folder = mkdtempSync(join(tmpdir(), "flashproof-qemu-"));
  try {
    const elf = join(folder, "harness.elf");
    gcc(["-nostdlib", "-Wl,-T,harness.ld", "-o", elf, "harness.S"]);
    writeFileSync(join(folder, "in.bin"), encodeVectors(vectors));
    const device = "loader,file=in.bin,addr=0x21000000,force-raw=on";
    const quiet = ["-display", "none", "-serial", "none", "-monitor", "none", "-semihosting"];
    const args = ["-M", "mps2-an386", "-device", device, ...quiet, "-kernel", elf];
    execFileSync("qemu-system-arm", args, { cwd: folder, stdio: "pipe", timeout: 120_000 });
    const out = readFileSync(join(folder, "out.bin"));
    return vectors.map((_, n) => decodeResult(out, n));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
