import { resolve } from "node:path";
import { expect, it } from "vitest";
import { decodeState, encodeState } from "../../../src/host/state-format.ts";
import { describeWith } from "../judges.ts";
import { useFamilyBench } from "./family-bench.ts";

const BLINKY = resolve("examples/rp2040-blinky/firmware.hex");
const FLASH = 0x10000000;
const BOARD = { chip: "RP2040", target: "rp2040", flash: "zero" } as const;

const pyocd = useFamilyBench("rp2040");
const { ok } = pyocd;

const board = (name: string) => [
  "--chip",
  "RP2040",
  "--probe",
  `twin:RP2040,flash=zero,state=${pyocd.workspace.path(name)}`,
];

describeWith("pyocd")("pyOCD on the RP2040 twin", () => {
  it.each(["jlink", "cmsis-dap-v1", "cmsis-dap-hs"] as const)(
    "wakes the dormant port, selects core 0 and finds its debug units behind %s",
    async (probe) => {
      await pyocd.open({ ...BOARD, probe });
      const output = await ok("cmd", "-v", "-c", "status", "-c", "read32 0x40000000 4");
      for (const line of [
        "DP IDR = 0x0bc12477",
        "AHB-AP#0 IDR = 0x04770031",
        "CPU core #0: Cortex-M0+ r0p1, v6.0-M architecture",
        "4 hardware breakpoints",
        "20002927",
      ])
        expect(output).toContain(line);
    },
  );

  it("reaches core 1 by its own port", async () => {
    await pyocd.open({ ...BOARD, target: "rp2040_core1" });
    expect(await ok("cmd", "-c", "halt", "-c", "read32 0xd0000000 4")).toContain("d0000000:  00000001");
  });

  it("loads with its own algorithm what we then verify and boot", async () => {
    const bench = await pyocd.open(BOARD);
    expect(await ok("load", BLINKY)).toContain("programmed 1024 bytes");
    pyocd.workspace.write("theirs", encodeState(bench.twin.snapshot()));
    const ours = board("theirs");
    expect((await pyocd.workspace.fp("verify", BLINKY, ...ours)).exit).toBe(0);
    await pyocd.workspace.fp("reset", ...ours);
    expect((await pyocd.workspace.fp("run", ...ours, "--uart", "stdout", "--for", "250")).out).toContain("blink 2\n");
  });

  it("reads what we have written, and erases a sector", async () => {
    await pyocd.workspace.fp("flash", BLINKY, ...board("ours"));
    const bench = await pyocd.open({ ...BOARD, state: decodeState(pyocd.workspace.bytes("ours"), "state") });
    expect(await ok("cmd", "-c", "halt", "-c", "read32 0x10000100 4")).toContain("10000100:  20042000");
    await ok("erase", "--sector", "0x10000000");
    expect(bench.twin.peekFlash(FLASH, 0x400).every((byte) => byte === 0xff)).toBe(true);
    // Its erase of everything goes through 16 MB of its own map, sector by sector: minutes of wall time.
  });
});
