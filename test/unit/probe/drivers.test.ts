import { describe, expect, it } from "vitest";
import { findDriver, isHidDevice, type ProbeDevice } from "../../../src/probe/drivers.ts";
import type { UsbAlternate, UsbConfiguration } from "../../../src/usb/usb-device.ts";
import { fakeJLink } from "./fake-jlink.ts";

const NOTHING = { configurationValue: 1, interfaces: [] };

/** A configuration with two bulk endpoints in one interface. */
const bulk = (more: Partial<UsbAlternate> = {}): UsbConfiguration => ({
  configurationValue: 1,
  interfaces: [
    {
      interfaceNumber: 0,
      alternates: [
        {
          ...{ alternateSetting: 0, interfaceClass: 0xff, interfaceSubclass: 0, interfaceProtocol: 0 },
          endpoints: [
            { endpointNumber: 1, direction: "in", type: "bulk", packetSize: 64 },
            { endpointNumber: 2, direction: "out", type: "bulk", packetSize: 64 },
          ],
          ...more,
        },
      ],
    },
  ],
});

const usb = (productName: string | undefined, configuration: UsbConfiguration | undefined, vendorId = 0x1234) =>
  Object.assign(fakeJLink(), { vendorId, productName, configuration }) as ProbeDevice;
const hid = (productName: string | undefined) =>
  ({ vendorId: 0x1234, productId: 1, productName, sendReport: async () => {} }) as unknown as ProbeDevice;

describe("the driver of a device", () => {
  it("is J-Link's by the vendor, where the interface can't be seen or is there", () => {
    expect(findDriver(usb("J-Link", undefined, 0x1366))?.name).toBe("jlink");
    expect(findDriver(usb("J-Link", NOTHING, 0x1366))).toBeUndefined();
    expect(findDriver(usb("J-Link", undefined))).toBeUndefined();
  });

  it.each([
    ["a name of its interface", usb("Board", bulk({ interfaceName: "X CMSIS-DAP v2" })), "cmsis-dap"],
    ["a name of its product, where interfaces have none", usb("X CMSIS-DAP", bulk()), "cmsis-dap"],
    ["a name of its product, where nothing can be seen", usb("X CMSIS-DAP", undefined), "cmsis-dap"],
    ["another name of its interface", usb("X CMSIS-DAP", bulk({ interfaceName: "UART" })), undefined],
    ["another class", usb("X CMSIS-DAP", bulk({ interfaceClass: 2 })), undefined],
    ["another subclass", usb("X CMSIS-DAP", bulk({ interfaceSubclass: 1 })), undefined],
    ["another name", usb("Board", bulk()), undefined],
    ["no name", usb(undefined, undefined), undefined],
  ])("is CMSIS-DAP's by %s: %#", (_, device, name) => {
    expect(findDriver(device)?.name).toBe(name);
  });

  it("is CMSIS-DAP's for a HID device of that name, and none for another one", () => {
    expect(findDriver(hid("X CMSIS-DAP"))?.name).toBe("cmsis-dap");
    expect([findDriver(hid("Mouse")), findDriver(hid(undefined))]).toEqual([undefined, undefined]);
    expect([isHidDevice(hid("Mouse")), isHidDevice(usb("Board", bulk()))]).toEqual([true, false]);
  });

  it("of J-Link opens no HID device", async () => {
    const driver = findDriver(usb("J-Link", undefined, 0x1366));
    expect(driver?.matches(hid("J-Link"))).toBe(false);
    await expect(driver?.open(hid("J-Link"), undefined as never)).rejects.toMatchObject({
      code: "probe-unsupported",
      message: expect.stringContaining("jlink driver opens no HID devices"),
    });
  });
});
