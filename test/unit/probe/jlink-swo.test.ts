import { describe, expect, it } from "vitest";
import type { SwoReceiver } from "../../../src/probe/probe.ts";
import { JLinkProbe } from "../../../src/probe/jlink/jlink-probe.ts";
import { FakeClock } from "./fake-clock.ts";
import { fakeJLink } from "./fake-jlink.ts";

const SWO = 0xeb;
const words = (...values: readonly number[]) => {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value, true);
  return bytes;
};
const withBytes = (head: Uint8Array, count: number) => Uint8Array.from([...head, ...new Array<number>(count).fill(7)]);

/** The SWO receiver of a probe that answers every one of its commands with these bytes. */
async function receiver(answer: Uint8Array, freeMemory = 0xa000) {
  const device = fakeJLink({ [SWO]: answer, 0xd4: words(freeMemory) });
  const { swo } = await JLinkProbe.open(device, new FakeClock());
  device.written.length = 0;
  return { swo: swo as SwoReceiver, sent: () => device.written.map((bytes) => Buffer.from(bytes).toString("hex")) };
}

describe("SWO of a J-Link", () => {
  /** Length of all that follows and itself, a word, base frequency, least and most divider, two words. */
  const speeds = (baseHz: number, least: number, most: number) => words(28, 0, baseHz, least, most, 0, 0);

  it.each([
    ["the nearest divider", 1_000_000, 1_000_000],
    ["the nearest divider, rounded", 950_000, 952_380],
    ["the least divider", 100_000_000, 10_000_000],
    ["the most divider", 1, 20_000],
  ])("has a speed by %s", async (_, wanted, hz) => {
    const { swo, sent } = await receiver(speeds(20_000_000, 2, 1000));
    expect(await swo.speedFor(wanted)).toBe(hz);
    expect(sent()).toEqual(["eb6e04010000000000"]);
  });

  it("has a divider of 1 where the probe names 0, and speed 0 where it names none", async () => {
    expect(await (await receiver(speeds(1000, 0, 5))).swo.speedFor(9_000)).toBe(1000);
    expect(await (await receiver(words(0x8000_0000))).swo.speedFor(1000)).toBe(0);
    expect(await (await receiver(words(27))).swo.speedFor(1000)).toBe(0);
  });

  it("starts as a UART at a whole speed, with what memory the probe has beside its commands", async () => {
    const { swo, sent } = await receiver(words(0), 0x5000);
    await swo.start(1000.4);
    expect(sent()).toEqual(["eb640401000000000402e80300000404004c000000"]);
    const small = await receiver(words(0), 1200);
    await small.swo.start(1000);
    expect(small.sent()[0]).toContain("040400020000");
  });

  it("is refused with the probe's status where it does not start", async () => {
    const { swo } = await receiver(words(0x8000_0005));
    await expect(swo.start(1000)).rejects.toMatchObject({
      code: "probe-unsupported",
      message: "The J-Link refused to start SWO with status 0x80000005",
      details: { command: "SWO start", status: 0x8000_0005 },
    });
  });

  it("is read with its bytes, none included, and whether some were lost", async () => {
    const some = await receiver(withBytes(words(0, 3), 3));
    expect(await some.swo.read()).toEqual({ bytes: Uint8Array.of(7, 7, 7), lost: false });
    expect(some.sent()).toEqual(["eb6604030010000000"]);
    expect(await (await receiver(words(1, 0))).swo.read()).toEqual({ bytes: new Uint8Array(0), lost: true });
    expect(await (await receiver(words(2, 0))).swo.read()).toMatchObject({ lost: false });
  });

  it("is refused where the probe has more than it was asked for, or an error", async () => {
    await expect((await receiver(withBytes(words(0, 4097), 4097))).swo.read()).rejects.toMatchObject({
      code: "probe-protocol",
      message: "The J-Link has 4097 bytes of SWO, and was asked for 4096",
    });
    expect((await (await receiver(withBytes(words(0, 4096), 4096))).swo.read()).bytes).toHaveLength(4096);
    await expect((await receiver(words(0x8000_0000, 0))).swo.read()).rejects.toMatchObject({
      code: "probe-unsupported",
      details: { command: "SWO read" },
    });
  });

  it("stops", async () => {
    const { swo, sent } = await receiver(words(0));
    await swo.stop();
    expect(sent()).toEqual(["eb6500"]);
  });
});
