import type { HidDevice } from "../../../src/usb/hid-device.ts";
import { asBrowser, bytesOf, EVENTS, strict } from "./strict.ts";

const MEMBERS = [
  ...["vendorId", "productId", "productName", "opened", "collections"],
  ...["open", "close", "sendReport", "forget", ...EVENTS],
];

/** A device of WebHID: its reports come as events, and nothing tells its serial number. */
export function hidStub(device: HidDevice): object {
  const size = device.reportSize ?? 64;
  const target = new EventTarget();
  const shown = {
    vendorId: device.vendorId,
    productId: device.productId,
    productName: device.productName ?? "",
    get opened() {
      return device.opened;
    },
    collections: [{ outputReports: [{ reportId: 0, items: [{ reportSize: 8, reportCount: size }] }] }],
    async open() {
      if (device.opened) throw new DOMException("The device is already open.", "InvalidStateError");
      await device.open();
    },
    close: () => device.close(),
    async sendReport(reportId: number, data: unknown) {
      if (!device.opened) throw new DOMException("The device must be opened first.", "InvalidStateError");
      await device.sendReport(reportId, bytesOf(data)).catch((error) => Promise.reject(asBrowser(error)));
      const report = await device.receive().catch(() => undefined);
      if (!report) return;
      const event = Object.assign(new Event("inputreport"), { reportId: 0, data: new DataView(report.slice().buffer) });
      target.dispatchEvent(event);
    },
    async forget() {},
  };
  return strict(Object.defineProperties(target, Object.getOwnPropertyDescriptors(shown)), MEMBERS);
}
