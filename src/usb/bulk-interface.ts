import type { UsbAlternate, UsbDevice, UsbEndpoint, UsbInResult } from "./usb-device.ts";
import { UsbError } from "./usb-error.ts";
import { usbFailure } from "./usb-failure.ts";

/** A pair of bulk endpoints of one interface, from its descriptor. */
export interface BulkEndpoints {
  readonly interfaceNumber: number;
  readonly out: UsbEndpoint;
  readonly in: UsbEndpoint;
}

/** Which alternate setting a driver speaks to. */
export type AlternateFilter = (alternate: UsbAlternate) => boolean;

/** A vendor's own interface: class and subclass 0xFF (USB 2.0, 9.6.5). */
export const isVendorInterface: AlternateFilter = (alternate) =>
  alternate.interfaceClass === 0xff && alternate.interfaceSubclass === 0xff;

/** The first interface that `matches` and has a bulk endpoint in each direction, or undefined. */
export function findBulkEndpoints(device: UsbDevice, matches: AlternateFilter): BulkEndpoints | undefined {
  for (const { interfaceNumber, alternates } of device.configuration?.interfaces ?? []) {
    const endpoints = alternates.find(matches)?.endpoints ?? [];
    const bulk = (direction: "in" | "out") => endpoints.find((e) => e.type === "bulk" && e.direction === direction);
    const pair = { out: bulk("out"), in: bulk("in") };
    if (pair.out && pair.in) return { interfaceNumber, out: pair.out, in: pair.in };
  }
  return undefined;
}

/** Opens the device, and selects its first configuration where none is; throws `UsbError`. */
export const openUsbDevice = (device: UsbDevice): Promise<void> =>
  attempt("open", "open", async () => {
    if (!device.opened) await device.open();
    if (!device.configuration) await device.selectConfiguration(1);
  });

/** Claims an interface of an open device; throws `UsbError`. */
export const claimUsbInterface = (device: UsbDevice, number: number): Promise<void> =>
  attempt("claim", "claim", () => device.claimInterface(number));

/** Gives an interface back and closes the device, the one even where the other fails; one that is gone is no error. */
export async function releaseUsb(device: UsbDevice, interfaceNumber: number): Promise<void> {
  try {
    await attempt("transfer", "release", () => device.releaseInterface(interfaceNumber)).catch(unlessGone);
  } finally {
    await attempt("transfer", "close", () => device.close()).catch(unlessGone);
  }
}

/** A transfer whose failure is a `UsbError`. */
export const usbTransfer = <T>(what: string, act: () => Promise<T>): Promise<T> => attempt("transfer", what, act);

/** One claimed interface with what hosts do differently evened out: every failure is a `UsbError`, data are bytes. */
export class BulkInterface {
  private readonly device: UsbDevice;
  private readonly endpoints: BulkEndpoints;

  private constructor(device: UsbDevice, endpoints: BulkEndpoints) {
    this.device = device;
    this.endpoints = endpoints;
  }

  /** Opens the device, selects its first configuration where none is, and claims the interface. */
  static async claim(device: UsbDevice, matches: AlternateFilter): Promise<BulkInterface> {
    await openUsbDevice(device);
    const endpoints = findBulkEndpoints(device, matches);
    if (!endpoints) throw new UsbError("usb-no-interface", "The USB device has no such interface with bulk endpoints");
    await claimUsbInterface(device, endpoints.interfaceNumber);
    return new BulkInterface(device, endpoints);
  }

  /** Bytes in one packet from the device: reads are asked for in multiples of it, so that no answer babbles. */
  get packetSize(): number {
    return this.endpoints.in.packetSize;
  }

  /** Sends all bytes in one transfer; throws `usb-stall` (halt cleared), `usb-unplugged` or `usb-failed`. */
  async send(bytes: Uint8Array): Promise<void> {
    const endpoint = this.endpoints.out.endpointNumber;
    const result = await attempt("transfer", "write", () => this.device.transferOut(endpoint, bytes));
    if (result.status === "stall") throw await this.stalled("out", endpoint);
    if (result.bytesWritten < bytes.length) {
      const details = { asked: bytes.length, written: result.bytesWritten };
      throw new UsbError("usb-failed", `USB took ${details.written} of ${details.asked} bytes`, { details });
    }
  }

  /**
   * One transfer of at most `length` bytes, which may be none; throws as `send` does, and `usb-babble`. Where the host can end
   * a read by itself, this one ends with no bytes after `withinMs`.
   */
  async receive(length: number, withinMs?: number): Promise<Uint8Array> {
    const endpoint = this.endpoints.in.endpointNumber;
    const result = await attempt("transfer", "read", () => this.device.transferIn(endpoint, length, withinMs));
    if (result.status === "stall") throw await this.stalled("in", endpoint);
    if (result.status === "babble") throw new UsbError("usb-babble", "The USB device sent more than it was asked for");
    return bytesOf(result);
  }

  /** Gives the interface back and closes the device; one that is gone is no error. */
  release(): Promise<void> {
    return releaseUsb(this.device, this.endpoints.interfaceNumber);
  }

  private async stalled(direction: "in" | "out", endpoint: number): Promise<UsbError> {
    await attempt("transfer", "clear halt", () => this.device.clearHalt(direction, endpoint));
    return new UsbError("usb-stall", `USB endpoint ${endpoint} (${direction}) stalled`, {
      details: { endpoint, direction },
    });
  }
}

function unlessGone(failure: unknown): void {
  if (!(failure instanceof UsbError) || failure.code !== "usb-unplugged") throw failure;
}

async function attempt<T>(step: "open" | "claim" | "transfer", what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    throw usbFailure(thrown, step, what);
  }
}

function bytesOf({ data }: UsbInResult): Uint8Array {
  return data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array();
}
