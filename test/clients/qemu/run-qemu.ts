import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { JudgeBoard } from "./boards.ts";
import { decodeResult, encodeVectors, type Result, VECTOR_BYTES, type Vector } from "./vector.ts";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Whether a program is on the path. */
export const present = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;

/** Compiles with arm-none-eabi-gcc for a board; throws with its messages when it refuses. */
export function gcc(board: JudgeBoard, args: readonly string[]): void {
  execFileSync("arm-none-eabi-gcc", ["-mthumb", ...board.flags, ...args], { cwd: here, stdio: "pipe" });
}

const codeOf = (vectors: readonly Vector[], index: number): string =>
  Buffer.from(vectors[index]?.code ?? []).toString("hex");

/** Runs vectors in the harness inside qemu-system-arm. */
export function runInQemu(board: JudgeBoard, vectors: readonly Vector[]): readonly Result[] {
  const folder = mkdtempSync(join(tmpdir(), "flashproof-qemu-"));
  try {
    const elf = join(folder, "harness.elf");
    gcc(board, ["-nostdlib", `-Wl,--defsym=CODE=${board.code},-T,harness.ld`, "-o", elf, "harness.S"]);
    writeFileSync(join(folder, "in.bin"), encodeVectors(vectors));
    const quiet = ["-display", "none", "-serial", "none", "-monitor", "none", "-semihosting"];
    const args = ["-M", board.machine, ...quiet, "-kernel", elf];
    const { status } = spawnSync("qemu-system-arm", args, { cwd: folder, stdio: "pipe", timeout: 60_000 });
    const out = readFileSync(join(folder, "out.bin"));
    const done = out.length / VECTOR_BYTES;
    if (status !== 0) throw new Error(`QEMU ended with ${status} in vector ${done}: ${codeOf(vectors, done)}`);
    return vectors.map((_, n) => decodeResult(out, n));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
