import { accessSync, constants } from "node:fs";
import { HostError } from "../../base/errors.ts";
import type { HidDevice, HidHost } from "../../usb/hid-device.ts";

/** The one package that reaches HID devices; optional, loaded only when a real probe is wanted. */
const PACKAGE = "node-hid";

/** What npm `node-hid` 3 knows of a device before it is opened. */
export interface NpmHidInfo {
  readonly vendorId: number;
  readonly productId: number;
  readonly path?: string | undefined;
  readonly product?: string | undefined;
  readonly serialNumber?: string | undefined;
}

/** An open device of npm `node-hid` 3: reports come as events. */
export interface NpmHid {
  on(event: "data", listener: (report: Uint8Array) => void): void;
  on(event: "error", listener: (error: unknown) => void): void;
  write(report: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

interface HidPackage {
  devicesAsync(): Promise<readonly NpmHidInfo[]>;
  readonly HIDAsync: { open(path: string): Promise<NpmHid> };
}

/** The HID devices of this machine. Throws `probe-not-found` where the optional package `node-hid` is not installed. */
export const npmHidHost: HidHost = {
  async devices() {
    const { devicesAsync, HIDAsync } = await loadHid();
    const found = await devicesAsync();
    return found.map((info) => new QueuedHidDevice(info, () => openChecked(HIDAsync, info.path ?? "")));
  },
};

async function loadHid(): Promise<HidPackage> {
  try {
    const module = (await import(PACKAGE)) as { readonly default: HidPackage };
    return module.default;
  } catch (cause) {
    throw new HostError("probe-not-found", "HID probes need the optional package node-hid (npm install node-hid)", {
      cause,
    });
  }
}

/** The package only says that it could not open a path; the system says whether that is for lack of permission. */
async function openChecked(hid: HidPackage["HIDAsync"], path: string): Promise<NpmHid> {
  try {
    return await hid.open(path);
  } catch (error) {
    if (path.startsWith("/dev/")) accessSync(path, constants.R_OK | constants.W_OK);
    throw error;
  }
}

/** A node-hid device with its input reports in a queue. */
export class QueuedHidDevice implements HidDevice {
  readonly vendorId: number;
  readonly productId: number;
  readonly productName: string | undefined;
  readonly serialNumber: string | undefined;
  private readonly openNow: () => Promise<NpmHid>;
  private hid: NpmHid | undefined;
  private reports: Uint8Array[] = [];
  private waiting: { resolve(report: Uint8Array): void; reject(error: unknown): void }[] = [];
  private gone: Error | undefined;

  constructor(info: NpmHidInfo, open: () => Promise<NpmHid>) {
    this.vendorId = info.vendorId;
    this.productId = info.productId;
    this.productName = info.product;
    this.serialNumber = info.serialNumber;
    this.openNow = open;
  }

  get opened(): boolean {
    return this.hid !== undefined;
  }

  async open(): Promise<void> {
    if (this.hid) return;
    const hid = await this.openNow();
    this.hid = hid;
    this.gone = undefined;
    this.reports = [];
    hid.on("data", (report) => this.arrive(report));
    // The package reports an error when reading fails, and that is when the device has gone.
    hid.on("error", (cause) => this.fail(new Error("The HID device was disconnected", { cause })));
  }

  async close(): Promise<void> {
    const { hid } = this;
    this.hid = undefined;
    this.fail(new Error("The HID device was closed"));
    await hid?.close();
  }

  /** The package wants the report's number as first byte, 0 where there are no numbers. */
  async sendReport(reportId: number, data: Uint8Array): Promise<void> {
    if (!this.hid || this.gone) throw this.gone ?? new Error("The HID device is not open");
    await this.hid.write(Uint8Array.of(reportId, ...data));
  }

  receive(): Promise<Uint8Array> {
    const report = this.reports.shift();
    if (report) return Promise.resolve(report);
    if (this.gone) return Promise.reject(this.gone);
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  private arrive(report: Uint8Array): void {
    const reader = this.waiting.shift();
    if (reader) reader.resolve(Uint8Array.from(report));
    else this.reports.push(Uint8Array.from(report));
  }

  private fail(error: Error): void {
    this.gone = error;
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }
}
