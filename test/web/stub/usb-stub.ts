import type { UsbControlRequest, UsbDevice } from "../../../src/usb/usb-device.ts";
import { asBrowser, bytesOf, EVENTS, strict } from "./strict.ts";
import type { StubOptions } from "./stub-options.ts";

const MEMBERS = [
  ...["vendorId", "productId", "manufacturerName", "productName", "serialNumber", "opened", "configuration"],
  ...["open", "close", "selectConfiguration", "claimInterface", "releaseInterface", "clearHalt", "forget"],
  ...["transferIn", "transferOut", "controlTransferIn", "controlTransferOut", ...EVENTS],
];

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A device as Chromium on Linux shows it: names of interfaces are null, and every failure is a DOMException. */
export function usbStub(device: UsbDevice, options: StubOptions): object {
  let transfers = 0;
  const settle = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      throw asBrowser(error);
    }
  };
  const transfer = async <T>(act: () => Promise<T>): Promise<T> => {
    transfers++;
    const result = await settle(act);
    const { late } = options;
    if (late && transfers >= late.from) await pause(late.ms);
    return result;
  };
  const shown = {
    vendorId: device.vendorId,
    productId: device.productId,
    manufacturerName: device.manufacturerName ?? null,
    productName: device.productName ?? null,
    serialNumber: device.serialNumber ?? null,
    get opened() {
      return device.opened;
    },
    get configuration() {
      return withoutNames(device);
    },
    async open() {
      if (options.open === "denied") throw new DOMException("Access denied.", "SecurityError");
      await settle(() => device.open());
    },
    close: () => settle(() => device.close()),
    selectConfiguration: (value: number) => settle(() => device.selectConfiguration(value)),
    async claimInterface(number: number) {
      if (options.claim === "never") await new Promise(() => {});
      if (options.claim === "busy") throw new DOMException("Unable to claim interface.", "NetworkError");
      await settle(() => device.claimInterface(number));
    },
    releaseInterface: (number: number) => settle(() => device.releaseInterface(number)),
    clearHalt: (direction: "in" | "out", endpoint: number) => settle(() => device.clearHalt(direction, endpoint)),
    transferIn: (endpoint: number, length: number) => transfer(() => device.transferIn(endpoint, length)),
    transferOut: (endpoint: number, data: unknown) => transfer(() => device.transferOut(endpoint, bytesOf(data))),
    controlTransferIn: (setup: UsbControlRequest, length: number) =>
      transfer(async () => device.controlTransferIn?.(setup, length)),
    controlTransferOut: (setup: UsbControlRequest, data: unknown) =>
      transfer(async () => device.controlTransferOut?.(setup, bytesOf(data))),
    async forget() {},
  };
  return strict(Object.defineProperties(new EventTarget(), Object.getOwnPropertyDescriptors(shown)), MEMBERS);
}

function withoutNames({ configuration }: UsbDevice) {
  if (!configuration) return null;
  const interfaces = configuration.interfaces.map((one) => ({
    ...one,
    alternates: one.alternates.map((alternate) => ({ ...alternate, interfaceName: null })),
  }));
  return { ...configuration, interfaces };
}
