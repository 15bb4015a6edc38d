import { findDriver } from "../../../src/probe/drivers.ts";
import { createTwin, type TwinOptions } from "../../../src/twin/usb.ts";
import { type Bench, counted } from "./bench.ts";
import { K24_BOARD } from "./k24-board.ts";
import { probeSuite } from "./suite.ts";

async function open(options: Partial<TwinOptions>): Promise<Bench> {
  const { device, clock } = createTwin({ chip: "MK24FN1M0xxx12", ...options });
  const usb = counted(device);
  const driver = findDriver(usb);
  if (!driver) throw new Error("no driver knows the twin's probe");
  return { probe: await driver.open(usb, clock), clock, device: usb };
}

/** 64 KiB are 12 commands of at most 1424 SWD transfers each, and as many answers. */
const BUDGET = { write64K: 24, read64K: 24, registers: 4 };

probeSuite({ name: "J-Link", board: K24_BOARD, budget: BUDGET, open: () => open({ probe: "jlink" }) });
probeSuite({ name: "J-Link on high speed", board: K24_BOARD, budget: BUDGET, open: () => open({ probe: "jlink-hs" }) });
