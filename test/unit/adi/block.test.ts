import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockReads, readBlock, writeBlock } from "../../../src/adi/block.ts";
import type { Memory } from "../../../src/adi/memory.ts";
import { connectedLab } from "./lab.ts";

/** A range, and by which accesses it is read and written: `8 3` is a byte at 3. */
const RANGES: readonly (readonly [is: string, address: number, count: number, accesses: readonly string[]])[] = [
  ["nothing", 4, 0, []],
  ["one byte", 6, 1, ["8 6"]],
  ["the last byte of a word", 7, 1, ["8 7"]],
  ["an aligned half-word at a word", 4, 2, ["16 4"]],
  ["an aligned half-word at the end of a word", 6, 2, ["16 6"]],
  ["a half-word inside a word, at an odd address", 5, 2, ["8 5", "8 6"]],
  ["a half-word across a word", 3, 2, ["8 3", "8 4"]],
  ["three bytes from a word on", 4, 3, ["8 4", "8 5", "8 6"]],
  ["a word", 4, 4, ["32 4"]],
  ["a word at an odd address", 5, 4, ["8 5", "8 6", "8 7", "8 8"]],
  ["a half-word, a word and a half-word", 6, 8, ["16 6", "32 8", "16 c"]],
  ["a byte, two words and three bytes", 3, 12, ["8 3", "32 4", "32 8", "8 c", "8 d", "8 e"]],
];

describe("a block of memory", () => {
  it.each(RANGES)("of %s is read and written by accesses as wide as fit", async (_, address, count, accesses) => {
    const { memory, ram } = await connectedLab();
    await readBlock(memory, address, count);
    expect(ram.accesses.splice(0)).toEqual(accesses.map((access) => `r${access}`));
    await writeBlock(memory, address, new Uint8Array(count));
    expect(ram.accesses).toEqual(accesses.map((access) => `w${access}`));
  });

  it.each(RANGES)("of %s is read by the same accesses as a part of a batch", (_, address, count, accesses) => {
    const reads = blockReads(address, count);
    expect(reads.map((one) => `${one.width} ${one.address.toString(16)}`)).toEqual(accesses);
    expect(reads.every(({ op }) => op === "read")).toBe(true);
  });

  it("holds the bytes that were written at their own addresses, and no other byte is changed", async () => {
    const { memory, ram } = await connectedLab();
    const anyBlock = fc.tuple(fc.integer({ min: 0, max: 64 }), fc.uint8Array({ maxLength: 64 }));
    await fc.assert(
      fc.asyncProperty(anyBlock, async ([start, data]) => {
        ram.bytes.clear();
        await writeBlock(memory, start, data);
        expect([...ram.bytes].sort(([a], [b]) => a - b)).toEqual([...data].map((byte, i) => [start + i, byte]));
        expect(await readBlock(memory, start, data.length)).toEqual(data.slice());
      }),
      { numRuns: 50 },
    );
  });

  it("is read and written within the limits of the call", async () => {
    const limits: unknown[] = [];
    const memory: Memory = {
      read: async (_address, count, _width, io) => {
        limits.push(io?.deadline);
        return new Uint8Array(count);
      },
      write: async (_address, _bytes, _width, io) => void limits.push(io?.deadline),
    };
    await readBlock(memory, 0, 4, { deadline: 7 });
    await writeBlock(memory, 0, new Uint8Array(4), { deadline: 8 });
    expect(limits).toEqual([7, 8]);
  });
});
