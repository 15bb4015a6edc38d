import { describe, expect, it } from "vitest";
import { createTwin, type TwinOptions } from "../../../src/twin/usb.ts";
import { ap, command, dp, Lab, MS } from "./lab.ts";

const CHIP = "MK24FN1M0xxx12";
const OK = 1;
const FAULT = 4;
const SILENCE = 7;
const SRAM = 0x20000000;

const codeOf = (make: () => unknown) => {
  try {
    make();
    return "made";
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

/** Awaits what can be awaited without time passing, and says whether it is settled. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  const mark = () => {
    done = true;
  };
  promise.then(mark, mark);
  for (let round = 0; round < 200; round++) await Promise.resolve();
  return done;
}

describe("twin", () => {
  it("has the USB descriptors of a J-Link V9", () => {
    const { device } = createTwin({ chip: CHIP });
    expect(device).toMatchObject({ vendorId: 0x1366, productId: 0x0101, productName: "J-Link", opened: false });
    expect(device.serialNumber).toBe("000059304712");
    const [{ alternates }] = device.configuration?.interfaces ?? [];
    expect(alternates[0]).toMatchObject({ interfaceClass: 0xff, interfaceSubclass: 0xff, interfaceProtocol: 0xff });
    expect(alternates[0].endpoints).toEqual([
      { endpointNumber: 1, direction: "in", type: "bulk", packetSize: 64 },
      { endpointNumber: 2, direction: "out", type: "bulk", packetSize: 64 },
    ]);
  });

  it("has AHB-AP, MDM-AP and memory that keeps what is written", async () => {
    const lab = await Lab.quiet();
    const idr = async (apsel: number) => (await lab.transfers([dp(8, (apsel << 24) | 0xf0), ap(0xc), dp(0xc)]))[2].data;
    expect(await idr(0)).toBe(0x24770011);
    expect(await idr(1)).toBe(0x001c0000);
    expect(await idr(2)).toBe(0);
    expect(await lab.write32(SRAM, 0xcafef00d)).toEqual([OK, OK, OK, OK, OK]);
    expect(await lab.read32(SRAM)).toBe(0xcafef00d);
    expect(await lab.read32(0xe000ed00)).toBe(0x410fc241);
  });

  it("is unsecured when new and secured when locked", async () => {
    expect(createTwin({ chip: CHIP }).peekFlash(0x408, 8)).toEqual(
      Uint8Array.of(255, 255, 255, 255, 254, 255, 255, 255),
    );
    const locked = await Lab.connected({ locked: true });
    expect(locked.twin.peekFlash(0x40c, 1)).toEqual(Uint8Array.of(255));
    await locked.twin.clock.sleep(2_000);
    expect((await locked.write32(SRAM, 1)).at(-1)).toBe(FAULT);
  });

  it("measures the given supply, and its chip is off below 1.5 V", async () => {
    expect(await (await Lab.open()).vtref()).toBe(3314);
    const off = await Lab.open({ vtrefMv: 0 });
    expect(await off.vtref()).toBe(0);
    await off.connect();
    expect((await off.transfers([dp(0)]))[0].ack).toBe(0);
  });

  it("holds the chip in reset with the reset pin low", async () => {
    const lab = await Lab.quiet();
    await lab.out(0xdc);
    expect((await lab.mdmStatus()) & 8).toBe(0);
    await lab.out(0xdd);
    await lab.twin.clock.sleep(2_000);
    expect((await lab.mdmStatus()) & 8).toBe(8);
  });

  it.each([
    [{ chip: "STM32" }, "twin-unknown-chip"],
    [{ probe: "st-link" as "jlink" }, "twin-unknown-probe"],
    [{ faults: "boom@usb=1" }, "twin-fault-spec"],
  ] as [Partial<TwinOptions>, string][])("refuses %o with an error code", (options, code) => {
    expect(codeOf(() => createTwin({ chip: CHIP, ...options }))).toBe(code);
  });
});

describe("twin as WebUSB device", () => {
  it("must be opened and claimed first", async () => {
    const { device } = createTwin({ chip: CHIP });
    await expect(device.transferOut(2, Uint8Array.of(1))).rejects.toMatchObject({ name: "InvalidStateError" });
    await device.open();
    await expect(device.transferOut(2, Uint8Array.of(1))).rejects.toMatchObject({ name: "NotFoundError" });
    await expect(device.claimInterface(3)).rejects.toMatchObject({ name: "NotFoundError" });
    await expect(device.selectConfiguration(2)).rejects.toMatchObject({ name: "NotFoundError" });
    await device.selectConfiguration(1);
    await device.claimInterface(0);
    await expect(device.transferIn(2, 64)).rejects.toMatchObject({ name: "NotFoundError" });
    expect(await device.transferOut(2, Uint8Array.of(0xd4))).toEqual({ status: "ok", bytesWritten: 1 });
    await device.releaseInterface(0);
    await expect(device.transferIn(1, 64)).rejects.toMatchObject({ name: "NotFoundError" });
  });

  it("sends the version as two transfers, and an empty packet after a full last one", async () => {
    const lab = await Lab.open();
    await lab.out(0x01);
    expect((await lab.in(512)).length).toBe(2);
    expect((await lab.in(512)).length).toBe(112);
    await lab.out(0xf2);
    expect((await lab.in(512)).length).toBe(256);
    await lab.out(0xf2);
    expect((await lab.in(256)).length).toBe(256);
    expect((await lab.in(256)).length).toBe(0);
    await lab.out(0xd4);
    expect((await lab.in(256)).length).toBe(4);
  });

  it("returns babble for a transfer shorter than the packet", async () => {
    const lab = await Lab.open();
    await lab.out(0xd4);
    expect(await lab.twin.device.transferIn(1, 2)).toMatchObject({ status: "babble" });
    await lab.out(0xd4);
    expect((await lab.in(4)).length).toBe(4);
  });

  it("aborts a pending transfer when it is closed", async () => {
    const lab = await Lab.open();
    const waiting = lab.in(64);
    await lab.twin.device.close();
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("twin time model", () => {
  /** 64 KiB as single SWD writes, 1,424 in a command. */
  async function write64K(lab: Lab) {
    const words = Array.from({ length: 16_384 }, (_, i) => dp(8, i & 0xf0));
    const [from, outs, ins] = [lab.now, lab.outs, lab.ins];
    for (let at = 0; at < words.length; at += 1_424) {
      await lab.send(command(words.slice(at, at + 1_424)));
      await lab.in(1 << 16);
    }
    return { outs: lab.outs - outs, ins: lab.ins - ins, ms: (lab.now - from) / MS };
  }

  const CLOCKING = (16_384 * 46) / 4_000;
  const BYTES = 3 * ((16_384 * 46) / 8) + 12 * 5;

  it("takes 64 KiB in 12 round trips of 1 ms on full speed without overlap", async () => {
    const { outs, ins, ms } = await write64K(await Lab.connected());
    expect({ outs, ins }).toEqual({ outs: 12, ins: 12 });
    expect(ms).toBeCloseTo(12 * 1 + BYTES / 1_216 + CLOCKING, 3);
    expect(ms).toBeCloseTo(432.89, 2);
  });

  it("takes 64 KiB in 12 round trips of 0.25 ms on high speed", async () => {
    const { outs, ins, ms } = await write64K(await Lab.connected({ probe: "jlink-hs" }));
    expect({ outs, ins }).toEqual({ outs: 12, ins: 12 });
    expect(ms).toBeCloseTo(12 * 0.25 + BYTES / 40_000 + CLOCKING, 3);
  });

  it("overlaps on high speed only: two commands sent before the first response is fetched", async () => {
    const inFlight = async (probe: "jlink" | "jlink-hs") => {
      const lab = await Lab.connected({ probe });
      const batch = command(Array.from({ length: 1_000 }, () => dp(8, 0)));
      const from = lab.now;
      await Promise.all([lab.send(batch), lab.send(batch), lab.in(1 << 16), lab.in(1 << 16)]);
      return (lab.now - from) / MS;
    };
    const bytes = 4 + 2 * 5_750 + 5_751;
    expect(await inFlight("jlink-hs")).toBeCloseTo((4 + 2 * 5_750) / 40_000 + 23 + 0.25 + 5_751 / 40_000, 3);
    // The second command's bytes move during the first one's turnaround.
    expect(await inFlight("jlink")).toBeCloseTo((2 * bytes) / 1_216 + 23, 3);
  });

  it("is the same on every run, in lock-step and paced by the wall clock", async () => {
    const once = await write64K(await Lab.connected());
    expect(await write64K(await Lab.connected())).toEqual(once);
    const asked: number[] = [];
    const pace = async (until: number) => void asked.push(until);
    const paced = await Lab.connected({ pace });
    expect(await write64K(paced)).toEqual(once);
    expect(asked.at(-1)).toBe(paced.now);
    expect(asked).toEqual([...asked].sort((a, b) => a - b));
  });

  it("gives each access within a command its own time", async () => {
    const lab = await Lab.quiet({ probe: "jlink-hs" });
    await lab.launchFlash(0x09, 0x2000);
    const polls = Array.from({ length: 1_400 }, () => ap(0xc));
    const outcomes = await lab.transfers([ap(0, 0x23000040), ap(4, 0x40020000), ...polls]);
    const ended = outcomes.findIndex(({ data }, i) => i > 3 && (data & 0x80) !== 0);
    // 14 ms from the launch, of which two round trips and the way here are gone.
    expect((ended * 46) / 4_000).toBeGreaterThan(13);
    expect((ended * 46) / 4_000).toBeLessThan(13.75);
  });
});

describe("IN transfer without a response", () => {
  it("stays pending while no event is due and gets the next response", async () => {
    const lab = await Lab.open();
    const from = lab.now;
    const waiting = lab.in(64);
    expect(await settled(waiting)).toBe(false);
    expect(lab.now).toBe(from);
    await lab.out(0xd4);
    expect((await waiting).length).toBe(4);
  });

  it("advances time to the earliest alarm and no further", async () => {
    const lab = await Lab.open();
    const rung: number[] = [];
    const from = lab.now;
    lab.twin.clock.alarm(from + 9 * MS, () => rung.push(9));
    lab.twin.clock.alarm(from + 7 * MS, () => rung.push(7));
    expect(await settled(lab.in(64))).toBe(false);
    expect(rung).toEqual([7]);
    expect(lab.now).toBe(from + 7 * MS);
  });

  it("leaves a late response pending when an alarm comes first", async () => {
    const lab = await Lab.open({ faults: "late@usb=2:20" });
    await lab.out(0xd4);
    const from = lab.now;
    lab.twin.clock.alarm(from + 5 * MS, () => {});
    const answer = lab.in(64);
    expect(await settled(answer)).toBe(false);
    expect(lab.now).toBe(from + 5 * MS);
    await lab.twin.clock.sleep(10_000);
    expect(await settled(answer)).toBe(false);
    await lab.twin.clock.sleep(10_000);
    expect((await answer).length).toBe(4);
  });
});

describe("injected USB fault", () => {
  it("stalls an endpoint until its halt is cleared", async () => {
    const { twin, ...lab } = await Lab.open({ faults: "stall@usb=1+stall@usb=4" });
    expect(lab.outs).toBe(0);
    const { device } = twin;
    expect(await device.transferOut(2, Uint8Array.of(0xd4))).toEqual({ status: "stall", bytesWritten: 0 });
    expect(await device.transferOut(2, Uint8Array.of(0xd4))).toMatchObject({ status: "stall" });
    await device.clearHalt("out", 2);
    expect(await device.transferOut(2, Uint8Array.of(0xd4))).toMatchObject({ status: "ok" });
    expect(await device.transferIn(1, 64)).toEqual({ status: "stall" });
    await device.clearHalt("in", 1);
    expect((await device.transferIn(1, 64)).data?.byteLength).toBe(4);
    expect(twin.faultsFired.map((one) => one.count)).toEqual([1, 1]);
  });

  it.each([
    ["short", 3],
    ["long", 5],
    ["garbage", 4],
  ])("makes a response %s", async (kind, length) => {
    const lab = await Lab.open({ faults: `${kind}@usb=2` });
    await lab.out(0xd4);
    const bytes = await lab.in(64);
    expect(bytes.length).toBe(length);
    if (kind === "garbage") expect(bytes).not.toEqual(Uint8Array.of(0, 0xa0, 0, 0));
    await lab.out(0xd4);
    expect(await lab.in(64)).toEqual(Uint8Array.of(0, 0xa0, 0, 0));
  });

  it("loses a response that is dropped, and gives the transfer the next one", async () => {
    const lab = await Lab.open({ faults: "drop@usb=2" });
    await lab.out(0xd4);
    const waiting = lab.in(64);
    await lab.out(0xf0);
    expect(await waiting).toEqual(Uint8Array.of(0x48, 0x6b, 1, 0));
  });

  it("gives a doubled response to the next transfer once more", async () => {
    const lab = await Lab.open({ faults: "double@usb=2" });
    await lab.out(0xd4);
    expect(await lab.in(64)).toEqual(Uint8Array.of(0, 0xa0, 0, 0));
    expect(await lab.in(64)).toEqual(Uint8Array.of(0, 0xa0, 0, 0));
  });

  it("flips one bit of a response, counted from the first byte's lowest", async () => {
    const lab = await Lab.open({ faults: "flip@usb=2:9" });
    await lab.out(0xd4);
    expect(await lab.in(64)).toEqual(Uint8Array.of(0, 0xa2, 0, 0));
  });

  it("gives the probe nothing of a request that is dropped, and the host sees no loss", async () => {
    const lab = await Lab.open({ faults: "drop@usb=1" });
    expect(await lab.twin.device.transferOut(2, Uint8Array.of(0xd4))).toEqual({ status: "ok", bytesWritten: 1 });
    await lab.out(0xf0);
    expect(await lab.in(64)).toEqual(Uint8Array.of(0x48, 0x6b, 1, 0));
  });

  it("gives the probe a doubled request twice", async () => {
    const lab = await Lab.open({ faults: "double@usb=1" });
    await lab.out(0xd4);
    expect(await lab.in(64)).toEqual(Uint8Array.of(0, 0xa0, 0, 0));
    expect(await lab.in(64)).toEqual(Uint8Array.of(0, 0xa0, 0, 0));
  });

  it("gives the probe a request with one bit wrong", async () => {
    const lab = await Lab.open({ faults: "flip@usb=1:5" });
    await lab.out(0xf4);
    expect(await lab.in(64)).toEqual(Uint8Array.of(0, 0xa0, 0, 0));
  });

  it("leaves a late response for the next read", async () => {
    const lab = await Lab.open({ faults: "late@usb=2:20" });
    await lab.out(0xd4);
    lab.twin.clock.alarm(lab.now + 5 * MS, () => {});
    const abandoned = lab.in(64).catch((error: Error) => error.name);
    await lab.twin.device.close();
    await lab.claim();
    await lab.out(0xf0);
    expect(await lab.in(64)).toEqual(Uint8Array.of(0, 0xa0, 0, 0));
    expect(await lab.in(64)).toEqual(Uint8Array.of(0x48, 0x6b, 1, 0));
    expect(await abandoned).toBe("AbortError");
  });

  it("unplugs the device for good", async () => {
    const lab = await Lab.open({ faults: "unplug@usb=2" });
    await lab.out(0xd4);
    await expect(lab.in(64)).rejects.toMatchObject({ name: "NetworkError" });
    await expect(lab.in(64)).rejects.toMatchObject({ name: "NotFoundError" });
    await expect(lab.twin.device.open()).rejects.toMatchObject({ name: "NotFoundError" });
  });
});

describe("injected SWD fault", () => {
  it("happens at the nth SWD transfer since the board was made", async () => {
    const lab = await Lab.connected({ faults: "fault@dap=6" });
    const acks = (await lab.transfers([dp(8, 0), dp(8, 0), dp(4)])).map((one) => one.ack);
    expect(acks).toEqual([OK, FAULT, expect.any(Number)]);
    expect(lab.twin.faultsFired).toEqual([{ fault: "fault@dap=6", count: 1 }]);
  });

  it("stops the port from acknowledging", async () => {
    const lab = await Lab.connected({ faults: "noack@dap=5" });
    expect((await lab.transfers([dp(4), dp(0)])).map((one) => one.ack)).toEqual([SILENCE, SILENCE]);
    await lab.switchToSwd();
    expect((await lab.transfers([dp(0)]))[0]).toEqual({ ack: OK, data: 0x2ba01477 });
  });
});
