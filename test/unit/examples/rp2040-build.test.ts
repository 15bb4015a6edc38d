import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { describeWith } from "../../clients/judges.ts";

const FOLDER = "examples/rp2040-blinky";
const FLAGS =
  "-mcpu=cortex-m0plus -mthumb -nostdlib -ffreestanding -O1 -Wall -Werror -Wl,-T,firmware.ld -Wl,--build-id=none";

/** Another compiler makes other code of the same source. */
const BUILT_BY = "12.2.1";

describeWith("arm-none-eabi-gcc")("the firmware that blinks on an RP2040", () => {
  const scratch = mkdtempSync(join(tmpdir(), "flashproof-build-"));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  const run = (tool: string, ...args: readonly string[]) => execFileSync(tool, args, { cwd: FOLDER, encoding: "utf8" });

  it("is what its source makes, with the sum of its second stage", ({ skip }) => {
    const gcc = "arm-none-eabi-gcc";
    if (run(gcc, "-dumpfullversion").trim() !== BUILT_BY) skip(`built by GCC ${BUILT_BY}`);
    const [elf, bin, hex] = ["elf", "bin", "hex"].map((kind) => join(scratch, `firmware.${kind}`));
    run(gcc, ...FLAGS.split(" "), "-o", elf, "boot2.S", "firmware.c");
    run("arm-none-eabi-objcopy", "-O", "binary", elf, bin);
    const sum = run(process.execPath, "boot2-sum.mjs", bin).trim();
    run(gcc, ...FLAGS.split(" "), `-DBOOT2_SUM=${sum}`, "-o", elf, "boot2.S", "firmware.c");
    run("arm-none-eabi-objcopy", "-O", "ihex", elf, hex);
    expect(readFileSync(hex, "utf8")).toBe(readFileSync(join(FOLDER, "firmware.hex"), "utf8"));
  });

  it("has its build command in its README", () => {
    const readme = readFileSync(join(FOLDER, "README.md"), "utf8").replace(/\\\n\s+/g, "");
    expect(readme).toContain(`arm-none-eabi-gcc ${FLAGS}`);
  });
});
