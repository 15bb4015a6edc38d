import { describe, expect, it } from "vitest";
import { type NpmHid, QueuedHidDevice } from "../../../src/node/usb/hid-host.ts";
import { EvenUsbDevice, type NpmUsbDevice } from "../../../src/node/usb/usb-host.ts";
import { usbFailure } from "../../../src/usb/usb-failure.ts";
import { FakeUsb } from "../usb/fake-usb.ts";

/**
 * npm `usb` 3 as it is: one transfer an endpoint at a time, a stall thrown, a timeout that must be given, and nothing
 * else while a transfer is under way (docs/usb.md).
 */
class NpmUsb extends FakeUsb {
  readonly timeouts: number[] = [];
  stalls = false;
  /** How many reads end with nothing, their time being over. */
  silent = 0;
  private busy = false;

  override async transferIn(endpoint: number, length: number, timeoutMs = 1000) {
    this.timeouts.push(timeoutMs);
    if (this.busy) throw new Error("transferIn error: endpoint not found");
    if (this.stalls) throw new Error("transferIn error: Stall");
    this.busy = true;
    await Promise.resolve();
    try {
      if (this.silent-- > 0) throw new Error("transferIn error: Cancelled");
      return await super.transferIn(endpoint, length);
    } finally {
      this.busy = false;
    }
  }

  override clearHalt(direction: "in" | "out", endpoint: number): Promise<void> {
    return this.unborrowed(() => super.clearHalt(direction, endpoint));
  }

  override releaseInterface(number: number): Promise<void> {
    return this.unborrowed(() => super.releaseInterface(number));
  }

  override open(): Promise<void> {
    return this.unborrowed(() => super.open());
  }

  override close(): Promise<void> {
    return this.unborrowed(() => super.close());
  }

  private async unborrowed(act: () => Promise<void>): Promise<void> {
    if (this.busy) throw new Error("The same native value cannot be borrowed mutably while another borrow is active");
    await act();
  }
}

describe("npm usb, evened out", () => {
  const native = () => new NpmUsb((request) => [request, request]);
  const even = (device: NpmUsb) => new EvenUsbDevice(device as unknown as NpmUsbDevice);

  it("lets transfers of one endpoint wait for each other", async () => {
    const device = even(native());
    await device.transferOut(2, Uint8Array.of(1));
    const both = await Promise.all([device.transferIn(1, 64), device.transferIn(1, 64)]);
    expect(both.map(({ data }) => data?.getUint8(0))).toEqual([1, 1]);
  });

  it("lets a read wait as long as its caller does, by transfers longer than any pipe's deadline", async () => {
    const device = native();
    device.silent = 5;
    await even(device).transferOut(2, Uint8Array.of(7));
    expect((await even(device).transferIn(1, 64)).data?.getUint8(0)).toBe(7);
    expect(device.timeouts).toEqual(Array(6).fill(5_500));
  });

  it.each(["close", "releaseInterface", "clearHalt"] as const)(
    "does not %s while a read is under way",
    async (what) => {
      const device = native();
      device.silent = Number.POSITIVE_INFINITY;
      const evened = even(device);
      await evened.open();
      await evened.claimInterface(0);
      const waiting = evened.transferIn(1, 64).catch(String);
      await (what === "clearHalt" ? evened.clearHalt("out", 2) : evened[what](0));
      if (what === "clearHalt") await evened.close();
      expect(await waiting).toContain("Cancelled");
    },
  );

  it("opens once a read that is under way has ended", async () => {
    const device = native();
    device.silent = 1;
    const evened = even(device);
    await evened.open();
    const reading = evened.transferIn(1, 64, 20);
    await evened.open();
    expect(await reading).toEqual({});
  });

  it("has the descriptors of when it was listed while the package throws, and is open then", () => {
    const device = native();
    const { vendorId, productId, productName, serialNumber } = device;
    const evened = even(device);
    for (const name of [
      "vendorId",
      "productId",
      "manufacturerName",
      "productName",
      "serialNumber",
      "opened",
      "configuration",
    ])
      Object.defineProperty(device, name, {
        get: () => {
          throw new Error("The same native value cannot be borrowed mutably while another borrow is active");
        },
      });
    expect(evened).toMatchObject({ vendorId, productId, productName, serialNumber, opened: true });
    expect(evened.configuration).toBe(undefined);
  });

  it("ends a read that has a time limit with no data when nothing comes, and has none under way then", async () => {
    const device = native();
    device.silent = 1;
    const evened = even(device);
    await evened.open();
    expect(await evened.transferIn(1, 64, 20)).toEqual({});
    expect(device.timeouts).toEqual([20]);
    await evened.close();
    expect(device.opened).toBe(false);
  });

  it("makes a stall a result", async () => {
    const device = native();
    device.stalls = true;
    expect(await even(device).transferIn(1, 64)).toEqual({ status: "stall" });
  });

  it("continues after a transfer that failed", async () => {
    const device = native();
    device.nextIn = () => {
      throw new Error("transferIn error: Fault");
    };
    const evened = even(device);
    await expect(evened.transferIn(1, 64)).rejects.toThrow("Fault");
  });
});

class Hid implements NpmHid {
  readonly written: Uint8Array[] = [];
  data: (report: Uint8Array) => void = () => {};
  error: (cause: unknown) => void = () => {};

  on(event: "data" | "error", listener: (data: never) => void): void {
    if (event === "data") this.data = listener as (report: Uint8Array) => void;
    else this.error = listener as (cause: unknown) => void;
  }

  async write(report: Uint8Array): Promise<number> {
    this.written.push(report);
    return report.length;
  }

  async close(): Promise<void> {}
}

describe("npm node-hid, as a queue of reports", () => {
  async function opened() {
    const hid = new Hid();
    const device = new QueuedHidDevice({ vendorId: 0x0d28, productId: 0x0204 }, async () => hid);
    await device.open();
    return { hid, device };
  }

  it("puts the report's number before it", async () => {
    const { hid, device } = await opened();
    await device.sendReport(0, Uint8Array.of(5, 6));
    expect(hid.written).toEqual([Uint8Array.of(0, 5, 6)]);
  });

  it("keeps reports in order, with a read pending or not", async () => {
    const { hid, device } = await opened();
    const first = device.receive();
    hid.data(Uint8Array.of(1));
    hid.data(Uint8Array.of(2));
    expect([await first, await device.receive()]).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
  });

  it("rejects pending and later reads when the device is unplugged", async () => {
    const { hid, device } = await opened();
    const waiting = device.receive();
    hid.error(new Error("could not read from HID device"));
    const codes = await Promise.all(
      [waiting, device.receive()].map((read) => read.catch((error) => usbFailure(error, "transfer", "read").code)),
    );
    expect(codes).toEqual(["usb-unplugged", "usb-unplugged"]);
    await expect(device.sendReport(0, Uint8Array.of(1))).rejects.toThrow("disconnected");
  });

  it("rejects pending reads when it is closed", async () => {
    const { device } = await opened();
    const waiting = device.receive();
    await device.close();
    await expect(waiting).rejects.toThrow("closed");
  });
});
