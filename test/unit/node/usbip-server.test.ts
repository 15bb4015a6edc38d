import { spawn } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import type { Clock } from "../../../src/base/clock.ts";
import { codeOf } from "../../../src/base/errors.ts";
import { MK24FN1M0xxx12 as chip } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import type { TcpServer } from "../../../src/node/servers/tcp-server.ts";
import { serveUsbip } from "../../../src/node/servers/usbip-server.ts";
import { findDriver, type ProbeDevice } from "../../../src/probe/drivers.ts";
import { connect } from "../../../src/session/connect.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import type { Twin, TwinOptions } from "../../../src/twin/usb.ts";
import type { HidDevice } from "../../../src/usb/hid-device.ts";
import type { UsbDevice } from "../../../src/usb/usb-device.ts";
import { describeWith } from "../../clients/judges.ts";
import { board, example } from "../../support/board.ts";
import { attach, ImportedDevice, importDevice, Wire } from "../../support/usbip-client.ts";

const servers: TcpServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(...twins: readonly Twin[]): Promise<number> {
  const server = await serveUsbip(twins, { host: "127.0.0.1", port: 0 }, { lockstep: true });
  servers.push(server);
  return server.port;
}

/** A HID device as a system's driver makes it: reports on the two interrupt endpoints. */
const asHid = (device: UsbDevice): HidDevice => ({
  vendorId: device.vendorId,
  productId: device.productId,
  productName: device.productName,
  serialNumber: device.serialNumber,
  opened: device.opened,
  reportSize: 64,
  open: () => device.open(),
  close: () => device.close(),
  sendReport: async (_, data) => void (await device.transferOut(1, data)),
  async receive() {
    const { data } = await device.transferIn(1, 64);
    return data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array();
  },
});

/** The board's own time, so that a busy machine is not too late; an alarm would drive it on, so there are none. */
const clockOf = ({ clock }: Twin): Clock => ({
  now: () => clock.now(),
  sleep: (us, signal) => clock.sleep(us, signal),
  alarm: () => () => {},
});

async function flash(device: ProbeDevice, twin: Twin) {
  const clock = clockOf(twin);
  const probe = await findDriver(device)?.open(device, clock);
  if (!probe) throw new Error("no driver knows the device");
  try {
    const session = await connect({ probe, clock, chip, hz: 4_000_000, how: "halt" });
    return await flashImage(session, { image: example("small.hex"), policy: "refuse", keepRest: true, permits: [] });
  } finally {
    await probe.close();
  }
}

const PROBES = ["jlink", "jlink-hs", "cmsis-dap", "cmsis-dap-hs", "cmsis-dap-v1"] as const;

describe("boards served by USB/IP", () => {
  it.each(PROBES)("let our drivers flash a board through %s, from the device's own descriptors", async (probe) => {
    const twin = board({ flash: "zero", probe });
    const device = await attach(await serve(twin), "1-1");
    expect(device).toMatchObject({
      vendorId: twin.device.vendorId,
      productId: twin.device.productId,
      manufacturerName: twin.device.manufacturerName,
      productName: twin.device.productName,
      serialNumber: twin.device.serialNumber,
      configuration: twin.device.configuration,
    });
    const { verify } = await flash(probe === "cmsis-dap-v1" ? asHid(device) : device, twin);
    expect(verify.verdict).toBe("equal");
    const [{ address, bytes }] = example("small.hex").segments;
    expect(twin.peekFlash(address, bytes.length)).toEqual(bytes);
  });

  it("have a bus id each, on one port", async () => {
    const port = await serve(board({ serial: "111" }), board({ serial: "222", probe: "cmsis-dap" }));
    expect((await attach(port, "1-2")).serialNumber).toBe("222");
    expect((await attach(port, "1-1")).serialNumber).toContain("111");
    expect((await importDevice(port, "1-3")).status).toBe(4);
  });

  it("are imported by one at a time, and by the next when that one has gone", async () => {
    const port = await serve(board());
    const first = await importDevice(port, "1-1");
    expect((await importDevice(port, "1-1")).status).toBe(2);
    first.wire.socket.destroy();
    expect((await importDevice(port, "1-1")).status).toBe(0);
  });

  it("end the connection of a client with another protocol", async () => {
    const wire = new Wire(await serve(board()));
    wire.socket.write("GET / HTTP/1.1\r\n");
    expect((await wire.rest()).length).toBe(0);
  });

  it("vanish when a fault pulls the plug, and are back for the next import", async () => {
    const twin = board({ flash: "zero", faults: "unplug@usb=60" });
    const port = await serve(twin);
    const failure = await flash(await attach(port, "1-1"), twin).catch((error: unknown) => error);
    expect(codeOf(failure)).toBe("usb-unplugged");
    const probe = await findDriver(twin.device)?.open(await attach(port, "1-1"), clockOf(twin));
    expect(probe?.info.serial).toBe("59304712");
  });

  it("report a stall until it is cleared", async () => {
    const device = await attach(await serve(board({ faults: "stall@usb=1" })), "1-1");
    const halted = async () => (await device.raw.controlIn(0x82, 0, 0, 2, 2)).data[0];
    expect(await device.transferOut(2, Uint8Array.of(1))).toEqual({ status: "stall", bytesWritten: 0 });
    expect(await halted()).toBe(1);
    expect((await device.transferOut(2, Uint8Array.of(1))).status).toBe("stall");
    await device.clearHalt("out", 2);
    expect(await halted()).toBe(0);
    expect(await device.transferOut(2, Uint8Array.of(1))).toEqual({ status: "ok", bytesWritten: 1 });
  });
});

describe("a transfer in that is called off", () => {
  it("leaves what comes to the next one", async () => {
    const { wire } = await importDevice(await serve(board()), "1-1");
    const device = new ImportedDevice(wire);
    const first = device.submit(1, { in: 512 });
    expect(await device.unlink(first.sequence)).toBe(-104);
    await device.submit(2, { out: Uint8Array.of(0x01) }).end;
    const second = await device.submit(1, { in: 64 }).end;
    expect(second?.data.readUInt16LE(0)).toBe(112);
  });

  it("has ended already when its end is on its way", async () => {
    const { wire } = await importDevice(await serve(board()), "1-1");
    const device = new ImportedDevice(wire);
    const out = device.submit(2, { out: Uint8Array.of(0x01) });
    await out.end;
    expect(await device.unlink(out.sequence)).toBe(0);
  });
});

describeWith("vm")("usbip, the kernel's own tool", () => {
  it("lists every board with its bus id, its ids and the classes of its interfaces", async () => {
    const kinds: readonly TwinOptions["probe"][] = ["jlink", "cmsis-dap", "cmsis-dap-v1"];
    const port = await serve(...kinds.map((probe) => board({ probe })));
    const output = await run("usbip", ["--tcp-port", String(port), "list", "-r", "127.0.0.1"]);
    expect(output).toMatch(/1-1: .*\(1366:0101\)[\s\S]*\(ff\/ff\/ff\)/);
    expect(output).toMatch(/1-2: .*\(0d28:0204\)[\s\S]*\(ff\/00\/00\)/);
    expect(output).toMatch(/1-3: .*\(0d28:0204\)[\s\S]*\(03\/00\/00\)/);
  });
});

const run = (command: string, args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` } });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on("error", reject).on("close", () => resolve(output));
  });
