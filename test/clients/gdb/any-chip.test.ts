import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Chip } from "../../../src/chips/chip.ts";
import { CHIPS, findChip } from "../../../src/chips/list.ts";
import { board } from "../../support/board.ts";
import { describeWith } from "../judges.ts";
import { compileFor } from "./any-chip.ts";
import { runGdb } from "./debug-session.ts";
import { opening } from "./scripts.ts";
import { served } from "./served.ts";

/** Chips of each family, of the memories and flash controllers that differ most. */
const DEBUGGED = [
  "MK24FN1M0xxx12",
  "MK64FN1M0xxx12",
  "STM32F407xG",
  "STM32F427xI",
  "nRF52840_xxAA",
  "nRF52832_xxAA",
  "RP2040",
].map((name) => findChip(name));

describeWith("gdb-multiarch", "arm-none-eabi-gcc")("GDB on our own server, on each chip", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "flashproof-any-chip-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const session = (elf: string, port: number): readonly string[] => [
    ...opening(elf, port),
    "load",
    "compare-sections",
    ...["monitor reset", "maintenance flush register-cache"],
    ...["tbreak main", "continue"],
    ...["break count", "continue", "backtrace", "info breakpoints", "continue 2", "finish", "delete"],
    ...["stepi", "next", "print total"],
    ...["watch watched", "continue", "print/x watched"],
    ...["delete", 'printf "&total = %p\\n", &total', "detach"],
  ];

  it("has a chip of every family and of every kind of core", () => {
    const kindsOf = (chips: readonly Chip[]) =>
      new Set(chips.flatMap(({ familyName, cores }) => cores.map(({ type }) => `${familyName} ${type}`)));
    expect(kindsOf(DEBUGGED)).toEqual(kindsOf(CHIPS));
  });

  it("loads a program into the RAM of a chip that is named by its core, breaks, steps and watches there", async () => {
    const chip = findChip("STM32F407xG");
    const [bank] = chip.banks;
    const elf = compileFor({ ...chip, name: "in-ram", banks: [{ ...bank, start: chip.workRam[0].start }] }, folder);
    // The file's entry sets the stack; there are no vectors of the chip's own that a reset could start from.
    const commands = (port: number) => session(elf, port).filter((line) => line !== "monitor reset");
    const twin = board({ chip: chip.name, flash: "zero" });
    const { result } = await served(twin, (port) => runGdb(folder, commands(port)), { withoutChip: true });
    expect(result.match(/: matched\./g)?.length, result).toBe(result.match(/^Loading section/gm)?.length);
    expect(result).toMatch(/Temporary breakpoint 1, main \(\)/);
    expect(result).toMatch(/Breakpoint 2, count \(by=by@entry=1\)[\s\S]*count \(by=by@entry=3\)/);
    expect(result).toMatch(/watchpoint 3: watched\s+Old value = 0\s+New value = 4670[\s\S]*\$2 = 0x123e/);
  });

  it("fails to load into the flash of a chip that is named by its core, and leaves that as it was", async () => {
    const chip = findChip("STM32F407xG");
    const twin = board({ chip: chip.name, flash: "zero" });
    const elf = compileFor(chip, folder);
    const load = (port: number) =>
      runGdb(folder, [...opening(elf, port), "load"]).catch((error: Error) => error.message);
    const { result, console } = await served(twin, load, { withoutChip: true });
    expect(result).not.toContain("Transfer rate");
    expect(console.join("\n")).toContain("0x08000000 does not hold what was written to it");
    expect([...twin.peekFlash(0, 8)]).toEqual(Array.from({ length: 8 }, () => 0xff));
  });

  it.each(DEBUGGED)("loads, breaks, steps, watches and detaches on $name", async (chip) => {
    const elf = compileFor(chip, folder);
    const { result, console } = await served(
      board({ chip: chip.name, flash: "zero" }),
      async (port, { core, clock }) => {
        const output = await runGdb(folder, session(elf, port));
        const state = await core.state();
        const total = Number(/&total = (0x[0-9a-f]+)/.exec(output)?.[1]);
        const before = await core.memory.read(total, 4, 32);
        await clock.sleep(1000);
        const after = await core.memory.read(total, 4, 32);
        return { output, state, isCounting: !before.every((byte, i) => byte === after[i]) };
      },
    );
    const { output } = result;
    expect(output.match(/: matched\./g)?.length, output).toBe(output.match(/^Loading section/gm)?.length);
    expect(output).toMatch(/Temporary breakpoint 1, main \(\)/);
    expect(output).toMatch(
      /Breakpoint 2, count \(by=by@entry=1\)[\s\S]*#1 .* in main \(\)[\s\S]*count \(by=by@entry=3\)/,
    );
    expect(output).toMatch(/^0x[0-9a-f]{8}\t22\t[\s\S]*\$1 = 10$/m);
    expect(output).toMatch(/Hardware watchpoint 3: watched\s+Old value = 0\s+New value = 4670[\s\S]*\$2 = 0x123e/);
    expect(console.join("\n")).toContain("verify: equal");
    expect(result).toMatchObject({ state: "running", isCounting: true });
  });
});
