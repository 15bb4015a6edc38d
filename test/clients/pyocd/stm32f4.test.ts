import { resolve } from "node:path";
import { expect, it } from "vitest";
import { encodeState } from "../../../src/host/state-format.ts";
import { example } from "../../support/board.ts";
import { describeWith } from "../judges.ts";
import { useFamilyBench } from "./family-bench.ts";

const BLINKY = resolve("examples/stm32f407-blinky/firmware.hex");
const FLASH = 0x08000000;

/** pyOCD has no F407 without a pack; the F429's first bank is the F407's flash. */
const BOARD = { chip: "STM32F429xI", target: "stm32f429xg", flash: "zero" } as const;

const pyocd = useFamilyBench("f4");
const { ok } = pyocd;

describeWith("pyocd")("pyOCD on the STM32F429 twin", () => {
  it("finds core, ROM table of ST's, and debug units", async () => {
    await pyocd.open(BOARD);
    const output = await ok("cmd", "-v", "-c", "status", "-c", "read32 0xe0042000 4");
    for (const line of [
      "DP IDR = 0x2ba01477 (v1 rev2)",
      "ROM table #0 @ 0xe00ff000 (designer=020:ST part=419)",
      "CPU core #0: Cortex-M4 r0p1, v7.0-M architecture",
      "6 hardware breakpoints, 2 literal comparators",
      "20036419",
    ])
      expect(output).toContain(line);
  });

  it("loads with its own algorithm what we then verify and run", async () => {
    const bench = await pyocd.open(BOARD);
    expect(await ok("load", BLINKY)).toContain("programmed");
    pyocd.workspace.write("board", encodeState(bench.twin.snapshot()));
    const ours = [
      "--chip",
      "STM32F429xI",
      "--probe",
      `twin:STM32F429xI,flash=zero,state=${pyocd.workspace.path("board")}`,
    ];
    expect((await pyocd.workspace.fp("verify", BLINKY, ...ours)).exit).toBe(0);
    await pyocd.workspace.fp("reset", ...ours);
    expect((await pyocd.workspace.fp("run", ...ours, "--uart", "stdout", "--for", "250")).out).toContain("on\noff\n");
  });

  it("finds unchanged what it has loaded, and erases a sector and everything", async () => {
    const bench = await pyocd.open(BOARD);
    await ok("load", BLINKY);
    expect(await ok("load", BLINKY)).toContain("programmed 0 bytes (0 pages)");
    await ok("erase", "-s", `0x${FLASH.toString(16)}`);
    expect(bench.twin.peekFlash(FLASH, 512).every((byte) => byte === 0xff)).toBe(true);
    await ok("load", BLINKY);
    await ok("erase", "--chip");
    expect(bench.twin.peekFlash(FLASH, 512).every((byte) => byte === 0xff)).toBe(true);
  });

  it("reads what we have written", async () => {
    const ours = [
      "--chip",
      "STM32F429xI",
      "--probe",
      `twin:STM32F429xI,flash=zero,state=${pyocd.workspace.path("ours")}`,
    ];
    await pyocd.workspace.fp("flash", BLINKY, ...ours);
    const { decodeState } = await import("../../../src/host/state-format.ts");
    await pyocd.open({ ...BOARD, state: decodeState(pyocd.workspace.bytes("ours"), "state") });
    const [first] = example("../stm32f407-blinky/firmware.hex").segments;
    const word = new DataView(first.bytes.buffer, first.bytes.byteOffset)
      .getUint32(0, true)
      .toString(16)
      .padStart(8, "0");
    expect(await ok("cmd", "-c", `read32 0x${FLASH.toString(16)} 4`)).toContain(`08000000:  ${word}`);
  });
});
