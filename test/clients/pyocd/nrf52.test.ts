import { resolve } from "node:path";
import { expect, it } from "vitest";
import { decodeState, encodeState } from "../../../src/host/state-format.ts";
import { describeWith } from "../judges.ts";
import { useFamilyBench } from "./family-bench.ts";

const BLINKY = resolve("examples/nrf52840-blinky/firmware.hex");
const CHIP = "nRF52840_xxAA";
const BOARD = { chip: CHIP, target: "nrf52840", flash: "zero" } as const;

const pyocd = useFamilyBench("nrf52");
const { ok } = pyocd;

const ours = (file: string) => [
  "--chip",
  CHIP,
  "--probe",
  `twin:${CHIP},flash=zero,state=${pyocd.workspace.path(file)}`,
];

describeWith("pyocd")("pyOCD on the nRF52840 twin", () => {
  it("finds core, Nordic's ROM table, and part", async () => {
    await pyocd.open(BOARD);
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
    const bench = await pyocd.open(BOARD);
    expect(await ok("load", BLINKY)).toContain("programmed");
    pyocd.workspace.write("board", encodeState(bench.twin.snapshot()));
    expect((await pyocd.workspace.fp("verify", BLINKY, ...ours("board"))).exit).toBe(0);
    await pyocd.workspace.fp("reset", ...ours("board"));
    const run = await pyocd.workspace.fp("run", ...ours("board"), "--uart", "stdout", "--until", "blink 3");
    expect(run.out).toContain("blink 2");
  });

  it("finds unchanged what it has loaded, and erases a page and everything", async () => {
    const bench = await pyocd.open(BOARD);
    await ok("load", BLINKY);
    expect(await ok("load", BLINKY)).toContain("programmed 0 bytes (0 pages)");
    await ok("erase", "-s", "0x0");
    expect(bench.twin.peekFlash(0, 512).every((byte) => byte === 0xff)).toBe(true);
    await ok("load", BLINKY);
    await ok("erase", "--chip");
    expect(bench.twin.peekFlash(0, 512).every((byte) => byte === 0xff)).toBe(true);
  });

  it("reads what we have written", async () => {
    await pyocd.workspace.fp("flash", BLINKY, ...ours("ours"));
    await pyocd.open({ ...BOARD, state: decodeState(pyocd.workspace.bytes("ours"), "state") });
    expect(await ok("cmd", "-c", "read32 0x0 4")).toContain("00000000:  20040000");
  });

  it.each([CHIP, `${CHIP}-F0`])("opens a locked %s by its own mass erase", async (chip) => {
    await pyocd.open({ ...BOARD, chip, locked: true });
    expect(await ok("erase", "--mass")).toMatch(/erase/i);
    expect(await ok("cmd", "-c", "read32 0x0 4")).toContain("00000000:  ffffffff");
  });
});
