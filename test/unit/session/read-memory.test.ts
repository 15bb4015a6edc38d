import { describe, expect, it } from "vitest";
import type { Chip } from "../../../src/chips/chip.ts";
import { MK24FN1M0xxx12 as k24 } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { type ReadOptions, readMemory } from "../../../src/session/read-memory.ts";
import type { ConnectOptions } from "../../../src/session/connect.ts";
import { connectMadeUp, MADE_UP, type MadeUp, madeUp } from "../../support/made-up-chip.ts";

const FLASH = 0x08000000;
const RAM = 0x20000000;
const [main] = k24.banks;
const chip: Chip = {
  ...MADE_UP,
  memories: [
    { name: "RAM", kind: "ram", start: RAM, length: 0x100 },
    { name: "ROM", kind: "rom", start: 0x1000, length: 0x100 },
    { name: "timer", kind: "peripheral", start: 0x40001000, length: 0x100 },
  ],
  banks: [{ ...main, start: FLASH, length: 0x1000, sectors: [{ size: 0x1000, count: 1 }] }],
};

async function connected(options: Partial<ConnectOptions> = {}) {
  const lab = madeUp();
  const session = await connectMadeUp(lab, chip, options);
  const read = async (start: number, length: number, how: ReadOptions = {}) => {
    lab.core.accesses.length = 0;
    return { ...(await readMemory(session, { start, length }, how)), counts: countsOf(lab, start, length) };
  };
  return { lab, session, read };
}

/** How often each word of a range was read. */
const countsOf = ({ core }: MadeUp, start: number, length: number): readonly number[] =>
  Array.from({ length: length / 4 }, (_, i) => {
    const word = `r32 ${(start + 4 * i).toString(16)}`;
    return core.accesses.filter((access) => access === word).length;
  });

describe("a reading of memory", () => {
  it.each([
    ["begins before RAM and ends in it", RAM - 8, [1, 1, 2, 2]],
    ["begins in RAM and ends behind it", RAM + 0xf8, [2, 2, 1, 1]],
    ["begins before flash and ends in it", FLASH - 8, [1, 1, 2, 2]],
    ["begins in flash and ends behind it", FLASH + 0xff8, [2, 2, 1, 1]],
    ["begins in ROM and ends behind it", 0x10f8, [2, 2, 1, 1]],
  ])("that %s reads twice what stands still and no other word", async (_, start, counts) => {
    const { lab, read } = await connected();
    for (const i of counts.keys()) lab.core.write(start + 4 * i, 4, i + 1);
    const reading = await read(start, 16);
    expect(reading.counts).toEqual(counts);
    expect(reading.readings).toBe(1);
    expect([...new Uint32Array(reading.bytes.buffer)]).toEqual([1, 2, 3, 4]);
  });

  it.each([
    ["RAM of a halted core", "halt", RAM, 2],
    ["RAM of a running core", "attach", RAM, 1],
    ["ROM under a running core", "attach", 0x1000, 2],
    ["flash under a running core", "attach", FLASH, 2],
    ["registers of a halted core", "halt", 0x40001000, 1],
  ] as const)("of %s, after %s, at 0x%x is done %i times", async (_, how, start, readings) => {
    const reading = await (await connected({ how })).read(start, 8);
    expect(reading).toMatchObject({ counts: [readings, readings], readings, isProved: false });
  });

  // ARMv7-M ARM (DDI 0403E), B3.1.
  it.each([
    [0x1fffffe0, "halt", 2],
    [0x20000000, "halt", 2],
    [0x3fffffe0, "halt", 2],
    [0x40001000, "halt", 1],
    [0x60000000, "halt", 2],
    [0x9fffffe0, "halt", 2],
    [0xa0000000, "halt", 1],
    [0x1fffffe0, "attach", 2],
    [0x20000000, "attach", 1],
    [0x60000000, "attach", 1],
  ] as const)("at 0x%x of a chip that is not known, after %s, is done %i times", async (start, how, readings) => {
    const { read } = await connected({ how, chip: undefined, candidates: [] });
    expect(await read(start, 8)).toMatchObject({ counts: [readings, readings], readings });
  });

  it("is done once with once, wherever it is", async () => {
    const { read } = await connected();
    for (const start of [FLASH, RAM])
      expect(await read(start, 8, { once: true })).toMatchObject({ readings: 1, counts: [1, 1] });
  });

  it("of no bytes is no double reading", async () => {
    expect(await (await connected()).read(FLASH, 0)).toMatchObject({ readings: 1, counts: [] });
  });

  it("shows its progress from nothing to all, and never backwards", async () => {
    const seen: (readonly [number, number])[] = [];
    const { read, session } = await connected();
    session.core.memory.read = async (_, count) => new Uint8Array(count);
    await read(0x40000, 0x20008, { once: true, onProgress: (...at) => void seen.push(at) });
    expect(seen).toEqual([0, 0x10000, 0x20000, 0x20008].map((done) => [done, 0x20008]));
  });
});
