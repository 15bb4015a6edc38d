import { describe, expect, it } from "vitest";
import { DebugPort } from "../../../src/adi/debug-port.ts";
import { MemAp } from "../../../src/adi/mem-ap.ts";
import { findDriver } from "../../../src/probe/drivers.ts";
import { createTwin, type TwinOptions } from "../../../src/twin/usb.ts";
import { type Bench, counted } from "./bench.ts";
import { holdBlankChip, K24_BOARD } from "./k24-board.ts";
import { probeSuite } from "./suite.ts";

async function open(options: Partial<TwinOptions>): Promise<Bench> {
  const twin = createTwin({ chip: "MK24FN1M0xxx12", ...options });
  const device = counted(twin.hid ?? twin.device);
  const driver = findDriver(device);
  if (!driver) throw new Error("no driver knows the twin's probe");
  return { probe: await driver.open(device, twin.clock), clock: twin.clock, device };
}

/**
 * Packets of 64 bytes hold 14 words on their way out and 15 on their way in, of 512 bytes 126 and 127, of 1024 bytes 254
 * and 255, or 204 where other writes stand between; 64 KiB are 16384 words and 64 writes of TAR. A packet is two transfers.
 * Every packet differs in its count from its neighbours, so that responses can be distinguished: on average half a word less
 * of the smallest packets.
 */
const FULL_SPEED = { write64K: 2460, read64K: 2300, registers: 8 };
const HIGH_SPEED = { write64K: 304, read64K: 272, registers: 4 };
const LARGEST = { write64K: 160, read64K: 132, registers: 4 };

/** Where a CMSIS-DAP probe differs from a J-Link, and the suite allows it: no supply is measured, SWCLK is not reported. */
probeSuite({
  name: "CMSIS-DAP v2, high speed",
  board: K24_BOARD,
  budget: HIGH_SPEED,
  open: () => open({ probe: "cmsis-dap-hs" }),
});
probeSuite({
  name: "CMSIS-DAP v2, full speed",
  board: K24_BOARD,
  budget: FULL_SPEED,
  open: () => open({ probe: "cmsis-dap" }),
});
probeSuite({ name: "CMSIS-DAP v1", board: K24_BOARD, budget: FULL_SPEED, open: () => open({ probe: "cmsis-dap-v1" }) });
probeSuite({
  name: "CMSIS-DAP v2 with the smallest packets, one at a time",
  board: K24_BOARD,
  budget: FULL_SPEED,
  open: () => open({ probe: "cmsis-dap", dapPackets: { size: 64, count: 1 } }),
});
probeSuite({
  name: "CMSIS-DAP v2 with the largest packets, eight at a time",
  board: K24_BOARD,
  budget: LARGEST,
  open: () => open({ probe: "cmsis-dap-hs", dapPackets: { size: 1024, count: 8 } }),
});

describe("packets of every size and number", () => {
  const sizes = [
    { size: 64, ...FULL_SPEED },
    { size: 512, ...HIGH_SPEED },
    { size: 1024, ...LARGEST },
  ];
  const kinds = ["cmsis-dap-hs", "cmsis-dap-v1"] as const;
  const all = kinds.flatMap((probe) =>
    sizes.flatMap((budget) => [1, 2, 3, 4, 5, 6, 7, 8].map((count) => ({ probe, ...budget, count }))),
  );

  it.each(all)("$probe moves 16 KiB with $count packets of $size bytes", async (unit) => {
    const { probe, count, size } = unit;
    const { probe: opened, clock, device } = await open({ probe, dapPackets: { size, count } });
    const dp = await DebugPort.connect(await opened.connect("swd", 4_000_000), clock);
    await holdBlankChip(dp);
    const memory = await MemAp.open(dp.accessPort(0));
    const bytes = Uint8Array.from({ length: 16384 }, (_, i) => (i * 13) ^ (i >> 6));
    const start = device.transfers;
    await memory.write(K24_BOARD.ram, bytes, 32);
    const written = device.transfers;
    expect(await memory.read(K24_BOARD.ram, bytes.length, 32)).toEqual(bytes);
    expect(written - start).toBeLessThanOrEqual(Math.ceil(unit.write64K / 8) * 2);
    expect(device.transfers - written).toBeLessThanOrEqual(Math.ceil(unit.read64K / 8) * 2);
  });
});
