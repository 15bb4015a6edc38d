import type { UsbDevice } from "../usb/usb-device.ts";
import { answerControl } from "./control-requests.ts";
import { type Descriptors, describeDevice, DEVICE_VERSION } from "./descriptors.ts";
import { type Ended, InQueue, type EndpointQueue, OutQueue } from "./endpoint-queues.ts";
import { type OfferedDevice, USB_SPEED } from "./operations.ts";
import { type Submit, submitReply, type Unlink, unlinkReply, URB_STATUS } from "./urbs.ts";

/** How an importer is reached. */
export interface Importer {
  /** Sends it a message. */
  readonly reply: (message: Uint8Array) => void;
  /** The device has gone: the importer is to see it unplugged. */
  readonly unplugged: (cause: unknown) => void;
}

/** The description by which a device is offered, as number `index` of those on the bus. */
export function offerDevice(device: UsbDevice, index: number): OfferedDevice {
  const { configuration, vendorId, productId } = device;
  const { highSpeed } = describeDevice(device);
  return {
    busId: `1-${index + 1}`,
    busNumber: 1,
    deviceNumber: index + 1,
    speed: highSpeed ? USB_SPEED.high : USB_SPEED.full,
    vendorId,
    productId,
    deviceVersion: DEVICE_VERSION,
    configurationValue: configuration?.configurationValue ?? 1,
    interfaces: (configuration?.interfaces ?? []).map(({ alternates: [first] }) => [
      first.interfaceClass,
      first.interfaceSubclass,
      first.interfaceProtocol,
    ]),
  };
}

/** A device in the hands of one importer: control requests are answered here, all else is transfers of the device. */
export class ExportedDevice {
  private readonly device: UsbDevice;
  private readonly importer: Importer;
  private readonly descriptors: Descriptors;
  private readonly queues = new Map<string, EndpointQueue>();
  private configurationValue = 0;
  private closed = false;

  private constructor(device: UsbDevice, importer: Importer) {
    this.device = device;
    this.importer = importer;
    this.descriptors = describeDevice(device);
  }

  /** Opens a device and claims all it has, for one importer; rejects as the device does. */
  static async open(device: UsbDevice, importer: Importer): Promise<ExportedDevice> {
    await device.open();
    for (const { interfaceNumber } of device.configuration?.interfaces ?? []) {
      await device.claimInterface(interfaceNumber);
    }
    return new ExportedDevice(device, importer);
  }

  /** Takes a message, with the bytes that followed it; the answers come when they come. */
  take(message: Submit | Unlink, payload: Uint8Array): void {
    if (message.kind === "unlink") this.unlink(message);
    else this.submit(message, payload).catch((cause) => this.failed(cause));
  }

  /** Closes the device; pending transfers get no response. */
  async close(): Promise<void> {
    this.closed = true;
    await this.device.close();
  }

  private failed(cause: unknown): void {
    if (!this.closed) this.importer.unplugged(cause);
  }

  private unlink({ sequence, unlinks }: Unlink): void {
    const wasWaiting = [...this.queues.values()].some((queue) => queue.unlink(unlinks));
    this.importer.reply(unlinkReply(sequence, wasWaiting ? URB_STATUS.unlinked : URB_STATUS.ok));
  }

  private async submit(urb: Submit, payload: Uint8Array): Promise<void> {
    const { sequence, direction, endpoint, length } = urb;
    if (endpoint === 0) return this.control(urb, payload);
    if (!this.hasEndpoint(direction, endpoint)) return this.ended({ sequence, status: URB_STATUS.stall });
    if (direction === "in") return this.inQueue(endpoint).submit(sequence, length);
    return this.outQueue(endpoint).submit(sequence, payload);
  }

  private async control({ sequence, setup, length }: Submit, payload: Uint8Array): Promise<void> {
    const { descriptors, configurationValue } = this;
    const isHalted = (direction: "in" | "out", endpoint: number) =>
      this.queues.get(`${direction} ${endpoint}`)?.halted ?? false;
    const answered = answerControl(setup, { descriptors, configurationValue, isHalted });
    switch (answered.does) {
      case "answer":
        return this.ended({ sequence, status: URB_STATUS.ok, data: answered.data.subarray(0, length) });
      case "stall":
        return this.ended({ sequence, status: URB_STATUS.stall });
      case "configure":
        this.configurationValue = answered.value;
        return this.ended({ sequence, status: URB_STATUS.ok });
      case "clear halt":
        await this.clearHalt(answered.direction, answered.endpoint);
        return this.ended({ sequence, status: URB_STATUS.ok });
      case "report":
        return this.report(sequence, answered.interfaceNumber, payload);
    }
  }

  private async clearHalt(direction: "in" | "out", endpoint: number): Promise<void> {
    const queue = this.queues.get(`${direction} ${endpoint}`);
    if (queue) queue.halted = false;
    if (this.hasEndpoint(direction, endpoint)) await this.device.clearHalt(direction, endpoint);
  }

  private report(sequence: number, interfaceNumber: number, payload: Uint8Array): Promise<void> | void {
    const { endpoints = [] } = this.alternates().find((one) => one.number === interfaceNumber) ?? {};
    const out = endpoints.find((one) => one.type === "interrupt" && one.direction === "out");
    if (out) return this.outQueue(out.endpointNumber).submit(sequence, payload);
    this.ended({ sequence, status: URB_STATUS.stall });
  }

  private alternates() {
    return (this.device.configuration?.interfaces ?? []).flatMap(({ interfaceNumber, alternates }) =>
      alternates.map(({ endpoints }) => ({ number: interfaceNumber, endpoints })),
    );
  }

  private hasEndpoint(direction: "in" | "out", endpoint: number): boolean {
    return this.alternates().some(({ endpoints }) =>
      endpoints.some((one) => one.direction === direction && one.endpointNumber === endpoint),
    );
  }

  private inQueue(endpoint: number): InQueue {
    return this.queue(`in ${endpoint}`, () => new InQueue(this.device, endpoint, this.ended));
  }

  private outQueue(endpoint: number): OutQueue {
    return this.queue(`out ${endpoint}`, () => new OutQueue(this.device, endpoint, this.ended));
  }

  private queue<L extends EndpointQueue>(name: string, make: () => L): L {
    const queue = (this.queues.get(name) as L | undefined) ?? make();
    this.queues.set(name, queue);
    return queue;
  }

  private readonly ended: Ended = (end) => {
    if (!this.closed) this.importer.reply(submitReply(end));
  };
}
