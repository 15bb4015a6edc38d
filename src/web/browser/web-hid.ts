import type { HidDevice } from "../../usb/hid-device.ts";
import { ownBuffer } from "./web-usb.ts";

/** Most reports that wait to be read: an answer to each packet that a probe takes, and some. */
const MOST_WAITING = 1024;

interface Reader {
  resolve(report: Uint8Array): void;
  reject(error: unknown): void;
}

/** A device of WebHID, whose reports come as events, with a queue of them. */
export class WebHidDevice implements HidDevice {
  readonly vendorId: number;
  readonly productId: number;
  private readonly device: GrantedHidDevice;
  private reports: Uint8Array[] = [];
  private waiting: Reader[] = [];
  private gone: Error | undefined;

  constructor(device: GrantedHidDevice) {
    this.device = device;
    this.vendorId = device.vendorId;
    this.productId = device.productId;
  }

  get productName(): string {
    return this.device.productName;
  }

  get opened(): boolean {
    return this.device.opened;
  }

  /** Of the first output report without a number, in bytes. */
  get reportSize(): number | undefined {
    const reports = this.device.collections.flatMap(({ outputReports }) => outputReports ?? []);
    const items = reports.find(({ reportId }) => !reportId)?.items ?? [];
    const bits = items.reduce((sum, { reportSize = 0, reportCount = 0 }) => sum + reportSize * reportCount, 0);
    return bits > 0 ? bits / 8 : undefined;
  }

  async open(): Promise<void> {
    this.reports = [];
    this.gone = undefined;
    this.device.addEventListener("inputreport", this.arrive);
    if (!this.device.opened) await this.device.open();
  }

  async close(): Promise<void> {
    this.device.removeEventListener("inputreport", this.arrive);
    this.fail(new Error("The HID device was closed"));
    await this.device.close();
  }

  sendReport(reportId: number, data: Uint8Array): Promise<void> {
    return this.gone ? Promise.reject(this.gone) : this.device.sendReport(reportId, ownBuffer(data));
  }

  receive(): Promise<Uint8Array> {
    const report = this.reports.shift();
    if (report) return Promise.resolve(report);
    if (this.gone) return Promise.reject(this.gone);
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  /** The device was unplugged: WebHID has an event for it, and no transfer that would fail. */
  unplugged(): void {
    this.fail(new Error("The HID device was disconnected"));
  }

  private readonly arrive = (event: Event): void => {
    const { data } = event as Event & { readonly data: DataView };
    const report = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
    const reader = this.waiting.shift();
    if (reader) reader.resolve(report);
    else if (this.reports.length < MOST_WAITING) this.reports.push(report);
  };

  private fail(error: Error): void {
    this.gone = error;
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }
}
