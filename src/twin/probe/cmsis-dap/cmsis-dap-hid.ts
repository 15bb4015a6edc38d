import type { HidDevice } from "../../../usb/hid-device.ts";
import { UsbFaceError } from "../usb-face-error.ts";
import type { UsbFace } from "../usb-face.ts";

/** Interface and endpoint number of the HID probe's descriptor. */
const INTERFACE = 0;
const ENDPOINT = 1;

/** A HID probe as an operating system shows it: reports of one size, no interfaces, no endpoints. */
export class CmsisDapHid implements HidDevice {
  readonly reportSize: number;
  private readonly face: UsbFace;

  constructor(face: UsbFace, reportSize: number) {
    this.face = face;
    this.reportSize = reportSize;
  }

  get vendorId(): number {
    return this.face.vendorId;
  }

  get productId(): number {
    return this.face.productId;
  }

  get productName(): string {
    return this.face.productName;
  }

  get serialNumber(): string {
    return this.face.serialNumber;
  }

  get opened(): boolean {
    return this.face.opened;
  }

  async open(): Promise<void> {
    await this.face.open();
    await this.face.claimInterface(INTERFACE);
  }

  async close(): Promise<void> {
    await this.face.close();
  }

  /** A report is always whole; what it lacks is zeros. There is but report 0, whose number is not sent. */
  async sendReport(_reportId: number, data: Uint8Array): Promise<void> {
    const report = new Uint8Array(this.reportSize);
    report.set(data.subarray(0, this.reportSize));
    const { status } = await this.face.transferOut(ENDPOINT, report);
    if (status === "stall") throw await this.stalled("out");
  }

  async receive(): Promise<Uint8Array> {
    const { data, status } = await this.face.transferIn(ENDPOINT, this.reportSize);
    if (data === undefined || status === "stall") throw await this.stalled("in");
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }

  /**
   * The system's HID driver clears the halt by itself and reports that the report was lost. Linux does so for what
   * comes in only: a halt on the way out stays until the plug is pulled (seen on a real bus; others unsure).
   */
  private async stalled(direction: "in" | "out"): Promise<Error> {
    await this.face.clearHalt(direction, ENDPOINT);
    return new UsbFaceError("NotReadableError", "The HID device stalled");
  }
}
