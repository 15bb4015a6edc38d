import { serveUsbip } from "../../src/node/servers/usbip-server.ts";
import { wallClock } from "../../src/host/wall-clock.ts";
import type { UsbDevice, UsbInResult, UsbOutResult } from "../../src/usb/usb-device.ts";
import { ECHO_IDS, UNPLUG } from "./echo-ids.ts";

/** A high-speed device that answers at once, so that what is measured is the way and not the device. */
class EchoDevice implements UsbDevice {
  readonly vendorId = ECHO_IDS.vendorId;
  readonly productId = ECHO_IDS.productId;
  readonly manufacturerName = "Flashproof";
  readonly productName = "echo";
  readonly serialNumber = "1";
  opened = false;
  readonly configuration: UsbDevice["configuration"];
  private answers: Uint8Array[] = [];
  private waiting: ((result: UsbInResult) => void)[] = [];

  constructor() {
    const bulk = { type: "bulk", packetSize: 512, endpointNumber: 1 } as const;
    const alternate = {
      alternateSetting: 0,
      interfaceClass: 0xff,
      interfaceSubclass: 0xff,
      interfaceProtocol: 0xff,
      endpoints: [
        { ...bulk, direction: "out" },
        { ...bulk, direction: "in" },
      ],
    } as const;
    this.configuration = { configurationValue: 1, interfaces: [{ interfaceNumber: 0, alternates: [alternate] }] };
  }

  async open(): Promise<void> {
    this.answers = [];
    this.waiting = [];
  }

  async close(): Promise<void> {}
  async selectConfiguration(): Promise<void> {}
  async claimInterface(): Promise<void> {}
  async releaseInterface(): Promise<void> {}
  async clearHalt(): Promise<void> {}

  /** The first four bytes say how many to answer; `UNPLUG` pulls the plug. */
  async transferOut(_: number, data: Uint8Array): Promise<UsbOutResult> {
    const count = new DataView(data.buffer, data.byteOffset, 4).getUint32(0, true);
    if (count === UNPLUG) throw new Error("unplugged, as it was told");
    if (count > 0) this.answers.push(new Uint8Array(count));
    this.deliver();
    return { status: "ok", bytesWritten: data.length };
  }

  transferIn(): Promise<UsbInResult> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.deliver();
    });
  }

  private deliver(): void {
    while (this.waiting.length > 0 && this.answers.length > 0) {
      const { buffer } = this.answers.shift() as Uint8Array<ArrayBuffer>;
      this.waiting.shift()?.({ status: "ok", data: new DataView(buffer) });
    }
  }
}

const board = { device: new EchoDevice(), replug: () => {}, clock: wallClock };
const server = await serveUsbip([board], { host: "127.0.0.1", port: 0 }, { lockstep: false });
console.log(`listening usbip 127.0.0.1:${server.port}`);
process.stdin.resume().once("end", () => void server.close());
