import type { HidDevice } from "../../../usb/hid-device.ts";
import { TwinUsbError } from "../twin-usb-error.ts";
import type { TwinUsbDevice } from "../twin-usb-device.ts";

/** Interface and endpoint number of the HID probe's descriptor. */
const INTERFACE = 0;
const ENDPOINT = 1;

/** A HID probe as an operating system shows it: reports of one size, no interfaces, no endpoints. */
export class CmsisDapHid implements HidDevice {
  readonly reportSize: number;
  private readonly device: TwinUsbDevice;

  constructor(device: TwinUsbDevice, reportSize: number) {
    this.device = device;
    this.reportSize = reportSize;
  }

  get vendorId(): number {
    return this.device.vendorId;
  }

  get productId(): number {
    return this.device.productId;
  }

  get productName(): string {
    return this.device.productName;
  }

  get serialNumber(): string {
    return this.device.serialNumber;
  }

  get opened(): boolean {
    return this.device.opened;
  }

  async open(): Promise<void> {
    await this.device.open();
    await this.device.claimInterface(INTERFACE);
  }

  async close(): Promise<void> {
    await this.device.close();
  }

  /** A report is always whole; what it lacks is zeros. There is but report 0, whose number is not sent. */
  async sendReport(_reportId: number, data: Uint8Array): Promise<void> {
    const report = new Uint8Array(this.reportSize);
    report.set(data.subarray(0, this.reportSize));
    const { status } = await this.device.transferOut(ENDPOINT, report);
    if (status === "stall") throw await this.stalled("out");
  }

  async receive(): Promise<Uint8Array> {
    const { data, status } = await this.device.transferIn(ENDPOINT, this.reportSize);
    if (data === undefined || status === "stall") throw await this.stalled("in");
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }

  /**
   * The system's HID driver clears the halt by itself and reports that the report was lost. Linux does so for what
   * comes in only: a halt on the way out stays until the plug is pulled (seen on a real bus; others unsure).
   */
  private async stalled(direction: "in" | "out"): Promise<Error> {
    await this.device.clearHalt(direction, ENDPOINT);
    return new TwinUsbError("NotReadableError", "The HID device stalled");
  }
}
