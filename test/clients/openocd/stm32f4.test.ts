import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TwinOptions } from "../../../src/twin/usb.ts";
import { Workspace } from "../../cli/workspace.ts";
import { describeApart } from "../judges.ts";
import { type Bench, openBench } from "./bench.ts";

const BLINKY = "examples/stm32f407-blinky/firmware.elf";
const BOARD: TwinOptions = { chip: "STM32F407xG", flash: "zero" };
const CONFIG = { config: "target/stm32f4x.cfg", reset: true, timeoutMs: 60_000 } as const;
const FLASH = 0x08000000;

describeApart()("OpenOCD on the STM32F407 twin", () => {
  let bench: Bench;
  let folder: string;
  let workspace: Workspace;

  beforeAll(async () => {
    bench = await openBench();
    folder = mkdtempSync(join(tmpdir(), "flashproof-openocd-f4-"));
    workspace = new Workspace();
  });
  afterAll(async () => {
    await bench?.close();
    if (folder) rmSync(folder, { recursive: true });
    workspace?.clear();
  });

  /** What OpenOCD says to these commands on a board as it is, halted at its reset vector. */
  async function outputOf(...commands: readonly string[]): Promise<string> {
    const { code, output } = await bench.openocd(["init", "reset init", ...commands], CONFIG);
    expect(code, output).toBe(0);
    return output;
  }

  const fresh = () => bench.ask("board", BOARD);
  const peek = async (address: number, count: number) => Buffer.from(await bench.ask("peek", address, count), "base64");

  it("recognises chip, core and flash", async () => {
    await fresh();
    const output = await outputOf("flash probe 0", "flash info 0", "mdw 0xe00ff000 8");
    expect(output).toContain("SWD DPIDR 0x2ba01477");
    expect(output).toContain("Cortex-M4 r0p1 processor detected");
    expect(output).toContain("target has 6 breakpoints, 4 watchpoints");
    expect(output).toContain("device id = 0x10076413");
    expect(output).toContain("flash size = 1024 KiB");
    expect(output).toContain("# 11: 0x000e0000 (0x20000 128kB) not protected");
  });

  it("writes with its own loader what we then verify and run", async () => {
    await fresh();
    expect(await outputOf(`flash write_image erase ${BLINKY}`, `verify_image ${BLINKY}`)).toContain(
      "verified 498 bytes",
    );
    writeFileSync(workspace.path("board"), Buffer.from(await bench.ask("state"), "base64"));
    const ours = ["--chip", "STM32F407xG", "--probe", `twin:STM32F407xG,flash=zero,state=${workspace.path("board")}`];
    expect((await workspace.fp("verify", BLINKY, ...ours)).exit).toBe(0);
    await workspace.fp("reset", ...ours);
    expect((await workspace.fp("run", ...ours, "--uart", "stdout", "--for", "250")).out).toContain("on\noff\n");
  });

  it("verifies, and reads, what we have written", async () => {
    const ours = ["--chip", "STM32F407xG", "--probe", `twin:STM32F407xG,flash=zero,state=${workspace.path("ours")}`];
    await workspace.fp("flash", BLINKY, ...ours);
    await bench.ask("board", BOARD, readFileSync(workspace.path("ours")).toString("base64"));
    const dump = join(folder, "dump.bin");
    expect(await outputOf(`verify_image ${BLINKY}`, `dump_image ${dump} ${FLASH} 16`)).toContain("verified 498 bytes");
    expect(readFileSync(dump).equals(await peek(FLASH, 16))).toBe(true);
  });

  it("erases sectors, and everything", async () => {
    await fresh();
    const file = join(folder, "pattern.bin");
    writeFileSync(file, Buffer.alloc(0xa000, 0x5a));
    await outputOf(`flash write_image ${file} ${FLASH}`, "flash erase_sector 0 1 1", "flash erase_check 0");
    expect([(await peek(FLASH + 0x3fff, 3)).toString("hex"), (await peek(FLASH + 0x7fff, 2)).toString("hex")]).toEqual([
      "5affff",
      "ff5a",
    ]);
    expect(await outputOf("stm32f2x mass_erase 0")).toContain("stm32x mass erase complete");
    expect((await peek(FLASH, 0xa000)).every((byte) => byte === 0xff)).toBe(true);
  });

  it("protects sectors, which then refuse it, and takes the protection away", async () => {
    await fresh();
    const file = join(folder, "one.bin");
    writeFileSync(file, Buffer.alloc(4, 0));
    await outputOf("flash protect 0 1 2 on");
    expect(
      await outputOf("flash info 0", `echo "wrote: [catch {flash write_image ${file} ${FLASH + 0x4000} bin}]"`),
    ).toMatch(/#\s+1: 0x00004000 \(0x4000 16kB\) protected[\s\S]*wrote: -/);
    expect(await outputOf("flash protect 0 1 2 off", `flash write_image ${file} ${FLASH + 0x4000} bin`)).not.toContain(
      "rror",
    );
    expect((await peek(FLASH + 0x4000, 4)).toString("hex")).toBe("00000000");
  });

  it("locks the chip, finds it locked, and unlocks it with the loss of its flash", async () => {
    await fresh();
    await outputOf(`flash write_image ${BLINKY}`, "stm32f2x lock 0");
    const locked = await bench.openocd(["init", "reset halt", "mdw 0x08000000"], CONFIG);
    expect(locked.output).toMatch(/Failed to read memory|rror/);
    expect((await peek(FLASH, 4)).toString("hex")).not.toBe("ffffffff");
    expect(await outputOf("stm32f2x unlock 0", "stm32f2x options_read 0")).toContain("user_options 0xEC");
    expect((await peek(FLASH, 4)).toString("hex")).toBe("ffffffff");
    expect((await peek(0x1fffc001, 1)).toString("hex")).toBe("aa");
  });
});
