import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BlockSearch } from "../../../src/rtt/search.ts";
import { BASE, Ram, SETUP, type Setup, setUp } from "./ram.ts";

const RANGE = { start: BASE, length: 0x4000 };

async function find(ram: Ram, ranges = [RANGE]): Promise<number | undefined> {
  const search = new BlockSearch(ram, ranges);
  while (!search.isOver) {
    const found = await search.step();
    if (found) return found.address;
  }
  return undefined;
}

const setupAt = (at: number): Setup => ({ ...SETUP, at });

describe("search for the RTT control block", () => {
  it("finds it at every word of the RAM, across the borders of its steps too", async () => {
    const addresses = fc.oneof(
      fc.integer({ min: 0x100, max: 0x3fb0 / 4 - 1 }).map((word) => BASE + 4 * word),
      fc.integer({ min: -8, max: 8 }).map((word) => BASE + 4096 + 4 * word),
    );
    await fc.assert(
      fc.asyncProperty(addresses, async (at) => {
        const ram = new Ram();
        setUp(ram, setupAt(at));
        expect(await find(ram)).toBe(at);
      }),
    );
  });

  it("ends without result where there is none", async () => expect(await find(new Ram())).toBeUndefined());

  it("skips a copy of the ID that no block follows", async () => {
    const ram = new Ram();
    setUp(ram);
    ram.at(BASE + 0x800, 16).set(ram.at(SETUP.at, 16));
    ram.put(BASE + 0x810, 7000, 1);
    expect(await find(ram)).toBe(SETUP.at);
  });

  it("skips an ID at the very end of the RAM", async () => {
    const ram = new Ram();
    setUp(ram);
    ram.at(BASE + 0x3ff0, 16).set(ram.at(SETUP.at, 16));
    ram.at(SETUP.at, 1)[0] = 0;
    expect(await find(ram)).toBeUndefined();
  });

  it("skips a range that the chip refuses", async () => {
    const ram = new Ram();
    setUp(ram);
    expect(await find(ram, [{ start: 0x10000000, length: 0x1000 }, RANGE])).toBe(SETUP.at);
  });

  it("reads only the given ranges", async () => {
    const ram = new Ram();
    setUp(ram);
    expect(await find(ram, [{ start: BASE, length: 0x1000 }])).toBeUndefined();
    expect(await find(ram, [{ start: BASE + 0x1001, length: 0x802 }])).toBe(SETUP.at);
    expect(await find(ram, [])).toBeUndefined();
  });

  it("reads a few KB at a time", async () => {
    const ram = new Ram();
    await new BlockSearch(ram, [RANGE]).step();
    expect(ram.reads).toBe(1);
  });
});
