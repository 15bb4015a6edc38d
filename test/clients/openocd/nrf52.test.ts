import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TwinOptions } from "../../../src/twin/usb.ts";
import { Workspace } from "../../cli/workspace.ts";
import { describeApart } from "../judges.ts";
import { type Bench, openBench } from "./bench.ts";

const BLINKY = "examples/nrf52840-blinky/firmware.elf";
const CHIP = "nRF52840_xxAA";
const BOARD: TwinOptions = { chip: CHIP, flash: "zero" };
const CONFIG = { config: "target/nrf52.cfg", timeoutMs: 60_000 } as const;
const APPROTECT = 0x10001208;

describeApart()("OpenOCD on the nRF52840 twin", () => {
  let bench: Bench;
  let folder: string;
  let workspace: Workspace;

  beforeAll(async () => {
    bench = await openBench();
    folder = mkdtempSync(join(tmpdir(), "flashproof-openocd-nrf52-"));
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

  const fresh = (options: Partial<TwinOptions> = {}) => bench.ask("board", { ...BOARD, ...options });
  const peek = async (address: number, count: number) => Buffer.from(await bench.ask("peek", address, count), "base64");
  const ours = (file: string) => ["--chip", CHIP, "--probe", `twin:${CHIP},flash=zero,state=${workspace.path(file)}`];

  it.each([
    [CHIP, "nRF52840-xxAA(build code: D0) 1024kB Flash, 256kB RAM"],
    [`${CHIP}-F0`, "nRF52840-xxAA(build code: F0) 1024kB Flash, 256kB RAM"],
  ])("recognises core, part and build of %s", async (chip, part) => {
    await fresh({ chip });
    const output = await outputOf("flash probe 0", "nrf5 info");
    expect(output).toContain("SWD DPIDR 0x2ba01477");
    expect(output).toContain("Cortex-M4 r0p1 processor detected");
    expect(output).toContain("target has 6 breakpoints, 4 watchpoints");
    expect(output).toContain(part);
  });

  it("writes with its own loader what we then verify and run", async () => {
    await fresh();
    expect(await outputOf(`flash write_image erase ${BLINKY}`, `verify_image ${BLINKY}`)).toContain(
      "verified 511 bytes",
    );
    writeFileSync(workspace.path("board"), Buffer.from(await bench.ask("state"), "base64"));
    expect((await workspace.fp("verify", BLINKY, ...ours("board"))).exit).toBe(0);
    await workspace.fp("reset", ...ours("board"));
    const run = await workspace.fp("run", ...ours("board"), "--uart", "stdout", "--until", "blink 3");
    expect(run.out).toContain("blink 2");
  });

  it("verifies, and reads, what we have written", async () => {
    await workspace.fp("flash", BLINKY, ...ours("ours"));
    await bench.ask("board", BOARD, readFileSync(workspace.path("ours")).toString("base64"));
    const dump = join(folder, "dump.bin");
    expect(await outputOf(`verify_image ${BLINKY}`, `dump_image ${dump} 0 16`)).toContain("verified 511 bytes");
    expect(readFileSync(dump).equals(await peek(0, 16))).toBe(true);
  });

  it("erases pages, UICR, and everything", async () => {
    await fresh({ flash: "typ" });
    const file = join(folder, "pattern.bin");
    writeFileSync(file, Buffer.alloc(0x3000, 0x5a));
    await outputOf(`flash write_image ${file} 0`, "flash fillw 0x10001080 0x12345678 2", "flash erase_sector 0 1 1");
    expect([(await peek(0xfff, 2)).toString("hex"), (await peek(0x1fff, 2)).toString("hex")]).toEqual(["5aff", "ff5a"]);
    expect((await peek(0x10001080, 8)).toString("hex")).toBe("7856341278563412");
    await outputOf("flash erase_sector 1 0 0");
    expect((await peek(0x10001080, 8)).every((byte) => byte === 0xff)).toBe(true);
    expect((await peek(0, 1)).toString("hex")).toBe("5a");
    expect(await outputOf("nrf5 mass_erase 0")).toContain("Mass erase completed.");
    expect((await peek(0, 0x3000)).every((byte) => byte === 0xff)).toBe(true);
  });

  /** A board whose UICR.APPROTECT OpenOCD has set to 0x00, after its power was off and on. */
  async function lockedByOpenocd(): Promise<void> {
    await fresh();
    await outputOf(`flash write_image ${BLINKY}`, `flash fillw ${APPROTECT} 0xffffff00 1`);
    writeFileSync(workspace.path("locked"), Buffer.from(await bench.ask("state"), "base64"));
    await workspace.fp("info", "--probe", `twin:${CHIP},power=cycle,state=${workspace.path("locked")}`);
  }

  it("finds a chip locked whose UICR it has locked, and opens it by nrf52_recover", async () => {
    await lockedByOpenocd();
    await bench.ask("board", BOARD, readFileSync(workspace.path("locked")).toString("base64"));
    const { output } = await bench.openocd(["init", "nrf52_recover", "reset init", "mdw 0"], CONFIG);
    expect(output).toContain("nRF52 device has AP lock engaged");
    expect(output).toContain("device has been successfully erased and unlocked.");
    expect(output).toContain("0x00000000: ffffffff");
    expect((await peek(APPROTECT, 4)).toString("hex")).toBe("ffffffff");
  });

  it("has locked what we then find locked, and open with our consent", async () => {
    await lockedByOpenocd();
    expect((await workspace.fp("info", ...ours("locked"))).out).toContain("locked: yes (a mass erase opens it)");
    expect((await workspace.json("unlock", "--allow-mass-erase", ...ours("locked"))).exit).toBe(0);
    expect((await workspace.fp("read", `${APPROTECT}:+4`, ...ours("locked"))).out).toContain("5A FF FF FF");
  });
});
