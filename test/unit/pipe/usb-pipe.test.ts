import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MILLISECOND, within } from "../../../src/base/clock.ts";
import { readExactly } from "../../../src/pipe/exactly.ts";
import { drainUsb, openUsbPipe } from "../../../src/pipe/usb-pipe.ts";
import type { UsbInResult } from "../../../src/usb/usb-device.ts";
import { FakeClock } from "../probe/fake-clock.ts";
import { FakeUsb, type Firmware } from "../usb/fake-usb.ts";

async function setUp(firmware?: Firmware) {
  const clock = new FakeClock();
  const device = new FakeUsb(firmware);
  return { clock, device, pipe: await openUsbPipe(device, clock) };
}

/** A host that closes no device while a read is pending, and ends only reads that have a time limit. */
class StubbornUsb extends FakeUsb {
  private endOfRead: Promise<unknown> = Promise.resolve();

  override transferIn(endpoint: number, length: number, withinMs?: number): Promise<UsbInResult> {
    const read = super.transferIn(endpoint, length);
    const ended = withinMs === undefined ? read : Promise.race([read, settled().then(() => ({}))]);
    this.endOfRead = ended;
    return ended;
  }

  override async close(): Promise<void> {
    await this.endOfRead;
    await super.close();
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("USB pipe: reading", () => {
  it("requests whole packets, so that no response babbles", async () => {
    const { device, pipe } = await setUp(() => [Uint8Array.of(1, 2)]);
    await pipe.write(Uint8Array.of(1));
    await pipe.read(2);
    await pipe.write(Uint8Array.of(1));
    await pipe.read(65);
    expect(device.calls.filter((call) => call.startsWith("in"))).toEqual(["in 1 64", "in 1 128"]);
  });

  it("skips zero-length packets", async () => {
    const { pipe } = await setUp(() => [new Uint8Array(), new Uint8Array(), Uint8Array.of(7)]);
    await pipe.write(Uint8Array.of(1));
    expect([...(await pipe.read(1))]).toEqual([7]);
  });

  it("keeps bytes beyond the read for the next one and counts them", async () => {
    const { pipe } = await setUp(() => [Uint8Array.of(1, 2, 3)]);
    await pipe.write(Uint8Array.of(1));
    expect([...(await pipe.read(1))]).toEqual([1]);
    expect(pipe.unread).toBe(2);
    expect([...(await readExactly(pipe, 2))]).toEqual([2, 3]);
  });

  it("returns the same bytes however they are split into packets", async () => {
    const packets = fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(packets, async (parts) => {
        const { pipe } = await setUp(() => parts);
        const all = parts.flatMap((part) => [...part]);
        await pipe.write(Uint8Array.of(1));
        expect([...(await readExactly(pipe, all.length))]).toEqual(all);
      }),
    );
  });
});

describe("USB pipe is poisoned", () => {
  it("by a timeout, because the late response would be taken for the next one", async () => {
    const { clock, device, pipe } = await setUp();
    const reading = pipe.read(1, within(clock, 10));
    await settled();
    clock.pass(11 * MILLISECOND);
    await expect(reading).rejects.toMatchObject({ code: "timeout" });
    const before = device.calls.length;
    await expect(pipe.read(1)).rejects.toMatchObject({ code: "pipe-poisoned", cause: { code: "timeout" } });
    await expect(pipe.write(Uint8Array.of(1))).rejects.toMatchObject({ code: "pipe-poisoned" });
    expect(device.calls.length).toBe(before);
  });

  it("by an abort during a transfer", async () => {
    const { pipe } = await setUp();
    const controller = new AbortController();
    const reading = pipe.read(1, { signal: controller.signal });
    await settled();
    controller.abort();
    await expect(reading).rejects.toMatchObject({ code: "aborted" });
    await expect(pipe.read(1)).rejects.toMatchObject({ code: "pipe-poisoned" });
  });

  it("by a failed transfer", async () => {
    const { device, pipe } = await setUp();
    device.nextOut = () => ({ status: "stall", bytesWritten: 0 });
    await expect(pipe.write(Uint8Array.of(1))).rejects.toMatchObject({ code: "usb-stall" });
    await expect(pipe.read(1)).rejects.toMatchObject({ code: "pipe-poisoned" });
  });

  it("but not by a deadline that was over before anything was sent", async () => {
    const { clock, pipe } = await setUp(() => [Uint8Array.of(7)]);
    const late = within(clock, 1);
    clock.pass(2 * MILLISECOND);
    await expect(pipe.write(Uint8Array.of(1), late)).rejects.toMatchObject({ code: "timeout" });
    await pipe.write(Uint8Array.of(1));
    expect([...(await pipe.read(1))]).toEqual([7]);
  });

  it("by a response later than five seconds when the caller sets no deadline", async () => {
    const { clock, pipe } = await setUp();
    const reading = pipe.read(1);
    await settled();
    clock.pass(5001 * MILLISECOND);
    await expect(reading).rejects.toMatchObject({ code: "timeout" });
  });
});

describe("USB pipe: closing", () => {
  it("releases the interface once, and refuses transfers afterwards", async () => {
    const { device, pipe } = await setUp();
    await pipe.close();
    await pipe.close();
    expect([device.claimed, device.opened]).toEqual([[], false]);
    await expect(pipe.read(1)).rejects.toMatchObject({ code: "pipe-closed" });
  });
});

describe("USB pipe: opening", () => {
  it("ends at its deadline where a claim never settles, and closes the device", async () => {
    const [clock, device] = [new FakeClock(), new FakeUsb()];
    device.claimInterface = () => new Promise(() => {});
    const opening = openUsbPipe(device, clock);
    await settled();
    clock.pass(5001 * MILLISECOND);
    await expect(opening).rejects.toMatchObject({ code: "timeout" });
    expect(device.opened).toBe(false);
  });

  it("releases an interface whose claim settles too late", async () => {
    const [clock, device] = [new FakeClock(), new FakeUsb()];
    let settle = () => {};
    const released: number[] = [];
    device.releaseInterface = async (number) => void released.push(number);
    device.claimInterface = () => new Promise((resolve) => (settle = resolve));
    const opening = openUsbPipe(device, clock);
    await settled();
    clock.pass(5001 * MILLISECOND);
    await expect(opening).rejects.toMatchObject({ code: "timeout" });
    settle();
    await settled();
    expect(released).toHaveLength(1);
  });

  it("ends at its deadline where closing never settles", async () => {
    const { clock, device, pipe } = await setUp();
    device.close = () => new Promise(() => {});
    const closing = pipe.close();
    await settled();
    clock.pass(8001 * MILLISECOND);
    await expect(closing).rejects.toMatchObject({ code: "timeout" });
  });
});

describe("draining a device", () => {
  it("discards what an earlier connection left, and closes the device", async () => {
    const clock = new FakeClock();
    const device = new StubbornUsb((request) => [request]);
    await device.transferOut(2, Uint8Array.of(1, 2, 3));
    device.onSilence = () => clock.pass(21 * MILLISECOND);
    await drainUsb(device, clock);
    expect(device.opened).toBe(false);
    const pipe = await openUsbPipe(device, clock);
    await pipe.write(Uint8Array.of(7));
    expect([...(await pipe.read(8))]).toEqual([7]);
  });
});
