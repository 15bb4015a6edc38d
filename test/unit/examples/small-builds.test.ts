import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { describeWith } from "../../clients/judges.ts";

const FLAGS =
  "-mcpu=cortex-m4 -mthumb -nostdlib -ffreestanding -O1 -Wall -Werror -Wl,-T,firmware.ld -Wl,--build-id=none";

/** The examples of one file, with their own flags behind the common ones. */
const EXAMPLES = [
  { folder: "examples/k24-rtt", flags: FLAGS },
  { folder: "examples/stm32f407-blinky", flags: `${FLAGS} -Wl,--strip-debug` },
];

/** Another compiler makes other code of the same source. */
const BUILT_BY = "12.2.1";

describeWith("arm-none-eabi-gcc")("the firmware of small examples", () => {
  for (const example of EXAMPLES) buildsAnew(example);
});

function buildsAnew({ folder, flags }: (typeof EXAMPLES)[number]): void {
  const scratch = mkdtempSync(join(tmpdir(), "flashproof-build-"));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  const run = (tool: string, ...args: readonly string[]) =>
    execFileSync(`arm-none-eabi-${tool}`, args, { cwd: folder, encoding: "utf8" });

  it(`is what its source makes: ${folder}`, ({ skip }) => {
    const [elf, hex] = [join(scratch, "firmware.elf"), join(scratch, "firmware.hex")];
    run("gcc", ...flags.split(" "), "-o", elf, "firmware.c", "-lgcc");
    run("objcopy", "-O", "ihex", elf, hex);
    if (run("gcc", "-dumpfullversion").trim() !== BUILT_BY) skip(`built by GCC ${BUILT_BY}`);
    expect(readFileSync(hex, "utf8")).toBe(readFileSync(join(folder, "firmware.hex"), "utf8"));
  });

  it(`has its build command in its README: ${folder}`, () => {
    const readme = readFileSync(join(folder, "README.md"), "utf8").replace(/\\\n\s+/g, "");
    expect(readme).toContain(`arm-none-eabi-gcc ${flags} -o firmware.elf firmware.c -lgcc`);
  });
}
