import type { UsbConfiguration, UsbDevice, UsbInResult, UsbOutResult } from "../../../src/usb/usb-device.ts";

/** Answers one write with the packets that come back, in order. */
export type Firmware = (request: Uint8Array) => readonly Uint8Array[];

/** A J-Link's descriptor: one vendor interface, bulk 0x81 in, 0x02 out, full speed. */
export const VENDOR_CONFIGURATION: UsbConfiguration = {
  configurationValue: 1,
  interfaces: [
    {
      interfaceNumber: 0,
      alternates: [
        { alternateSetting: 0, interfaceClass: 3, interfaceSubclass: 0, interfaceProtocol: 0, endpoints: [] },
      ],
    },
    {
      interfaceNumber: 2,
      alternates: [
        {
          alternateSetting: 0,
          interfaceClass: 0xff,
          interfaceSubclass: 0xff,
          interfaceProtocol: 0xff,
          endpoints: [
            { endpointNumber: 1, direction: "in", type: "bulk", packetSize: 64 },
            { endpointNumber: 2, direction: "out", type: "bulk", packetSize: 64 },
          ],
        },
      ],
    },
  ],
};

/** A device on a wire of its own: a test says what it answers and what goes wrong. */
export class FakeUsb implements UsbDevice {
  readonly vendorId: number = 0x1366;
  readonly productId: number = 0x0101;
  readonly productName: string = "J-Link";
  readonly serialNumber: string = "000059304712";
  opened = false;
  configuration: UsbConfiguration | undefined = VENDOR_CONFIGURATION;
  readonly claimed: number[] = [];
  readonly calls: string[] = [];
  readonly written: Uint8Array[] = [];
  /** Thrown or answered by the next transfer instead of its own result. */
  nextIn: (() => UsbInResult | Promise<UsbInResult>) | undefined;
  nextOut: (() => UsbOutResult) | undefined;
  failClaim: Error | undefined;
  /** Called when a read waits for something that is never sent. */
  onSilence: () => void = () => {};
  private queue: Uint8Array[] = [];
  private readonly firmware: Firmware;

  constructor(firmware: Firmware = () => []) {
    this.firmware = firmware;
  }

  async open(): Promise<void> {
    this.opened = true;
  }

  async close(): Promise<void> {
    this.opened = false;
  }

  async selectConfiguration(value: number): Promise<void> {
    this.calls.push(`configuration ${value}`);
    this.configuration = VENDOR_CONFIGURATION;
  }

  async claimInterface(number: number): Promise<void> {
    if (this.failClaim) throw this.failClaim;
    this.claimed.push(number);
  }

  async releaseInterface(number: number): Promise<void> {
    this.claimed.splice(this.claimed.indexOf(number), 1);
  }

  async transferOut(endpoint: number, data: Uint8Array): Promise<UsbOutResult> {
    this.calls.push(`out ${endpoint} ${data.length}`);
    const special = this.nextOut;
    this.nextOut = undefined;
    if (special) return special();
    this.written.push(data.slice());
    this.queue.push(...this.firmware(data));
    return { status: "ok", bytesWritten: data.length };
  }

  async transferIn(endpoint: number, length: number): Promise<UsbInResult> {
    this.calls.push(`in ${endpoint} ${length}`);
    const special = this.nextIn;
    this.nextIn = undefined;
    if (special) return special();
    const packet = this.queue.shift();
    if (!packet) return this.silence();
    if (packet.length > length) this.queue.unshift(packet.subarray(length));
    const part = packet.slice(0, length);
    return { status: "ok", data: new DataView(part.buffer) };
  }

  private silence(): Promise<never> {
    queueMicrotask(this.onSilence);
    return new Promise(() => {});
  }

  async clearHalt(direction: "in" | "out", endpoint: number): Promise<void> {
    this.calls.push(`clear ${direction} ${endpoint}`);
  }
}

/** An exception as a browser throws it. */
export function domException(name: string, message = ""): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
