import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DebugPort } from "../../../src/adi/debug-port.ts";
import { MemAp } from "../../../src/adi/mem-ap.ts";
import { equalBytes } from "../../../src/base/bytes.ts";
import { type Clock, SECOND } from "../../../src/base/clock.ts";
import { codeOf } from "../../../src/base/errors.ts";
import { findDriver } from "../../../src/probe/drivers.ts";
import type { Probe } from "../../../src/probe/probe.ts";
import { createTwin, type Twin } from "../../../src/twin/usb.ts";
import type { UsbDevice } from "../../../src/usb/usb-device.ts";
import { holdBlankChip } from "./k24-board.ts";

const RAM = 0x20000000;
const DATA = Uint8Array.from({ length: 4096 }, (_, i) => (i * 11) ^ (i >> 7));

/** Its core sleeps: what it would do in the seconds of virtual time that some faults take is no matter of the wire. */
const twinWith = (faults: string): Twin => createTwin({ chip: "MK24FN1M0xxx12", execute: false, faults });

async function withProbe<T>(device: UsbDevice, clock: Clock, work: (probe: Probe) => Promise<T>): Promise<T> {
  const probe = await findDriver(device)?.open(device, clock);
  if (!probe) throw new Error("no driver knows the twin's probe");
  try {
    return await work(probe);
  } finally {
    await probe.close();
  }
}

/** Connects, writes 4 KB to RAM and reads them back: 38 USB transfers and 2200 SWD transfers. */
const job = ({ device, clock }: Twin): Promise<Uint8Array> =>
  withProbe(device, clock, async (probe) => {
    const dp = await DebugPort.connect(await probe.connect("swd", 4_000_000), clock);
    await holdBlankChip(dp);
    const memory = await MemAp.open(dp.accessPort(0));
    await memory.write(RAM, DATA, 32);
    return memory.read(RAM, DATA.length, 32);
  });

/** `right data`, `wrong data`, or the code of the error. */
const outcomeOf = (work: Promise<Uint8Array>): Promise<string> =>
  work.then(
    (data) => (equalBytes(data, DATA) ? "right data" : "wrong data"),
    (error) => codeOf(error) ?? String(error),
  );

async function outcomeWith(faults: string): Promise<string> {
  const twin = twinWith(faults);
  const outcome = await outcomeOf(job(twin));
  expect(struck(twin)).toBe(true);
  return outcome;
}

const struck = (twin: Twin): boolean => twin.faultsFired.every(({ count }) => count > 0);

describe("job without faults", () => {
  it("reads back what it wrote", async () => {
    expect(await outcomeOf(job(twinWith("")))).toBe("right data");
  });
});

describe("J-Link with faults on SWD", () => {
  it.each(["wait@dap=200", "wait@dap=200x50", "wait@dap=1500x5", "wait@dap=12+wait@dap=30x3"])(
    "retries after %s until it is over, and repeats no transfer that was done",
    async (faults) => {
      expect(await outcomeWith(faults)).toBe("right data");
    },
  );

  it.each([
    ["wait@dap=200x1000000", "dap-wait"],
    ["fault@dap=200", "memory-fault"],
    ["parity@dap=1500", "dap-parity"],
    ["parity@dap=200", "dp-sticky-error"],
    ["noack@dap=200", "dap-no-ack"],
    ["noack@dap=1x1000000", "dp-no-target"],
  ])("ends %s as %s", async (faults, code) => {
    expect(await outcomeWith(faults)).toBe(code);
  });

  it("repeats a connect whose acknowledge was lost once", async () => {
    expect(await outcomeWith("noack@dap=1")).toBe("right data");
  });
});

describe("J-Link with faults on USB", () => {
  it.each([
    ["stall@usb=24", "usb-stall"],
    ["unplug@usb=24", "usb-unplugged"],
    ["long@usb=26", "probe-protocol"],
    ["short@usb=26", "timeout"],
    ["late@usb=26:6000", "timeout"],
  ])("ends %s as %s", async (faults, code) => {
    expect(await outcomeWith(faults)).toBe(code);
  });

  it("waits for a response that is late but comes", async () => {
    expect(await outcomeWith("late@usb=26:4000")).toBe("right data");
  });
});

describe("random faults at random points", () => {
  const anyUsb = fc.constantFrom("stall", "short", "long", "garbage", "late");
  const anyDap = fc.constantFrom("wait", "fault", "parity", "noack");
  const anyFault = fc.oneof(
    fc
      .tuple(anyUsb, fc.integer({ min: 1, max: 38 }))
      .map(([kind, n]) => `${kind}@usb=${n}${kind === "late" ? ":7000" : ""}`),
    fc.tuple(anyDap, fc.integer({ min: 1, max: 2200 })).map(([kind, n]) => `${kind}@dap=${n}`),
  );

  it("end a job in time with the right data or a typed error", async () => {
    await fc.assert(
      fc.asyncProperty(anyFault, async (faults) => {
        const twin = twinWith(faults);
        const outcome = await outcomeOf(job(twin));
        expect(outcome).toMatch(/^(right data|timeout|(usb|pipe|probe|dap|dp|ap|memory)-.*)$/);
        expect(twin.clock.now()).toBeLessThan(20 * SECOND);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it("do not break the next job on the same probe", async () => {
    await fc.assert(
      fc.asyncProperty(anyFault, async (faults) => {
        const twin = twinWith(faults);
        await outcomeOf(job(twin));
        fc.pre(struck(twin));
        expect(await outcomeOf(job(twin))).toBe("right data");
      }),
      { numRuns: 40, seed: 2 },
    );
  });
});
