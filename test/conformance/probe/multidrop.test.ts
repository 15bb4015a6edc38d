import { describe, expect, it } from "vitest";
import { DebugPort } from "../../../src/adi/debug-port.ts";
import { MemAp } from "../../../src/adi/mem-ap.ts";
import { hex32 } from "../../../src/base/u32.ts";
import { findDriver, type ProbeDevice } from "../../../src/probe/drivers.ts";
import type { DapReg, Probe } from "../../../src/probe/probe.ts";
import { JTAG_TO_SWD, LINE_RESET } from "../../../src/probe/swd/sequences.ts";
import { shiftThrough } from "../../../src/twin/chip/debug/swd-shift.ts";
import { TwinClock } from "../../../src/twin/clock.ts";
import { FaultPlan } from "../../../src/twin/fault-plan.ts";
import { CmsisDapHid } from "../../../src/twin/probe/cmsis-dap/cmsis-dap-hid.ts";
import { cmsisDapOnUsb } from "../../../src/twin/probe/cmsis-dap/cmsis-dap-usb.ts";
import { jlinkOnUsb } from "../../../src/twin/probe/jlink/jlink-usb.ts";
import type { TargetWire } from "../../../src/twin/probe/probe-model.ts";
import { TwinUsbDevice } from "../../../src/twin/probe/twin-usb-device.ts";
import { RAM, TARGETID, TestChip } from "../../unit/twin/chip/test-chip.ts";

const PROBES = ["jlink", "jlink-hs", "cmsis-dap", "cmsis-dap-hs", "cmsis-dap-v1"] as const;
type ProbeName = (typeof PROBES)[number];
const HZ = 4_000_000;
const targetsel = (instance: number) => (TARGETID | (instance << 28)) >>> 0;
/** RAM at the start of each core's own slice in the test. */
const cell = (instance: number) => RAM + 0x100 * (instance + 1);
const reg = (port: DapReg["port"], a: DapReg["a"]): DapReg => ({ port, a });

/** The made-up chip with two debug ports on one wire, behind a probe. */
async function bench(name: ProbeName, options: { startsDormant?: boolean; without?: number } = {}) {
  const chip = new TestChip({ startsDormant: options.startsDormant ?? false });
  const wire: TargetWire = {
    shift: (shift) => shiftThrough(chip.wire, shift),
    setReset: () => {},
    resetLevel: () => 1,
    vtrefMv: () => 3300,
  };
  const clock = new TwinClock({ start: 0, passed: () => {} });
  const model = name === "jlink" || name === "jlink-hs" ? jlinkOnUsb(name, "1", wire) : cmsisDapOnUsb(name, "1", wire);
  const usb = new TwinUsbDevice(model, { clock, faults: new FaultPlan([], 1, 0), seed: 1, onTransfer: () => {} });
  const whole: ProbeDevice = name === "cmsis-dap-v1" ? new CmsisDapHid(usb, 64) : usb;
  const device = options.without === undefined ? whole : withoutCommand(whole, options.without);
  const probe = (await findDriver(device)?.open(device, clock)) as Probe;
  const port = await probe.connect("swd", HZ);
  return { chip, clock, probe, port };
}

/** Firmware that lacks a CMSIS-DAP command: its id becomes one that no firmware has. */
function withoutCommand(device: ProbeDevice, id: number): ProbeDevice {
  const hidden = (bytes: Uint8Array) => (bytes[0] === id ? Uint8Array.of(0x40, ...bytes.subarray(1)) : bytes);
  return new Proxy(device, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== "function") return value;
      if (key === "transferOut")
        return (endpoint: number, bytes: Uint8Array) => value.call(target, endpoint, hidden(bytes));
      if (key === "sendReport") return (report: number, bytes: Uint8Array) => value.call(target, report, hidden(bytes));
      return value.bind(target);
    },
  });
}

describe.each(PROBES)("several debug ports on one wire, through %s", (name) => {
  it.each([0, 1])("instance %i is selected by TARGETSEL, and its core's memory is reached", async (instance) => {
    const { chip, clock, port } = await bench(name);
    const dp = await DebugPort.connect(port, clock, {}, { targetsel: targetsel(instance) });
    await dp.write(0x8, 3);
    expect(hex32(await dp.read(0x4))).toBe(hex32(((instance << 28) | 1) >>> 0));
    const memory = await MemAp.open(dp.accessPort(0));
    await memory.write(0xe000edfc, Uint8Array.of(0, 0, 0, 1), 32);
    const demcr = [0, 1].map((n) => chip.bus.read(0xe000edfc, 4, chip.cores[n].asDebugger));
    expect(demcr).toEqual([0, 1].map((n) => (n === instance ? 0x01000000 : 0)));
  });

  it("ports that start dormant are woken", async () => {
    const { clock, port } = await bench(name, { startsDormant: true });
    expect(hex32((await DebugPort.connect(port, clock, {}, { targetsel: targetsel(1) })).id)).toBe("0BC12477");
  });

  it("ports that start dormant are woken where no port is named", async () => {
    const { clock, port } = await bench(name, { startsDormant: true });
    expect(hex32((await DebugPort.connect(port, clock)).id)).toBe("0BC12477");
  });

  it("an instance that is not there is dp-no-target with its number", async () => {
    const { clock, port } = await bench(name);
    const connecting = DebugPort.connect(port, clock, {}, { targetsel: targetsel(7) });
    await expect(connecting).rejects.toMatchObject({ code: "dp-no-target", details: { targetsel: "0x71002927" } });
  });

  it("selects the same port again after a line reset of the driver's own", async () => {
    const { chip, clock, port } = await bench(name);
    const dp = await DebugPort.connect(port, clock, {}, { targetsel: targetsel(1) });
    // A request with wrong parity, without the driver's knowledge: the port is silent until a line reset.
    for (const bit of [1, 0, 0, 1, 1, 1, 0, 1]) chip.wire.clock(bit, 1);
    await expect(dp.read(0x0)).rejects.toMatchObject({ code: "dap-no-ack" });
    await dp.write(0x8, 3);
    expect(hex32(await dp.read(0x4))).toBe("10000001");
  });

  it("switches from one port to the other and back, each with its own SELECT", async () => {
    const { clock, port } = await bench(name);
    for (const instance of [0, 1, 0]) {
      const dp = await DebugPort.connect(port, clock, {}, { targetsel: targetsel(instance) });
      const memory = await MemAp.open(dp.accessPort(0));
      await memory.write(cell(instance), Uint8Array.of(instance, 1, 2, 3), 32);
      expect([...(await memory.read(cell(instance), 4, 32))]).toEqual([instance, 1, 2, 3]);
    }
  });

  it("reads released runs of clocks as they stood before each edge", async () => {
    const { port } = await bench(name);
    await port.sequence(JTAG_TO_SWD.bits, JTAG_TO_SWD.count);
    // Request of DPIDR; turnaround; ACK; data; parity: of both ports together.
    const [turnaround, ack, data] = await port.swdSequence([
      { count: LINE_RESET.count, drive: LINE_RESET.bits },
      { count: 8, drive: Uint8Array.of(0xa5) },
      { count: 1 },
      { count: 3 },
      { count: 33 },
    ]);
    expect([turnaround.length, [...ack], [...data.subarray(0, 4)]]).toEqual([1, [1], [0x77, 0x24, 0xc1, 0x0b]]);
  });

  it("takes runs of more than 64 clocks, and of any number", async () => {
    const { port } = await bench(name);
    const runs = [{ count: 130 }, { count: 70, drive: new Uint8Array(9) }, { count: 64 }, { count: 1 }];
    const levels = await port.swdSequence([...runs, ...runs, ...runs]);
    expect(levels.map((bytes) => bytes.length)).toEqual([17, 8, 1, 17, 8, 1, 17, 8, 1]);
    expect(levels[0].subarray(0, 16).every((byte) => byte === 0xff)).toBe(true);
    await expect(port.transfer([{ op: "read", reg: reg("dp", 0), count: 1 }])).rejects.toMatchObject({
      code: "dap-no-ack",
    });
  });
});

describe.each(["cmsis-dap", "cmsis-dap-v1"] as const)("%s of a firmware without DAP_SWD_Sequence", (name) => {
  it("refuses to select a port, by a typed error that names the command", async () => {
    const { clock, port } = await bench(name, { without: 0x1d });
    await expect(DebugPort.connect(port, clock, {}, { targetsel: targetsel(0) })).rejects.toMatchObject({
      code: "probe-unsupported",
      details: { command: "DAP_SWD_Sequence" },
    });
  });
});
