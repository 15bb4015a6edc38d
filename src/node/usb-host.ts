import { HostError } from "../base/errors.ts";
import type { UsbDevice, UsbHost, UsbInResult, UsbOutResult } from "../usb/usb-device.ts";

/** The one package that reaches USB; optional, loaded only when a real probe is wanted. */
const PACKAGE = "usb";

/**
 * Time that the package gives one transfer, in milliseconds. Its hidden default of a second would cut off an erase;
 * ours only has to be later than every deadline of a pipe.
 */
const TRANSFER_MS = 10_000;

/** A device as npm `usb` 3 has it: WebUSB's shape, and a third argument that WebUSB does not know. */
export interface NpmUsbDevice extends Omit<UsbDevice, "transferIn" | "transferOut"> {
  transferIn(endpoint: number, length: number, timeoutMs: number): Promise<UsbInResult>;
  transferOut(endpoint: number, data: Uint8Array, timeoutMs: number): Promise<UsbOutResult>;
}

interface UsbPackage {
  readonly WebUSB: new (options: { allowAllDevices: boolean }) => { getDevices(): Promise<readonly NpmUsbDevice[]> };
}

/** The USB devices of this machine. Throws `probe-not-found` where the optional package `usb` is not installed. */
export const npmUsbHost: UsbHost = {
  async devices() {
    const { WebUSB } = await loadUsb();
    const devices = await new WebUSB({ allowAllDevices: true }).getDevices().catch(noUsb);
    return devices.map((device) => new EvenUsbDevice(device));
  },
};

function noUsb(cause: unknown): never {
  throw new HostError("probe-not-found", "This machine's USB can't be looked at", { cause });
}

async function loadUsb(): Promise<UsbPackage> {
  try {
    return (await import(PACKAGE)) as UsbPackage;
  } catch (cause) {
    throw new HostError("probe-not-found", "Probes on USB need the optional package usb (npm install usb)", { cause });
  }
}

/**
 * An npm `usb` device that keeps WebUSB's promises: transfers of one endpoint wait for each other (the package refuses
 * the second), and a stall is a result, not an exception.
 */
export class EvenUsbDevice implements UsbDevice {
  private readonly device: NpmUsbDevice;
  private readonly queues = new Map<string, Promise<unknown>>();

  constructor(device: NpmUsbDevice) {
    this.device = device;
  }

  get vendorId(): number {
    return this.device.vendorId;
  }

  get productId(): number {
    return this.device.productId;
  }

  get manufacturerName(): string | undefined {
    return this.device.manufacturerName ?? undefined;
  }

  get productName(): string | undefined {
    return this.device.productName ?? undefined;
  }

  get serialNumber(): string | undefined {
    return this.device.serialNumber ?? undefined;
  }

  get opened(): boolean {
    return this.device.opened;
  }

  /** Descriptors that the system does not show are none. */
  get configuration(): UsbDevice["configuration"] {
    try {
      return this.device.configuration ?? undefined;
    } catch {
      return undefined;
    }
  }

  open(): Promise<void> {
    return this.device.open();
  }

  close(): Promise<void> {
    return this.device.close();
  }

  selectConfiguration(value: number): Promise<void> {
    return this.device.selectConfiguration(value);
  }

  claimInterface(number: number): Promise<void> {
    return this.device.claimInterface(number);
  }

  releaseInterface(number: number): Promise<void> {
    return this.device.releaseInterface(number);
  }

  clearHalt(direction: "in" | "out", endpoint: number): Promise<void> {
    return this.device.clearHalt(direction, endpoint);
  }

  transferIn(endpoint: number, length: number): Promise<UsbInResult> {
    return this.queued(`in ${endpoint}`, () =>
      stallAsResult({ status: "stall" }, () => this.device.transferIn(endpoint, length, TRANSFER_MS)),
    );
  }

  transferOut(endpoint: number, data: Uint8Array): Promise<UsbOutResult> {
    return this.queued(`out ${endpoint}`, () =>
      stallAsResult({ status: "stall", bytesWritten: 0 }, () => this.device.transferOut(endpoint, data, TRANSFER_MS)),
    );
  }

  private queued<T>(endpoint: string, act: () => Promise<T>): Promise<T> {
    const turn = (this.queues.get(endpoint) ?? Promise.resolve()).then(act);
    this.queues.set(
      endpoint,
      turn.catch(() => {}),
    );
    return turn;
  }
}

async function stallAsResult<T>(stalled: T, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    if (thrown instanceof Error && /\bstall/i.test(thrown.message)) return stalled;
    throw thrown;
  }
}
