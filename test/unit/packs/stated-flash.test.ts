import { describe, expect, it } from "vitest";
import { checkedFlash, checkedMemory, type StatedFlash } from "../../../src/packs/stated-flash.ts";

const stated = (more: Partial<StatedFlash> = {}): StatedFlash => ({
  flash: { start: 0x1000, length: 0x1000 },
  pageSize: 0x100,
  erased: 0xff,
  programMs: 100,
  eraseMs: 200,
  rows: [{ size: 0x400, address: 0 }],
  ...more,
});
const sectors = (rows: StatedFlash["rows"], more: Partial<StatedFlash> = {}) =>
  checkedFlash(stated({ rows, ...more })).sectors;
const invalid = (reason: string, text = "") =>
  expect.objectContaining({
    code: "algorithm-invalid",
    message: expect.stringContaining(text),
    details: expect.objectContaining({ reason }),
  });

describe("what an algorithm states of its flash", () => {
  it("is taken as it stands", () => {
    expect(checkedFlash(stated())).toEqual({
      flash: { start: 0x1000, length: 0x1000 },
      pageSize: 0x100,
      erased: 0xff,
      programMs: 100,
      eraseMs: 200,
      sectors: [{ size: 0x400, count: 4 }],
    });
  });

  it.each([
    ["no bytes", { flash: { start: 0x1000, length: 0 } }, "flash-range"],
    ["more than 32 bits of address", { flash: { start: 0xffff_f000, length: 0x1001 } }, "flash-range"],
    ["a start beyond 32 bits", { flash: { start: 0x1_0000_0000, length: 1 } }, "flash-range"],
    ["pages of no bytes", { pageSize: 0 }, "page-size"],
    ["pages of more than 1 MB", { pageSize: 0x10_0001 }, "page-size"],
    ["an erased byte of 9 bits", { erased: 0x100 }, "erased"],
  ])("is refused with %s", (_, more, reason) => {
    expect(() => checkedFlash(stated(more))).toThrow(invalid(reason));
  });

  it("is taken up to the end of 32 bits, with pages of 1 MB, and waited for ten minutes at most", () => {
    const most = { flash: { start: 0xffff_f000, length: 0x1000 }, pageSize: 0x10_0000 };
    expect(checkedFlash(stated(most))).toMatchObject(most);
    expect(checkedFlash(stated({ programMs: 600_000, eraseMs: 600_001 }))).toMatchObject({
      programMs: 600_000,
      eraseMs: 600_000,
    });
  });
});

describe("the sectors that an algorithm states", () => {
  it("hold up to the next row, and the last ones to the flash's end", () => {
    expect(
      sectors([
        { size: 0x100, address: 0 },
        { size: 0x400, address: 0x800 },
      ]),
    ).toEqual([
      { size: 0x100, count: 8 },
      { size: 0x400, count: 2 },
    ]);
  });

  it("are left out behind the flash's end, and cut at it", () => {
    expect(
      sectors([
        { size: 0x400, address: 0 },
        { size: 0x100, address: 0x1000 },
        { size: 0, address: 0x2000 },
      ]),
    ).toEqual([{ size: 0x400, count: 4 }]);
    expect(
      sectors([
        { size: 0x800, address: 0 },
        { size: 0x400, address: 0x1800 },
      ]),
    ).toEqual([{ size: 0x800, count: 2 }]);
  });

  it("are at absolute addresses where the first row is not below the flash", () => {
    const rows = [
      { size: 0x800, address: 0x1000 },
      { size: 0x400, address: 0x1800 },
    ];
    expect(sectors(rows, { rowsFrom: 0x1000 })).toEqual([
      { size: 0x800, count: 1 },
      { size: 0x400, count: 2 },
    ]);
    expect(sectors([{ size: 0x400, address: 0 }], { rowsFrom: 0x1000 })).toEqual([{ size: 0x400, count: 4 }]);
    expect(() => sectors(rows)).toThrow(invalid("sectors", "does not begin with the flash"));
    expect(() => sectors([{ size: 0x400, address: 0x1400 }], { rowsFrom: 0x1000 })).toThrow(invalid("sectors"));
  });

  it.each([
    ["no rows", [], "does not begin with the flash"],
    ["a first row behind the flash's first byte", [{ size: 0x400, address: 4 }], "does not begin with the flash"],
    ["sectors of no bytes", [{ size: 0, address: 0 }], "a sector of 0 bytes"],
    ["sectors larger than the address space", [{ size: 0x1_0000_0001, address: 0 }], "is none"],
    [
      "two rows at one address",
      [
        { size: 0x400, address: 0 },
        { size: 0x400, address: 0 },
      ],
      "do not ascend",
    ],
    ["rows that descend", [0, 0x800, 0x400].map((address) => ({ size: 0x400, address })), "do not ascend"],
    ["a last sector that is cut off", [{ size: 0x300, address: 0 }], "cut off"],
    [
      "a sector that the next row cuts off",
      [
        { size: 0x400, address: 0 },
        { size: 0x100, address: 0x600 },
      ],
      "cut off",
    ],
  ])("are refused with %s", (_, rows, text) => {
    expect(() => sectors(rows)).toThrow(invalid("sectors", text));
  });

  it("have 512 rows at most", () => {
    const rows = (count: number) => Array.from({ length: count }, (_, i) => ({ size: 4, address: 4 * i }));
    expect(sectors(rows(512))).toHaveLength(512);
    expect(() => sectors(rows(513))).toThrow(expect.objectContaining({ code: "pack-too-large" }));
  });
});

describe("a memory's addresses", () => {
  it("end with 32 bits at most", () => {
    const last = { start: 0xffff_fffc, length: 4 };
    expect(checkedMemory(last, "RAM")).toBe(last);
    expect(() => checkedMemory({ ...last, length: 5 }, "RAM")).toThrow(
      expect.objectContaining({
        code: "pack-invalid",
        message: expect.stringContaining("RAM of 5 bytes"),
        details: { reason: "memory-range", start: 0xffff_fffc, length: 5 },
      }),
    );
  });
});
