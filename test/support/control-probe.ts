import type { HidDevice } from "../../src/usb/hid-device.ts";
import type { UsbControlRequest, UsbDevice } from "../../src/usb/usb-device.ts";

/** Older DAPLink as a browser shows it: one interface of class 0xFF without endpoints, its reports by control requests. */
export class ControlProbe implements UsbDevice {
  readonly vendorId = 0x0d28;
  readonly productId = 0x0204;
  readonly productName = "DAPLink CMSIS-DAP";
  readonly serialNumber = "0240";
  opened = false;
  claimed = false;
  readonly configuration = {
    configurationValue: 1,
    interfaces: [
      {
        interfaceNumber: 4,
        alternates: [
          { alternateSetting: 0, interfaceClass: 0xff, interfaceSubclass: 3, interfaceProtocol: 0, endpoints: [] },
        ],
      },
    ],
  };
  private readonly hid: HidDevice;

  constructor(hid: HidDevice) {
    this.hid = hid;
  }

  async open(): Promise<void> {
    await this.hid.open();
    this.opened = true;
  }

  async close(): Promise<void> {
    this.opened = false;
    this.claimed = false;
    await this.hid.close();
  }

  async selectConfiguration(): Promise<void> {}

  async claimInterface(number: number): Promise<void> {
    if (number !== 4 || !this.opened) throw new DOMException("Unable to claim interface.", "NetworkError");
    this.claimed = true;
  }

  async releaseInterface(): Promise<void> {
    this.claimed = false;
  }

  transferIn(): Promise<never> {
    return Promise.reject(
      new DOMException("The specified endpoint is not part of a claimed interface", "NotFoundError"),
    );
  }

  transferOut(): Promise<never> {
    return this.transferIn();
  }

  async clearHalt(): Promise<void> {}

  async controlTransferOut(
    setup: UsbControlRequest,
    data: Uint8Array,
  ): Promise<{ status: "ok" | "stall"; bytesWritten: number }> {
    if (!this.isReport(setup, 0x09, 0x0200)) return { status: "stall", bytesWritten: 0 };
    await this.hid.sendReport(0, data);
    return { status: "ok", bytesWritten: data.length };
  }

  async controlTransferIn(
    setup: UsbControlRequest,
    length: number,
  ): Promise<{ status: "ok" | "stall"; data?: DataView }> {
    if (!this.isReport(setup, 0x01, 0x0100)) return { status: "stall" };
    const report = (await this.hid.receive()).slice(0, length);
    return { status: "ok", data: new DataView(report.buffer) };
  }

  /** Claimed, a class request to its interface, the report type in the value's high byte. */
  private isReport({ requestType, recipient, request, value, index }: UsbControlRequest, asked: number, type: number) {
    const toInterface = requestType === "class" && recipient === "interface" && index === 4;
    return this.claimed && toInterface && request === asked && value === type;
  }
}
