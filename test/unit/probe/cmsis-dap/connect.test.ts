import { describe, expect, it } from "vitest";
import { CmsisDapProbe } from "../../../../src/probe/cmsis-dap/cmsis-dap-probe.ts";
import type { UsbConfiguration } from "../../../../src/usb/usb-device.ts";
import { FakeUsb } from "../../usb/fake-usb.ts";
import { FakeClock } from "../fake-clock.ts";

/** A version 2 interface: bulk 0x81 in, 0x02 out. */
const BULK: UsbConfiguration = {
  configurationValue: 1,
  interfaces: [
    {
      interfaceNumber: 0,
      alternates: [
        {
          ...{ alternateSetting: 0, interfaceClass: 0xff, interfaceSubclass: 0, interfaceProtocol: 0 },
          interfaceName: "CMSIS-DAP v2",
          endpoints: [
            { endpointNumber: 1, direction: "in", type: "bulk", packetSize: 64 },
            { endpointNumber: 2, direction: "out", type: "bulk", packetSize: 64 },
          ],
        },
      ],
    },
  ],
};

const COMMAND = {
  info: 0,
  lamp: 1,
  connect: 2,
  disconnect: 3,
  transferConfigure: 4,
  pins: 0x10,
  clock: 0x11,
  swd: 0x13,
};
const OK = 0;
const REFUSED = 0xff;

/** DAP_Info's answers: capabilities, packets' number and size. */
const INFO: { readonly [id: number]: readonly number[] } = { 0xf0: [1, 0x01], 0xfe: [1, 4], 0xff: [2, 64, 0] };

/** A probe that answers every command with success, but for those that a test changes: what follows the id. */
function fakeDap(changes: { readonly [id: number]: readonly number[] } = {}, names = {}, info = INFO) {
  const device = new FakeUsb(([id, first]) => {
    if (id === COMMAND.info) return [Uint8Array.of(id, ...(info[first] ?? [0]))];
    const answer = changes[id] ?? (id === COMMAND.connect ? [1] : [OK]);
    return [Uint8Array.of(...(answer[0] === UNKNOWN ? [0xff] : [id, ...answer]))];
  });
  return Object.assign(device, { configuration: BULK, productName: "Board", serialNumber: "42" }, names) as FakeUsb;
}
/** Instead of an answer's first byte: the probe does not know the command. */
const UNKNOWN = -1;

async function opened(...args: Parameters<typeof fakeDap>) {
  const device = fakeDap(...args);
  const probe = await CmsisDapProbe.openUsb(device, new FakeClock());
  device.written.length = 0;
  return { device, probe, ids: () => device.written.map(([id]) => id) };
}

describe("a connection by a CMSIS-DAP probe", () => {
  it("switches to SWD, sets clock, transfers and turnaround, and lights the lamp", async () => {
    const { probe, device } = await opened();
    await probe.connect("swd", 4_000_000);
    expect(device.written.map((bytes) => Buffer.from(bytes).toString("hex"))).toEqual([
      "0201",
      "1100093d00",
      "040000000000",
      "1304",
      "010001",
    ]);
  });

  it.each([
    ["refuses", [REFUSED]],
    ["does not know", [UNKNOWN]],
  ])("stands where the probe %s the lamp", async (_, answer) => {
    const { probe } = await opened({ [COMMAND.lamp]: answer });
    await expect(probe.connect("swd", 1_000_000)).resolves.toBeDefined();
  });

  it("fails where the lamp's answer is of no such command", async () => {
    const { probe } = await opened({ [COMMAND.lamp]: [OK, 1] });
    await expect(probe.connect("swd", 1_000_000)).rejects.toMatchObject({ code: "probe-protocol" });
  });

  it.each([
    ["clock", COMMAND.clock, "DAP_SWJ_Clock"],
    ["transfers", COMMAND.transferConfigure, "DAP_TransferConfigure"],
    ["turnaround", COMMAND.swd, "DAP_SWD_Configure"],
  ])("fails where the probe refuses its %s", async (_, id, name) => {
    const { probe } = await opened({ [id]: [REFUSED] });
    await expect(probe.connect("swd", 1_000_000)).rejects.toMatchObject({
      code: "probe-unsupported",
      message: `The probe refused ${name} with status 0xFF`,
      details: { command: name, status: REFUSED },
    });
  });

  it.each([
    [0, "the probe did not switch to SWD"],
    [2, "the probe did not switch to SWD"],
  ])("fails where the probe selects port %i", async (port, why) => {
    const { probe } = await opened({ [COMMAND.connect]: [port] });
    await expect(probe.connect("swd", 1_000_000)).rejects.toMatchObject({
      code: "probe-unsupported",
      message: expect.stringContaining(why),
      details: { why },
    });
  });

  it("over JTAG is refused before anything is sent", async () => {
    const { probe, ids } = await opened();
    await expect(probe.connect("jtag", 1_000_000)).rejects.toMatchObject({ code: "probe-unsupported" });
    expect(ids()).toEqual([]);
  });

  it.each([
    [0.5, undefined],
    [Number.NaN, undefined],
    [1, 1],
    [1.9, 1],
    [0xffff_ffff, 0xffff_ffff],
    [0x1_0000_0000, 0xffff_ffff],
  ])("at %d Hz is clocked at %s", async (hz, clocked) => {
    const { probe } = await opened();
    if (clocked === undefined)
      await expect(probe.setSpeed(hz)).rejects.toMatchObject({ code: "probe-speed", details: { hz } });
    else expect(await probe.setSpeed(hz)).toBe(clocked);
  });

  it("waits for a reset line to rise, and for no pin that falls", async () => {
    const { probe, device } = await opened({ [COMMAND.pins]: [0x81] });
    expect(await probe.setPins({ nreset: 1 })).toMatchObject({ nreset: 1, tck: 1, tms: 0 });
    await probe.setPins({ nreset: 0 });
    expect(device.written.map((bytes) => Buffer.from(bytes).toString("hex"))).toEqual([
      "108080a0860100",
      "10008000000000",
    ]);
  });
});

describe("what a CMSIS-DAP probe can do", () => {
  const able = (capabilities: number) => opened({}, {}, { ...INFO, 0xf0: [1, capabilities] });

  it("is what its capabilities name: SWD by bit 0, SWO as a UART by bit 2", async () => {
    expect((await able(0x01)).probe.swo).toBeUndefined();
    expect((await able(0x05)).probe.swo).toBeDefined();
    await expect((await able(0x05)).probe.connect("swd", 1_000_000)).resolves.toBeDefined();
    await expect((await able(0x04)).probe.connect("swd", 1_000_000)).rejects.toMatchObject({
      code: "probe-unsupported",
      details: { why: "this probe has no SWD" },
    });
  });
});

describe("a command of a CMSIS-DAP probe's SWO that it does not know", () => {
  it.each([
    [0x17, "DAP_SWO_Transport"],
    [0x18, "DAP_SWO_Mode"],
    [0x19, "DAP_SWO_Baudrate"],
    [0x1a, "DAP_SWO_Control"],
  ])("is named: $1", async (id, name) => {
    const changes = { 0x19: [0x40, 0x42, 0x0f, 0], [id]: [UNKNOWN] };
    const { probe } = await opened(changes, {}, { ...INFO, 0xf0: [1, 0x05] });
    await expect(probe.swo?.start(1_000_000)).rejects.toMatchObject({
      code: "probe-unsupported",
      message: `Board 42 does not know ${name}`,
    });
  });
});

describe("the end of a connection by a CMSIS-DAP probe", () => {
  it("puts the lamp out, releases the pins and closes the device", async () => {
    const { probe, device, ids } = await opened();
    await probe.close();
    expect(ids()).toEqual([COMMAND.lamp, COMMAND.disconnect]);
    expect(device.written[0][2]).toBe(0);
    expect(device.opened).toBe(false);
  });

  it("releases the pins where the probe refuses the lamp", async () => {
    const { probe, ids } = await opened({ [COMMAND.lamp]: [REFUSED] });
    await probe.close();
    expect(ids()).toEqual([COMMAND.lamp, COMMAND.disconnect]);
  });

  it("closes the device where the probe answers nonsense", async () => {
    const { probe, device, ids } = await opened({ [COMMAND.lamp]: [OK, 1] });
    await probe.close();
    expect(ids()).toEqual([COMMAND.lamp]);
    expect(device.opened).toBe(false);
  });
});

describe("what a CMSIS-DAP probe is called", () => {
  const failing = { [COMMAND.pins]: [UNKNOWN] };

  it.each([
    ["product and serial number", { productName: "Board", serialNumber: "42" }, "Board 42"],
    ["its product", { productName: "Board", serialNumber: undefined }, "Board"],
    ["its protocol, where it has no product", { productName: undefined, serialNumber: "42" }, "CMSIS-DAP 42"],
  ])("in errors is %s", async (_, names, name) => {
    const { probe } = await opened(failing, names);
    await expect(probe.setPins({ nreset: 0 })).rejects.toMatchObject({
      code: "probe-unsupported",
      message: `${name} does not know DAP_SWJ_Pins`,
      details: { command: "DAP_SWJ_Pins" },
    });
  });
});
