import type { Clock, Io } from "../base/clock.ts";
import { claimUsbInterface, openUsbDevice, releaseUsb, usbTransfer } from "../usb/bulk-interface.ts";
import type { UsbControlRequest, UsbDevice } from "../usb/usb-device.ts";
import { UsbError } from "../usb/usb-error.ts";
import type { Pipe } from "./pipe.ts";
import { type Medium, SharedPipe } from "./shared-pipe.ts";
import { claimInTime } from "./usb-pipe.ts";

/** Bytes of a report of older DAPLink, whose interface for WebUSB has no endpoints. */
const REPORT = 64;

/** GET_REPORT and SET_REPORT, and the report types in the value's high byte (HID 1.11, 7.2.1 and 7.2.2). */
const GET_REPORT = { request: 0x01, value: 0x0100 } as const;
const SET_REPORT = { request: 0x09, value: 0x0200 } as const;

/** An interface without endpoints whose reports go by control requests: number of the interface; undefined of other devices. */
export const controlInterface = (device: UsbDevice): number | undefined =>
  device.controlTransferOut && device.controlTransferIn
    ? device.configuration?.interfaces.find(({ alternates }) =>
        alternates.some((alternate) => alternate.interfaceClass === 0xff && alternate.endpoints.length === 0),
      )?.interfaceNumber
    : undefined;

/** Opens such an interface as a pipe: one write is one report, padded with zeros; throws `UsbError`. */
export async function openControlPipe(device: UsbDevice, clock: Clock, io: Io = {}): Promise<Pipe> {
  const claimed = await claimInTime(device, clock, io, async () => {
    await openUsbDevice(device);
    const number = controlInterface(device);
    if (number === undefined)
      throw new UsbError("usb-no-interface", "The USB device has no interface without endpoints");
    await claimUsbInterface(device, number);
    return { number, release: () => releaseUsb(device, number) };
  });
  return new SharedPipe(reportsOf(device, claimed.number, claimed.release), clock);
}

function reportsOf(device: UsbDevice, index: number, close: () => Promise<void>): Medium {
  const setup = (request: Pick<UsbControlRequest, "request" | "value">): UsbControlRequest => ({
    requestType: "class",
    recipient: "interface",
    index,
    ...request,
  });
  return {
    async send(bytes) {
      const report = new Uint8Array(Math.max(bytes.length, REPORT));
      report.set(bytes);
      const sent = await usbTransfer("SET_REPORT", async () => device.controlTransferOut?.(setup(SET_REPORT), report));
      if (sent?.status === "stall") throw stalled("SET_REPORT");
      if (sent?.bytesWritten !== report.length)
        throw new UsbError("usb-failed", `USB took ${sent?.bytesWritten ?? 0} of ${report.length} bytes`);
    },
    async receive() {
      const got = await usbTransfer("GET_REPORT", async () => device.controlTransferIn?.(setup(GET_REPORT), REPORT));
      if (got?.status === "stall") throw stalled("GET_REPORT");
      return got?.data ? new Uint8Array(got.data.buffer, got.data.byteOffset, got.data.byteLength) : new Uint8Array();
    },
    close,
  };
}

const stalled = (what: string) => new UsbError("usb-stall", `The USB device refused ${what}`);
