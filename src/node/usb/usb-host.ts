import { HostError } from "../../base/errors.ts";
import type { UsbDevice, UsbHost, UsbInResult, UsbOutResult } from "../../usb/usb-device.ts";

/** The one package that reaches USB; optional, loaded only when a real probe is wanted. */
const PACKAGE = "usb";

/**
 * Time that the package gives one transfer out, in milliseconds. Its hidden default of a second is too short; ours only
 * has to be later than every deadline of a pipe.
 */
const TRANSFER_MS = 10_000;

/**
 * Time limit of one transfer in, in milliseconds; the next transfer follows at once. While a transfer is
 * pending, the package can neither clear a halt nor close the device, so this is how long those may have to wait. It is
 * longer than a pipe waits (5 s), because what comes in the moment in which the package calls a transfer off is lost:
 * limits of 250 ms cost an answer now and then on a busy machine.
 */
const READ_SLICE_MS = 5_500;

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
 * the second), a read waits until there is something or the device is closed (the package gives up after a second), a
 * stall is a result and no exception, and closing gives every interface back, whatever is under way (the package refuses
 * both). docs/usb.md says how each was found.
 */
export class EvenUsbDevice implements UsbDevice {
  private readonly device: NpmUsbDevice;
  /** What the descriptors were when the device was listed: the package shows none of them while it is busy. */
  private readonly seen: Pick<
    NpmUsbDevice,
    "vendorId" | "productId" | "manufacturerName" | "productName" | "serialNumber"
  >;
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly claimed = new Set<number>();
  /** What no transfer may be under way beside. */
  private alone: Promise<unknown> = Promise.resolve();
  private closing = false;

  constructor(device: NpmUsbDevice) {
    this.device = device;
    const { vendorId, productId, manufacturerName, productName, serialNumber } = device;
    this.seen = { vendorId, productId, manufacturerName, productName, serialNumber };
  }

  get vendorId(): number {
    return this.seen.vendorId;
  }

  get productId(): number {
    return this.seen.productId;
  }

  get manufacturerName(): string | undefined {
    return this.now(() => this.device.manufacturerName, this.seen.manufacturerName) ?? undefined;
  }

  get productName(): string | undefined {
    return this.now(() => this.device.productName, this.seen.productName) ?? undefined;
  }

  get serialNumber(): string | undefined {
    return this.now(() => this.device.serialNumber, this.seen.serialNumber) ?? undefined;
  }

  /** A device that is busy is open. */
  get opened(): boolean {
    return this.now(() => this.device.opened, true);
  }

  /** Descriptors that the system does not show are none. */
  get configuration(): UsbDevice["configuration"] {
    return this.now(() => this.device.configuration, undefined) ?? undefined;
  }

  open(): Promise<void> {
    this.closing = false;
    return this.byItself(() => this.device.open());
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.byItself(async () => {
      for (const number of this.claimed) await this.device.releaseInterface(number).catch(() => {});
      this.claimed.clear();
      await this.device.close();
    });
  }

  selectConfiguration(value: number): Promise<void> {
    return this.byItself(() => this.device.selectConfiguration(value));
  }

  async claimInterface(number: number): Promise<void> {
    this.closing = false;
    await this.byItself(() => this.device.claimInterface(number));
    this.claimed.add(number);
  }

  async releaseInterface(number: number): Promise<void> {
    this.closing = true;
    await this.byItself(() => this.device.releaseInterface(number));
    this.claimed.delete(number);
  }

  clearHalt(direction: "in" | "out", endpoint: number): Promise<void> {
    return this.byItself(() => this.device.clearHalt(direction, endpoint));
  }

  transferIn(endpoint: number, length: number, withinMs?: number): Promise<UsbInResult> {
    const read = () =>
      withinMs === undefined
        ? this.untilSomethingComes(endpoint, length)
        : this.whatComesWithin(endpoint, length, withinMs);
    return this.queued(`in ${endpoint}`, () => stallAsResult({ status: "stall" }, read));
  }

  transferOut(endpoint: number, data: Uint8Array): Promise<UsbOutResult> {
    return this.queued(`out ${endpoint}`, () =>
      stallAsResult({ status: "stall", bytesWritten: 0 }, () =>
        this.transfer(() => this.device.transferOut(endpoint, data, TRANSFER_MS)),
      ),
    );
  }

  private async untilSomethingComes(endpoint: number, length: number): Promise<UsbInResult> {
    for (;;) {
      try {
        return await this.transfer(() => this.device.transferIn(endpoint, length, READ_SLICE_MS));
      } catch (thrown) {
        if (this.closing || !isTimeout(thrown)) throw thrown;
      }
    }
  }

  private async whatComesWithin(endpoint: number, length: number, ms: number): Promise<UsbInResult> {
    try {
      return await this.transfer(() => this.device.transferIn(endpoint, length, ms));
    } catch (thrown) {
      if (isTimeout(thrown)) return {};
      throw thrown;
    }
  }

  /** What the package shows now; `otherwise` while it is busy, or where the system does not show it. */
  private now<T>(read: () => T, otherwise: T): T {
    try {
      return read();
    } catch {
      return otherwise;
    }
  }

  /** Starts a transfer unless something has to be done by itself first. */
  private async transfer<T>(start: () => Promise<T>): Promise<T> {
    // Whatever has to be alone may have been asked for while this waited.
    for (let before: Promise<unknown> | undefined; before !== this.alone; ) {
      before = this.alone;
      await before;
    }
    const one = start();
    this.underWay.add(one);
    return one.finally(() => this.underWay.delete(one));
  }

  /** Does something while no transfer is under way, and starts none before it has ended. */
  private byItself<T>(act: () => Promise<T>): Promise<T> {
    const result = this.alone.then(async () => {
      await Promise.allSettled(this.underWay);
      return act();
    });
    this.alone = result.catch(() => {});
    return result;
  }

  private queued<T>(endpoint: string, act: () => Promise<T>): Promise<T> {
    const result = (this.queues.get(endpoint) ?? Promise.resolve()).then(act);
    this.queues.set(
      endpoint,
      result.catch(() => {}),
    );
    return result;
  }
}

/** How the package says that a transfer's time is over. */
const isTimeout = (thrown: unknown): boolean => thrown instanceof Error && /\bcancelled\b/i.test(thrown.message);

async function stallAsResult<T>(stalled: T, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    if (thrown instanceof Error && /\bstall/i.test(thrown.message)) return stalled;
    throw thrown;
  }
}
