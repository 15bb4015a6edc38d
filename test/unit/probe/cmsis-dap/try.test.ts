import { it, expect } from "vitest";
import { createTwin } from "../../../../src/twin/usb.ts";
import { flashBoard, example } from "../../../support/board.ts";
import { findDriver } from "../../../../src/probe/drivers.ts";
import { DebugPort } from "../../../../src/adi/debug-port.ts";
for (const probe of ["cmsis-dap","cmsis-dap-hs","cmsis-dap-v1"] as const) it(probe, async () => {
  const twin = createTwin({ chip: "MK24FN1M0xxx12", probe });
  const p = await findDriver(twin.hid ?? twin.device)!.open(twin.hid ?? twin.device, twin.clock);
  console.log(p.info);
  const port = await p.connect("swd", 4_000_000);
  const dp = await DebugPort.connect(port, twin.clock);
  expect(dp.id).toBe(0x2ba01477);
  await p.close();
});
