import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DebugPort } from "../../../src/adi/debug-port.ts";
import { MemAp } from "../../../src/adi/mem-ap.ts";
import { equalBytes } from "../../../src/base/bytes.ts";
import { SECOND } from "../../../src/base/clock.ts";
import { codeOf } from "../../../src/base/errors.ts";
import { findDriver } from "../../../src/probe/drivers.ts";
import { createTwin, type Twin } from "../../../src/twin/usb.ts";
import type { UsbDevice } from "../../../src/usb/usb-device.ts";
import { holdBlankChip } from "./k24-board.ts";

const RAM = 0x20000000;
const DATA = Uint8Array.from({ length: 4096 }, (_, i) => (i * 11) ^ (i >> 7));
const PROBES = ["cmsis-dap-hs", "cmsis-dap", "cmsis-dap-v1"] as const;
type ProbeName = (typeof PROBES)[number];

/** Its core sleeps: what it would do in the seconds of virtual time that some faults take is no matter of the wire. */
const twinWith = (probe: ProbeName, faults: string): Twin =>
  createTwin({ chip: "MK24FN1M0xxx12", execute: false, probe, faults });

/** Connects, writes 4 KB to RAM and reads them back: some 60 to 350 USB transfers and 2200 SWD transfers. */
async function job(twin: Pick<Twin, "device" | "hid" | "clock">): Promise<Uint8Array> {
  const device = twin.hid ?? twin.device;
  const probe = await findDriver(device)?.open(device, twin.clock);
  if (!probe) throw new Error("no driver knows the twin's probe");
  try {
    const dp = await DebugPort.connect(await probe.connect("swd", 4_000_000), twin.clock);
    await holdBlankChip(dp);
    const memory = await MemAp.open(dp.accessPort(0));
    await memory.write(RAM, DATA, 32);
    return await memory.read(RAM, DATA.length, 32);
  } finally {
    await probe.close();
  }
}

/** `right data`, `wrong data`, or the code of the error. */
const outcomeOf = (work: Promise<Uint8Array>): Promise<string> =>
  work.then(
    (data) => (equalBytes(data, DATA) ? "right data" : "wrong data"),
    (error) => codeOf(error) ?? String(error),
  );

const struck = (twin: Twin): boolean => twin.faultsFired.every(({ count }) => count > 0);

async function outcomeWith(probe: ProbeName, faults: string): Promise<string> {
  const twin = twinWith(probe, faults);
  const outcome = await outcomeOf(job(twin));
  expect(struck(twin)).toBe(true);
  return outcome;
}

describe.each(PROBES)("%s with injected faults", (probe) => {
  it.each(["wait@dap=100", "wait@dap=100x50", "wait@dap=1500x5", "wait@dap=1800x5", "wait@dap=12+wait@dap=30x3"])(
    "retries after %s until it is over, and repeats no transfer that was done",
    async (faults) => {
      expect(await outcomeWith(probe, faults)).toBe("right data");
    },
  );

  it.each([
    ["wait@dap=300x1000000", "dap-wait"],
    ["fault@dap=300", "memory-fault"],
    ["parity@dap=1500", "dap-parity"],
    ["parity@dap=400", "dp-sticky-error"],
    ["noack@dap=300", "dap-no-ack"],
    ["noack@dap=1x1000000", "dp-no-target"],
  ])("ends %s as %s", async (faults, code) => {
    expect(await outcomeWith(probe, faults)).toBe(code);
  });

  it.each([
    ["unplug@usb=40", "usb-unplugged"],
    ["short@usb=42", "probe-protocol"],
    ["long@usb=42", "probe-protocol"],
    ["late@usb=42:6000", "timeout"],
  ])("ends %s as %s", async (faults, code) => {
    expect(await outcomeWith(probe, faults)).toBe(code);
  });

  it("waits for a response that is late but comes", async () => {
    expect(await outcomeWith(probe, "late@usb=42:4000")).toBe("right data");
  });

  it("names the probe and the command in the error when it is unplugged", async () => {
    const twin = twinWith(probe, "unplug@usb=42");
    const expected = {
      code: "usb-unplugged",
      details: {
        probe: "DAPLink CMSIS-DAP 59304712",
        phase: expect.stringMatching(/^DAP_(?:Transfer|ExecuteCommands)/),
      },
    };
    await expect(job(twin)).rejects.toMatchObject(expected);
  });
});

describe("probe that reports WAIT without a WAIT of the target", () => {
  /** Answers the first block of writes as if it had stopped after three. */
  function lying(twin: Twin): UsbDevice {
    let lies = 1;
    const transferIn = async (endpoint: number, length: number) => {
      const result = await twin.device.transferIn(endpoint, length);
      const isBlock = result.data?.byteLength === 4 && result.data.getUint8(0) === 0x06;
      if (isBlock && lies-- > 0) for (const [i, byte] of [3, 0, 2].entries()) result.data.setUint8(i + 1, byte);
      return result;
    };
    return new Proxy(twin.device, {
      get: (target, key) => {
        const value: unknown = key === "transferIn" ? transferIn : Reflect.get(target, key);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  it("fails with probe-protocol, because a retry would write elsewhere", async () => {
    const twin = twinWith("cmsis-dap-hs", "");
    const device = lying(twin);
    expect(await outcomeOf(job({ ...twin, device }))).toBe("probe-protocol");
  });
});

describe("random faults at random points", () => {
  const anyProbe = fc.constantFrom(...PROBES);
  const anyUsb = fc.constantFrom("stall", "short", "long", "garbage", "late", "unplug");
  const anyDap = fc.constantFrom("wait", "fault", "parity", "noack");
  const anyFault = fc.oneof(
    fc
      .tuple(anyUsb, fc.integer({ min: 1, max: 60 }))
      .map(([kind, n]) => `${kind}@usb=${n}${kind === "late" ? ":7000" : ""}`),
    fc.tuple(anyDap, fc.integer({ min: 1, max: 2200 })).map(([kind, n]) => `${kind}@dap=${n}`),
  );

  it("end a job in time with the right data or a typed error", async () => {
    await fc.assert(
      fc.asyncProperty(anyProbe, anyFault, async (probe, faults) => {
        const twin = twinWith(probe, faults);
        const outcome = await outcomeOf(job(twin));
        expect(outcome).toMatch(/^(right data|timeout|(usb|pipe|probe|dap|dp|ap|memory)-.*)$/);
        expect(twin.clock.now()).toBeLessThan(20 * SECOND);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it("do not break the next job on the same probe", async () => {
    await fc.assert(
      fc.asyncProperty(anyProbe, anyFault, async (probe, faults) => {
        fc.pre(!faults.startsWith("unplug"));
        const twin = twinWith(probe, faults);
        await outcomeOf(job(twin));
        fc.pre(struck(twin));
        expect(await outcomeOf(job(twin))).toBe("right data");
      }),
      { numRuns: 60, seed: 2 },
    );
  });
});
