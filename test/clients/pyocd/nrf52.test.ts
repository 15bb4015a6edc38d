import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { decodeState, encodeState } from "../../../src/node/boards/state-format.ts";
import { Workspace } from "../../cli/workspace.ts";
import { describeWith } from "../judges.ts";
import { type Bench, openBench } from "./bench.ts";

const BLINKY = resolve("examples/nrf52840-blinky/firmware.hex");
const CHIP = "nRF52840_xxAA";
const BOARD = { chip: CHIP, target: "nrf52840", flash: "zero" } as const;

let folder: string;
let bench: Bench | undefined;
let workspace: Workspace;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "flashproof-pyocd-nrf52-"));
  workspace = new Workspace();
});
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  workspace.clear();
});

/** What pyOCD prints where it ends well. */
async function ok(subcommand: string, ...args: readonly string[]): Promise<string> {
  if (!bench) throw new Error("no bench is open");
  const { code, output } = await bench.pyocd(subcommand, ...args);
  expect(code, output).toBe(0);
  return output;
}

const ours = (file: string) => ["--chip", CHIP, "--probe", `twin:${CHIP},flash=zero,state=${workspace.path(file)}`];

describeWith("pyocd")("pyOCD on the nRF52840 twin", () => {
  it("finds core, Nordic's ROM table, and part", async () => {
    bench = await openBench(folder, BOARD);
    const output = await ok("cmd", "-v", "-c", "status", "-c", "read32 0x10000100 4");
    for (const line of [
      "DP IDR = 0x2ba01477 (v1 rev2)",
      "ROM table #0 @ 0xe00ff000 (designer=244 part=008)",
      "CPU core #0: Cortex-M4 r0p1, v7.0-M architecture",
      "00052840",
    ])
      expect(output).toContain(line);
  });

  it("loads with its own algorithm what we then verify and run", async () => {
    bench = await openBench(folder, BOARD);
    expect(await ok("load", BLINKY)).toContain("programmed");
    workspace.write("board", encodeState(bench.twin.snapshot()));
    expect((await workspace.fp("verify", BLINKY, ...ours("board"))).exit).toBe(0);
    await workspace.fp("reset", ...ours("board"));
    const run = await workspace.fp("run", ...ours("board"), "--uart", "stdout", "--until", "blink 3");
    expect(run.out).toContain("blink 2");
  });

  it("finds unchanged what it has loaded, and erases a page and everything", async () => {
    bench = await openBench(folder, BOARD);
    await ok("load", BLINKY);
    expect(await ok("load", BLINKY)).toContain("programmed 0 bytes (0 pages)");
    await ok("erase", "-s", "0x0");
    expect(bench.twin.peekFlash(0, 512).every((byte) => byte === 0xff)).toBe(true);
    await ok("load", BLINKY);
    await ok("erase", "--chip");
    expect(bench.twin.peekFlash(0, 512).every((byte) => byte === 0xff)).toBe(true);
  });

  it("reads what we have written", async () => {
    await workspace.fp("flash", BLINKY, ...ours("ours"));
    bench = await openBench(folder, { ...BOARD, state: decodeState(workspace.bytes("ours"), "state") });
    expect(await ok("cmd", "-c", "read32 0x0 4")).toContain("00000000:  20040000");
  });

  it.each([CHIP, `${CHIP}-F0`])("opens a locked %s by its own mass erase", async (chip) => {
    bench = await openBench(folder, { ...BOARD, chip, locked: true });
    expect(await ok("erase", "--mass")).toMatch(/erase/i);
    expect(await ok("cmd", "-c", "read32 0x0 4")).toContain("00000000:  ffffffff");
  });
});
