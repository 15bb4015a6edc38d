import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { describeWith } from "../../clients/judges.ts";

const FOLDER = "examples/nrf52840-blinky";
const FLAGS =
  "-mcpu=cortex-m4 -mthumb -nostdlib -ffreestanding -O1 -Wall -Werror -Wl,-T,firmware.ld -Wl,--build-id=none";

/** Another compiler makes other code of the same source. */
const BUILT_BY = "12.2.1";

describeWith("arm-none-eabi-gcc")("the blinky for the nRF52840", () => {
  const scratch = mkdtempSync(join(tmpdir(), "flashproof-build-"));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  const run = (tool: string, ...args: readonly string[]) =>
    execFileSync(`arm-none-eabi-${tool}`, args, { cwd: FOLDER, encoding: "utf8" });

  it("is what its source makes", ({ skip }) => {
    const [elf, hex] = [join(scratch, "firmware.elf"), join(scratch, "firmware.hex")];
    run("gcc", ...FLAGS.split(" "), "-o", elf, "firmware.c", "-lgcc");
    run("objcopy", "-O", "ihex", elf, hex);
    if (run("gcc", "-dumpfullversion").trim() !== BUILT_BY) skip(`built by GCC ${BUILT_BY}`);
    expect(readFileSync(hex, "utf8")).toBe(readFileSync(join(FOLDER, "firmware.hex"), "utf8"));
  });

  it("has its build command in its README", () => {
    const readme = readFileSync(join(FOLDER, "README.md"), "utf8").replace(/\\\n\s+/g, "");
    expect(readme).toContain(`arm-none-eabi-gcc ${FLAGS} -o firmware.elf firmware.c -lgcc`);
  });
});
