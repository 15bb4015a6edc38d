import { describe, expect, it } from "vitest";
import { connect, createTwin, flashImage, readImage } from "../../../src/entry/browser.ts";
import type { HidDevice } from "../../../src/usb/hid-device.ts";
import { ControlProbe } from "../../support/control-probe.ts";

const board = (faults = "") => createTwin({ chip: "MK24FN1M0xxx12", probe: "cmsis-dap-v1", ...(faults && { faults }) });

/** The probe with the twin's own clock behind it. */
const asProbe = (twin: ReturnType<typeof board>, device = new ControlProbe(twin.hid as HidDevice)) => ({
  ...twin,
  hid: undefined,
  device,
});

const image = () =>
  readImage(
    Uint8Array.from({ length: 0x1000 }, (_, i) => (i * 7) & 0xff),
    { name: "a.bin", format: "raw", address: 0x8000 },
  );

describe("an older DAPLink, whose interface has no endpoints", () => {
  it("flashes and verifies by control requests", async () => {
    const twin = board();
    const connection = await connect({ probe: asProbe(twin) as never, chip: "MK24FN1M0xxx12" });
    const { verify } = await flashImage(connection, image());
    await connection.close();
    expect(verify.verdict).toBe("equal");
    expect(twin.peekFlash(0x8000, 4)).toEqual(Uint8Array.of(0, 7, 14, 21));
  });

  it("releases its interface and closes the device at the end", async () => {
    const twin = board();
    const device = new ControlProbe(twin.hid as HidDevice);
    const connection = await connect({ probe: asProbe(twin, device) as never, chip: "MK24FN1M0xxx12" });
    expect(device.claimed).toBe(true);
    await connection.close();
    expect([device.claimed, device.opened]).toEqual([false, false]);
  });

  it("reports a pulled plug as such", async () => {
    const twin = board("unplug@usb=40");
    await expect(connect({ probe: asProbe(twin) as never, chip: "MK24FN1M0xxx12" })).rejects.toMatchObject({
      code: expect.stringMatching(/usb-unplugged|probe-protocol|usb-failed/),
    });
  });

  it("reports a request that the device refuses as a stall", async () => {
    const twin = board();
    const device = new ControlProbe(twin.hid as HidDevice);
    device.controlTransferOut = async () => ({ status: "stall", bytesWritten: 0 });
    await expect(connect({ probe: asProbe(twin, device) as never })).rejects.toMatchObject({ code: "usb-stall" });
  });
});
