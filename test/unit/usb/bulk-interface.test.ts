import { describe, expect, it } from "vitest";
import { BulkInterface, findBulkEndpoints, isVendorInterface } from "../../../src/usb/bulk-interface.ts";
import { usbFailure } from "../../../src/usb/usb-failure.ts";
import { domException, FakeUsb } from "./fake-usb.ts";

const claim = (device: FakeUsb) => BulkInterface.claim(device, isVendorInterface);

describe("BulkInterface.claim", () => {
  it("opens the device and claims the first vendor interface, by its number in the descriptor", async () => {
    const device = new FakeUsb();
    await claim(device);
    expect(device.opened).toBe(true);
    expect(device.claimed).toEqual([2]);
  });

  it("uses the endpoints of the descriptor", () => {
    const found = findBulkEndpoints(new FakeUsb(), isVendorInterface);
    expect([found?.in.endpointNumber, found?.out.endpointNumber]).toEqual([1, 2]);
  });

  it("selects a configuration where the host has not", async () => {
    const device = new FakeUsb();
    device.configuration = undefined;
    await claim(device);
    expect(device.calls).toEqual(["configuration 1"]);
  });

  it("fails when there is no such interface", async () => {
    await expect(BulkInterface.claim(new FakeUsb(), () => false)).rejects.toMatchObject({ code: "usb-no-interface" });
  });

  it("fails with usb-busy when another program has claimed it", async () => {
    const device = new FakeUsb();
    device.failClaim = domException("NetworkError", "Unable to claim interface.");
    await expect(claim(device)).rejects.toMatchObject({ code: "usb-busy", cause: device.failClaim });
  });
});

describe("BulkInterface: transfers", () => {
  it("a stall clears the halt and is an error", async () => {
    const device = new FakeUsb();
    const link = await claim(device);
    device.nextIn = () => ({ status: "stall" });
    await expect(link.receive(64)).rejects.toMatchObject({
      code: "usb-stall",
      details: { endpoint: 1, direction: "in" },
    });
    expect(device.calls).toContain("clear in 1");
  });

  it("babble is an error", async () => {
    const device = new FakeUsb();
    const link = await claim(device);
    device.nextIn = () => ({ status: "babble" });
    await expect(link.receive(64)).rejects.toMatchObject({ code: "usb-babble" });
  });

  it("a write that ends early is an error", async () => {
    const device = new FakeUsb();
    const link = await claim(device);
    device.nextOut = () => ({ status: "ok", bytesWritten: 1 });
    await expect(link.send(new Uint8Array(5))).rejects.toMatchObject({
      code: "usb-failed",
      details: { asked: 5, written: 1 },
    });
  });

  it("releasing an unplugged device is no error", async () => {
    const device = new FakeUsb();
    const link = await claim(device);
    device.releaseInterface = () => Promise.reject(domException("NotFoundError"));
    await expect(link.release()).resolves.toBeUndefined();
  });
});

describe("errors of hosts", () => {
  it.each([
    ["NotFoundError", "The device was disconnected.", "transfer", "usb-unplugged"],
    ["NetworkError", "A transfer error has occurred.", "transfer", "usb-unplugged"],
    ["Error", "transferIn error: LIBUSB_TRANSFER_NO_DEVICE", "transfer", "usb-unplugged"],
    ["Error", "LIBUSB_ERROR_NO_DEVICE", "transfer", "usb-unplugged"],
    ["SecurityError", "Access denied.", "open", "usb-access"],
    ["Error", "LIBUSB_ERROR_ACCESS", "open", "usb-access"],
    ["Error", "LIBUSB_ERROR_BUSY", "claim", "usb-busy"],
    ["NetworkError", "", "claim", "usb-busy"],
    ["TypeError", "whatever", "transfer", "usb-failed"],
  ] as const)("%s (%s) at %s become %s", (name, message, step, code) => {
    expect(usbFailure(domException(name, message), step, "test").code).toBe(code);
  });

  it("that are no Error keep their text", () => {
    expect(usbFailure("broken", "transfer", "read").message).toBe("USB read failed: broken");
  });
});
