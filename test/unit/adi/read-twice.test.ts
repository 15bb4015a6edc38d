import { describe, expect, it } from "vitest";
import type { BatchMemory } from "../../../src/adi/memory.ts";
import { lookTwice, readTwice, unsteadyRead } from "../../../src/adi/read-twice.ts";

/** Bytes that count up from an address on; `odd` has one byte changed in the readings from its number on, counted from 1. */
function memory(odd?: { readonly reading: number; readonly address: number }): BatchMemory {
  const readings = new Map<number, number>();
  const byteAt = (address: number): number => {
    const reading = (readings.get(address) ?? 0) + 1;
    readings.set(address, reading);
    return reading === odd?.reading && address === odd.address ? 0xee : address & 0xff;
  };
  const bytesAt = (address: number, count: number) => Uint8Array.from({ length: count }, (_, i) => byteAt(address + i));
  return {
    read: async (address, count) => bytesAt(address, count),
    write: async () => {},
    run: async (ops) =>
      Uint32Array.from(ops, ({ address, width }) =>
        bytesAt(address, width / 8).reduce((word, byte, i) => word + byte * 2 ** (8 * i), 0),
      ),
  };
}

describe.each([
  ["readTwice", readTwice],
  ["lookTwice", lookTwice],
] as const)("%s", (_name, twice) => {
  it.each([
    ["a word", 0x1084, 4],
    ["a half-word", 0x1086, 2],
    ["bytes, words and bytes", 0x1083, 14],
    ["nothing", 0x1080, 0],
  ])("answers %s that was the same twice", async (_, address, count) => {
    const bytes = Uint8Array.from({ length: count }, (_one, i) => (address + i) & 0xff);
    expect(await twice(memory(), address, count)).toEqual(bytes);
  });

  it.each([
    [1, 0, "0x00001003"],
    [2, 0, "0x00001003"],
    [2, 3, "0x00001006"],
    [1, 13, "0x00001010"],
    [2, 13, "0x00001010"],
  ])("throws unsteady-read where reading %i differs at byte %i, with its address", async (reading, offset, address) => {
    const odd = memory({ reading, address: 0x1003 + offset });
    await expect(twice(odd, 0x1003, 14)).rejects.toMatchObject({
      code: "unsteady-read",
      message: expect.stringContaining(address),
      details: { address },
    });
  });

  it("reads within the limits of the call", async () => {
    const refused = new Error("called off");
    const signal = AbortSignal.abort(refused);
    const check = async (io?: { readonly signal?: AbortSignal }) => io?.signal?.throwIfAborted();
    const plain = memory();
    const limited: BatchMemory = {
      ...plain,
      read: (address, count, width, io) => check(io).then(() => plain.read(address, count, width)),
      run: (ops, io) => check(io).then(() => plain.run(ops)),
    };
    await expect(twice(limited, 0x1000, 4, { signal })).rejects.toBe(refused);
  });
});

describe("lookTwice", () => {
  it("makes both readings in one batch", async () => {
    let batches = 0;
    const plain = memory();
    const run: BatchMemory["run"] = (ops) => {
      batches++;
      return plain.run(ops);
    };
    await lookTwice({ ...plain, run }, 0x1000, 6);
    expect(batches).toBe(1);
  });
});

describe("the error of what was not the same when it was read again", () => {
  it("names what it is, and has no details where none are given", () => {
    const error = unsteadyRead("DEMCR");
    expect(error).toMatchObject({ code: "unsteady-read", details: {} });
    expect(error.message).toMatch(/^DEMCR ./);
  });
});
