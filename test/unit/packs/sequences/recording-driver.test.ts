import { describe, expect, it } from "vitest";
import { RecordingDriver } from "../../../../src/packs/sequences/recording-driver.ts";

const AP = { dp: 0, ap: 0 };
const events = (driver: RecordingDriver) =>
  driver.events.map((event) =>
    "place" in event
      ? `${event.kind} ${event.place.kind} ${event.place.port} ${event.address} x${event.count}`
      : event.kind,
  );

describe("a target without anything behind its addresses", () => {
  it("holds the bytes that were written, lowest first, whatever the width of the access", async () => {
    const driver = new RecordingDriver();
    await driver.write(AP, 0x10, 4, 0x1122_3344n);
    expect([await driver.read(AP, 0x10, 1), await driver.read(AP, 0x12, 2), await driver.read(AP, 0x10, 8)]).toEqual([
      0x44n,
      0x1122n,
      0x1122_3344n,
    ]);
  });

  it("holds registers of each port by itself, ABORT of a debug port apart", async () => {
    const driver = new RecordingDriver();
    await driver.writeDp(0, 4, 1);
    await driver.writeDp(1, 4, 2);
    await driver.writeDp(0, 0, 3);
    await driver.writeAp(AP, 4, 4);
    await driver.writeAp(AP, 0, 5);
    await driver.writeAccessAp(0, 4, 6);
    const { readDp, readAp, readAccessAp } = driver;
    expect(
      await Promise.all([readDp(0, 4), readDp(1, 4), readDp(0, 0), readAp(AP, 4), readAp(AP, 0), readAccessAp(0, 4)]),
    ).toEqual([1, 2, 0, 4, 5, 6]);
  });

  it("inverts a place for every second thousand of reads, until it is written", async () => {
    const driver = new RecordingDriver();
    const values: bigint[] = [];
    for (let i = 0; i < 2001; i++) values.push(await driver.read(AP, 0, 1));
    expect([values[0], values[999], values[1000], values[1999], values[2000]]).toEqual([0n, 0n, 0xffn, 0xffn, 0n]);
    for (let i = 0; i < 1000; i++) await driver.read(AP, 4, 1);
    await driver.write(AP, 4, 1, 1n);
    expect(await driver.read(AP, 4, 1)).toBe(1n);
  });

  it("notes equal accesses in a row as one", async () => {
    const driver = new RecordingDriver();
    for (const address of [0, 0, 4]) await driver.read(AP, address, 4);
    for (const value of [1n, 1n, 2n]) await driver.write(AP, 4, 4, value);
    await driver.write(AP, 4, 2, 2n);
    await driver.read({ dp: 0, ap: 1 }, 4, 4);
    await driver.read({ dp: 1, ap: 1 }, 4, 4);
    await driver.read({ dp: 1, ap: 1, apid: 3 }, 4, 4);
    await driver.readDp(0, 4);
    expect(events(driver)).toEqual([
      "read memory AP 0 0 x2",
      "read memory AP 0 4 x1",
      "write memory AP 0 4 x2",
      "write memory AP 0 4 x1",
      "write memory AP 0 4 x1",
      "read memory AP 1 4 x1",
      "read memory DP 1, AP 1 4 x1",
      "read memory AP id 3 4 x1",
      "read dp DP 0 4 x1",
    ]);
  });

  it("passes 10 microseconds for an access and for a look at the time, and as many as it is to wait", async () => {
    const driver = new RecordingDriver();
    expect(driver.now()).toBe(10);
    await driver.read(AP, 0, 4);
    await driver.write(AP, 0, 4, 0n);
    expect(driver.now()).toBe(40);
    await driver.delay(100);
    await driver.pins(0, 0, 1000);
    expect(driver.now()).toBe(1150);
  });

  it("notes what is neither read nor written, with its values", async () => {
    const driver = new RecordingDriver();
    expect(await driver.pins(1, 0x80, 5)).toBe(0xffff_ffff);
    expect(await driver.query("q", 7n)).toBe(7n);
    await driver.clock(1000);
    await driver.swjSequence(3, 5n);
    await driver.delay(9);
    await driver.message(1, "m");
    await driver.predefined("ResetSystem");
    driver.entered("S");
    driver.timedOut(50, { of: "S", line: 8, column: 1 });
    expect(driver.events).toEqual([
      { kind: "pins", out: 1, select: 0x80, microseconds: 5 },
      { kind: "query", text: "q", answer: 7n },
      { kind: "clock", hertz: 1000 },
      { kind: "bits", count: 3, bits: 5n },
      { kind: "delay", microseconds: 9 },
      { kind: "message", level: 1, text: "m" },
      { kind: "predefined", name: "ResetSystem" },
      { kind: "sequence", name: "S" },
      { kind: "time-out", microseconds: 50, line: 8 },
    ]);
  });

  it("keeps 1,000 events, and counts those behind them", async () => {
    const driver = new RecordingDriver();
    for (let i = 0; i < 1003; i++) await driver.read(AP, i * 4, 4);
    await driver.read(AP, 1002 * 4, 4);
    expect([driver.events.length, driver.more]).toEqual([1000, 4]);
  });

  it("is refused where a sequence goes to more than 200,000 places", async () => {
    const driver = new RecordingDriver();
    for (let i = 0; i < 200_000; i++) await driver.readDp(0, i);
    await expect(driver.readDp(0, 200_000)).rejects.toMatchObject({
      code: "sequence-limit",
      details: { reason: "places" },
    });
  });
});
