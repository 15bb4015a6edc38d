import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAMS = fileURLToPath(new URL("programs/", import.meta.url));

const KERNELS = fileURLToPath(new URL("kernels/", import.meta.url));

const FLAGS = [
  ...["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16", "-nostdlib", "-ffreestanding"],
  ...["-g", "-O1", "-Wall", "-Werror", "-fno-tree-loop-distribute-patterns", "-fno-optimize-sibling-calls"],
];

/** Compiles one of this folder's programs into `folder`; answers the ELF file's path. */
export function compile(name: "steps" | "debuggee" | "faulting", folder: string): string {
  const elf = join(folder, `${name}.elf`);
  const link = [`-Wl,-T,${name}.ld`, "-Wl,--build-id=none", "-o", elf, `${name}.c`, "-lgcc"];
  execFileSync("arm-none-eabi-gcc", [...FLAGS, ...link], { cwd: PROGRAMS, stdio: "pipe" });
  return elf;
}

/** A kernel of `kernels/`, compiled into `folder` with definitions of its own; answers the ELF file's path. */
export function compileKernel(name: string, folder: string, definitions: readonly string[] = []): string {
  const elf = join(folder, `${name}${definitions.join("")}.elf`);
  const link = ["-Wl,-T,../programs/steps.ld", "-Wl,--build-id=none", "-o", elf, `${name}.c`, "-lgcc"];
  const defined = definitions.map((definition) => `-D${definition}`);
  execFileSync("arm-none-eabi-gcc", [...FLAGS, ...defined, ...link], { cwd: KERNELS, stdio: "pipe" });
  return elf;
}
