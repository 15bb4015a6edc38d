import { describe, expect, it } from "vitest";
import { wordReads, wordWrites } from "../../../src/adi/word-ops.ts";

describe("words as a part of a batch", () => {
  it("are read one behind the other, as many as the bytes hold", () => {
    expect(wordReads(0x2000_0010, 12)).toEqual([
      { op: "read", address: 0x2000_0010, width: 32 },
      { op: "read", address: 0x2000_0014, width: 32 },
      { op: "read", address: 0x2000_0018, width: 32 },
    ]);
    expect(wordReads(0x2000_0010, 0)).toEqual([]);
  });

  it("are written one behind the other, little-endian, from bytes at any offset of their buffer", () => {
    const bytes = Uint8Array.of(0xee, 0x78, 0x56, 0x34, 0x92, 1, 0, 0, 0, 0xee).subarray(1, 9);
    expect(wordWrites(0x2000_0010, bytes)).toEqual([
      { op: "write", address: 0x2000_0010, width: 32, value: 0x9234_5678 },
      { op: "write", address: 0x2000_0014, width: 32, value: 1 },
    ]);
    expect(wordWrites(0x2000_0010, new Uint8Array())).toEqual([]);
  });
});
