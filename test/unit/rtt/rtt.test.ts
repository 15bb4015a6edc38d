import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MILLISECOND } from "../../../src/base/clock.ts";
import { pump, type RttLine } from "../../../src/rtt/pump.ts";
import { Rtt } from "../../../src/rtt/rtt.ts";
import { BASE, Ram, SetClock, SETUP, setUp, targetReads, targetWrites } from "./ram.ts";

const PLACE = { ranges: [{ start: BASE, length: 0x4000 }] };

/** RTT that has found its block, with the two descriptors. */
async function found() {
  const ram = new Ram();
  const [up, down] = setUp(ram);
  const clock = new SetClock();
  const rtt = new Rtt(ram, clock, PLACE);
  while (!(await rtt.look())) clock.time += MILLISECOND;
  return { ram, up, down, rtt, clock };
}

const text = (bytes: Iterable<number>) => String.fromCharCode(...bytes);

describe("RTT", () => {
  it("moves all bytes both ways in order at any relative speed", async () => {
    const rounds = fc.array(fc.tuple(fc.nat(20), fc.nat(20), fc.nat(10)), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(rounds, async (all) => {
        const { ram, up, down, rtt } = await found();
        const [sent, received, written, taken]: number[][] = [[], [], [], []];
        for (const [upward, downward, takes] of all) {
          const bytes = Array.from({ length: upward }, (_, i) => (sent.length + i) & 0xff);
          sent.push(...bytes.slice(0, targetWrites(ram, up, bytes)));
          await rtt.look();
          received.push(...(await rtt.read(0)));
          const words = Array.from({ length: downward }, (_, i) => (written.length * 7 + i) & 0xff);
          written.push(...words.slice(0, await rtt.write(0, Uint8Array.from(words))));
          taken.push(...targetReads(ram, down, takes));
        }
        expect(received).toEqual(sent);
        expect([...taken, ...targetReads(ram, down, 99)]).toEqual(written);
      }),
      { numRuns: 50 },
    );
  });

  it("writes only the read offset of an up buffer, a down buffer and its write offset", async () => {
    const { ram, up, down, rtt } = await found();
    for (let i = 0; i < 5; i++) {
      targetWrites(ram, up, [1, 2, 3, 4, 5]);
      await rtt.look();
      await rtt.read(0);
      await rtt.write(0, Uint8Array.of(1, 2, 3));
      targetReads(ram, down, 9);
    }
    const may = [
      ...Array.from({ length: 4 }, (_, i) => up + 16 + i),
      ...Array.from({ length: 4 }, (_, i) => down + 12 + i),
      ...Array.from({ length: SETUP.down[0].size }, (_, i) => SETUP.down[0].buffer + i),
    ];
    expect([...ram.written].filter((address) => !may.includes(address))).toEqual([]);
  });

  it("returns how much of a long write had room", async () => {
    const { rtt } = await found();
    expect(await rtt.write(0, new Uint8Array(100))).toBe(6);
    expect(await rtt.write(0, new Uint8Array(100))).toBe(0);
  });

  it("refuses a channel that the firmware has not set up", async () => {
    const { rtt } = await found();
    await expect(rtt.read(1)).rejects.toMatchObject({ code: "rtt-no-channel" });
    await expect(rtt.write(3, Uint8Array.of(1))).rejects.toMatchObject({ code: "rtt-no-channel" });
  });

  it("finds the block again that a reset has cleared, with buffers begun anew", async () => {
    const { ram, up, rtt, clock } = await found();
    targetWrites(ram, up, [1, 2, 3]);
    await rtt.look();
    await rtt.read(0);
    ram.at(SETUP.at, 72).fill(0);
    expect(await rtt.look()).toBeUndefined();
    for (let i = 0; i < 20; i++, clock.time += 50 * MILLISECOND) expect(await rtt.look()).toBeUndefined();
    setUp(ram);
    targetWrites(ram, up, [4, 5]);
    for (let i = 0; i < 20 && !(await rtt.look()); i++) clock.time += 50 * MILLISECOND;
    expect([...(await rtt.read(0))]).toEqual([4, 5]);
  });

  it("finds a block that has moved", async () => {
    const { ram, rtt, clock } = await found();
    ram.at(SETUP.at, 72).fill(0);
    setUp(ram, { ...SETUP, at: BASE + 0x3000 });
    for (let i = 0; i < 20 && !(await rtt.look()); i++) clock.time += 50 * MILLISECOND;
    expect(await rtt.look()).toMatchObject({ address: BASE + 0x3000 });
  });

  it("searches only at the address that was given", async () => {
    const ram = new Ram();
    setUp(ram);
    const clock = new SetClock();
    const elsewhere = new Rtt(ram, clock, { ...PLACE, address: BASE });
    for (let i = 0; i < 5; i++, clock.time += 500 * MILLISECOND) expect(await elsewhere.look()).toBeUndefined();
    expect(elsewhere.failedSearches).toBe(5);
    expect(await new Rtt(ram, clock, { ...PLACE, address: SETUP.at }).look()).toMatchObject({ address: SETUP.at });
  });

  it("pauses after a search of all ranges without result", async () => {
    const ram = new Ram();
    const rtt = new Rtt(ram, new SetClock(), PLACE);
    for (let i = 0; i < 100; i++) await rtt.look();
    expect(rtt.failedSearches).toBe(1);
    expect(ram.reads).toBeLessThan(10);
  });

  it("survives any change of the block by the target", async () => {
    const pokes = fc.array(fc.tuple(fc.nat(17), fc.oneof(fc.nat(40), fc.integer({ min: 0, max: 0xffffffff }))), {
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(pokes, async (all) => {
        const { ram, rtt, clock } = await found();
        for (const [word, value] of all) {
          ram.put(SETUP.at + 4 * word, value);
          await pump(rtt, shout()).catch((error) => expect(error).toMatchObject({ code: "memory-fault" }));
          clock.time += 300 * MILLISECOND;
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** A line that always has something to say on channel 0. */
const shout = (): RttLine & { readonly received: number[] } => {
  const received: number[] = [];
  return {
    received,
    channels: new Set([0]),
    take: (_, bytes) => void received.push(...bytes),
    waiting: () => Uint8Array.of(0x68, 0x69),
    sent: () => {},
  };
};

describe("RTT line", () => {
  it("serves the channels that have a client", async () => {
    const { ram, up, down, rtt } = await found();
    targetWrites(ram, up, [0x79, 0x6f]);
    const line = shout();
    expect(await pump(rtt, line)).toMatchObject({ address: SETUP.at });
    expect(text(line.received)).toBe("yo");
    expect(text(targetReads(ram, down, 9))).toBe("hi");
  });

  it("reads only the block while no channel has a client", async () => {
    const { ram, up, rtt } = await found();
    targetWrites(ram, up, [1]);
    await pump(rtt, { ...shout(), channels: new Set() });
    expect(ram.written.size).toBe(0);
  });

  it("waits for a channel that does not exist yet", async () => {
    const { rtt } = await found();
    expect(await pump(rtt, { ...shout(), channels: new Set([5]) })).toBeDefined();
  });
});
