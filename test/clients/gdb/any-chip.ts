import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Chip } from "../../../src/chips/chip.ts";

const PROGRAMS = fileURLToPath(new URL("programs/", import.meta.url));
const BOOT2 = fileURLToPath(new URL("../../../examples/rp2040-blinky/", import.meta.url));

/** GCC's names of the cores that chips have. */
const CPUS: { readonly [type: string]: string } = { M4: "cortex-m4", "M0+": "cortex-m0plus" };

/** Links a firmware of `programs/` for a chip, into `folder`; answers the ELF file's path. */
export function compileFor(
  { name, cores, banks, workRam, familyName }: Pick<Chip, "name" | "cores" | "banks" | "workRam" | "familyName">,
  folder: string,
  program: "any-chip" | "two-cores" = "any-chip",
): string {
  const elf = join(folder, `${name}-${program}.elf`);
  const cpu = CPUS[cores[0].type];
  if (cpu === undefined) throw new Error(`no compiler's name for a core ${cores[0].type}`);
  const [{ start }] = banks;
  const [ram] = workRam;
  const isRp2 = familyName === "rp2040";
  const symbols = {
    flash: start,
    vectors: start + (isRp2 ? 0x100 : 0),
    ram: ram.start + 0x1000,
    stack: ram.start + 0x4000,
  };
  const flags = [
    ...[`-mcpu=${cpu}`, "-mthumb", "-mfloat-abi=soft", "-nostdlib", "-ffreestanding", "-g", "-O1", "-Wall", "-Werror"],
    ...(familyName === "kinetis-ftfe" ? ["-DK24"] : []),
    ...["-Wl,-T,any-chip.ld", "-Wl,--build-id=none", "-Wl,--no-warn-rwx-segments", "-o", elf, `${program}.c`],
    ...Object.entries(symbols).map(([symbol, value]) => `-Wl,--defsym=${symbol}=0x${value.toString(16)}`),
  ];
  const link = (...more: readonly string[]) =>
    execFileSync("arm-none-eabi-gcc", [...flags, ...more], { cwd: PROGRAMS, stdio: "pipe" });
  if (!isRp2) link();
  else {
    const boot2 = join(BOOT2, "boot2.S");
    link(boot2, "-DBOOT2_SUM=0");
    link(boot2, `-DBOOT2_SUM=${boot2Sum(elf)}`);
  }
  return elf;
}

/** The sum of the second stage that the RP2040's boot ROM checks; gaps are erased flash. */
function boot2Sum(elf: string): string {
  const bin = `${elf}.bin`;
  execFileSync("arm-none-eabi-objcopy", ["-O", "binary", "--gap-fill", "0xff", elf, bin]);
  return execFileSync(process.execPath, [join(BOOT2, "boot2-sum.mjs"), bin], { encoding: "utf8" }).trim();
}
