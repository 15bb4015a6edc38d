import { describe, expect, it } from "vitest";
import type { Memory } from "../../../src/adi/memory.ts";
import { readTwice } from "../../../src/adi/read-twice.ts";

/** Memory whose n-th reading has one byte changed, at an offset of the range; readings are counted from 1. */
function memory(oddReading: number, offset: number): Memory {
  let readings = 0;
  return {
    read: async (_address, count) => {
      readings++;
      return Uint8Array.from({ length: count }, (_, i) => (readings === oddReading && i === offset ? 0xee : i));
    },
    write: async () => {},
  };
}

describe("readTwice", () => {
  it("answers the bytes that were the same twice", async () => {
    expect(await readTwice(memory(0, 0), 0x1000, 4)).toEqual(Uint8Array.of(0, 1, 2, 3));
  });

  it.each([
    [1, 0, "0x00001000"],
    [2, 0, "0x00001000"],
    [2, 7, "0x00001007"],
  ])("throws unsteady-read where reading %i differs at byte %i, with its address", async (reading, offset, address) => {
    await expect(readTwice(memory(reading, offset), 0x1000, 8)).rejects.toMatchObject({
      code: "unsteady-read",
      details: { address },
    });
  });
});
