import { describe, expect, it } from "vitest";
import { contentMemory, leavesRest, sectorOf, sectorsOf, touchedSectors } from "../../../src/flash/content.ts";
import { declaredBytes, isKept, keptBytes } from "../../../src/flash/declared.ts";
import { checkKept, joinedRanges, keptSegments, lostImage, withKept } from "../../../src/flash/keep.ts";
import { againstFile, type VerifyResult, withoutKept } from "../../../src/flash/verify.ts";
import type { Image } from "../../../src/image/image.ts";
import type { DeclaredChange } from "../../../src/protection/effective-image.ts";
import { OTP, PAGES, UNEVEN, WORDS } from "./made-up-chips.ts";

const segment = (address: number, ...bytes: readonly number[]) => ({
  name: "s",
  address,
  bytes: Uint8Array.from(bytes),
});
const imageOf = (...segments: Image["segments"][number][]): Image => ({ format: "raw", segments, symbols: [] });
const change = (address: number, from: number, to: number) => ({ address, from, to }) as unknown as DeclaredChange;

describe("ranges to keep", () => {
  it("are one where they touch or overlap, ascending", () => {
    expect(
      joinedRanges([
        { start: 0x40, length: 0x10 },
        { start: 0x10, length: 0x10 },
        { start: 0x20, length: 0x8 },
        { start: 0x14, length: 0x4 },
        { start: 0x51, length: 1 },
      ]),
    ).toEqual([
      { start: 0x10, length: 0x18 },
      { start: 0x40, length: 0x10 },
      { start: 0x51, length: 1 },
    ]);
    expect(joinedRanges([])).toEqual([]);
  });

  it("are refused where one leaves the flash, but for banks that are named", () => {
    expect(() => checkKept([{ start: 0, length: 4 }], PAGES)).not.toThrow();
    expect(() =>
      checkKept(
        [
          { start: 0, length: 4 },
          { start: 0xffff, length: 2 },
        ],
        PAGES,
      ),
    ).toThrow("was to be kept");
    expect(() => checkKept([{ start: 0x10001000, length: 4 }], PAGES)).toThrow("was to be kept");
    expect(() => checkKept([{ start: 0x10001000, length: 4 }], PAGES, ["uicr"])).not.toThrow();
  });

  it("are read of sectors that were looked at, in one piece over their borders", () => {
    const content = new Map(
      [0, 0x1000].map((address) => {
        const bytes = Uint8Array.from({ length: 0x1000 }, (_, i) => (address >> 8) + (i & 0xf));
        return [address, { address, bytes, unreadable: address === 0 ? [0x10] : [] }] as const;
      }),
    );
    const kept = (start: number, length: number) => keptSegments([{ start, length }], content, PAGES)[0];
    expect(kept(0xffe, 4)).toEqual({ name: "kept", address: 0xffe, bytes: Uint8Array.of(14, 15, 16, 17) });
    expect([...kept(0x14, 2).bytes]).toEqual([4, 5]);
    for (const start of [0x10, 0x13, 0xd])
      expect(() => kept(start, 4)).toThrow(/^The byte at 0x1[0-3] was to be kept, but can't be read$/);
    expect(() => kept(0x1ffe, 4)).toThrow("The byte at 0x2000 was to be kept");
    expect(() => kept(0x20000000, 1)).toThrow("The byte at 0x20000000 was to be kept");
  });

  it("stand in the image in place of its own bytes, and nowhere else", () => {
    const image = imageOf(segment(0x10, 1, 2, 3, 4), segment(0x20, 5, 6));
    const kept = [segment(0xe, 91, 92, 93), segment(0x13, 94, 95), segment(0x1f, 96, 97, 98, 99), segment(0x40, 1)];
    expect(withKept(image, kept).segments.map(({ address, bytes }) => [address, [...bytes]])).toEqual([
      [0x10, [93, 2, 3, 94]],
      [0x20, [97, 98]],
    ]);
    expect([...image.segments[0].bytes]).toEqual([1, 2, 3, 4]);
  });

  it("differ from the image by so many bytes, without those of the policy", () => {
    const image = imageOf(segment(0x10, 1, 2, 3, 4));
    const wanted = imageOf(segment(0x10, 1, 9, 9, 9));
    const ranges = [
      { start: 0x11, length: 2 },
      { start: 0x13, length: 8 },
      { start: 0x00, length: 0x11 },
    ];
    expect(keptBytes(image, wanted, ranges, [])).toEqual([
      { address: 0x11, length: 2, differing: 2 },
      { address: 0x13, length: 8, differing: 1 },
    ]);
    const kept = keptBytes(image, wanted, ranges, [change(0x12, 3, 9)]);
    expect(kept).toEqual([
      { address: 0x11, length: 2, differing: 1 },
      { address: 0x13, length: 8, differing: 1 },
    ]);
    expect(declaredBytes([...kept, change(0x12, 3, 9)])).toBe(3);
    expect([isKept(kept[0]), isKept(change(0x12, 3, 9))]).toEqual([true, false]);
  });
});

describe("what a plan erases", () => {
  it("is an image of the erased sectors' readable units", () => {
    const [bank] = WORDS.banks;
    const sector = (address: number, action: string) => ({ bank, address, action }) as never;
    const bytes = Uint8Array.from({ length: 0x80 }, (_, i) => i);
    const content = new Map([
      [0x08000000, { address: 0x08000000, bytes, unreadable: [0x20] }],
      [0x08020000, { address: 0x08020000, bytes, unreadable: [] }],
    ]);
    const lost = (...sectors: never[]) => lostImage({ sectors }, content);
    const saved = lost(sector(0x08000000, "erase-program"), sector(0x08020000, "program"));
    expect(saved?.segments.map(({ address, bytes: own }) => [address, own[0], own.length])).toEqual([
      [0x08000000, 0, 0x20],
      [0x08000040, 0x40, 0x40],
    ]);
    expect(lost(sector(0x08020000, "erase"))?.segments).toHaveLength(1);
    expect(lost(sector(0x08020000, "unchanged"))).toBeUndefined();
    expect(lost(sector(0x08040000, "erase"))).toBeUndefined();
  });
});

const EQUAL: VerifyResult = { verdict: "equal", compared: 4, declared: [], differences: [] };
const differing = (...differences: VerifyResult["differences"][number][]): VerifyResult => ({
  ...EQUAL,
  verdict: "different",
  differences,
});
const run = (address: number, expected: readonly number[], actual?: readonly number[]) => ({
  address,
  expected: Uint8Array.from(expected),
  actual: actual && Uint8Array.from(actual),
});

describe("a comparison with what was programmed, as one with the file", () => {
  it("is equal but declared where the chip has what was declared", () => {
    const declared = [change(0x40c, 0x7b, 0x7a), { address: 0x800, length: 8, differing: 1 }];
    expect(againstFile(EQUAL, declared)).toEqual({ ...EQUAL, verdict: "equal-but-declared", declared });
    expect(againstFile(EQUAL, [])).toEqual(EQUAL);
  });

  it("is different where anything else is, and has no declared byte that differs itself", () => {
    const [first, last, other] = [change(0x40c, 1, 2), change(0x40d, 1, 2), change(0x40e, 1, 2)];
    const found = differing(run(0x40c, [2, 2], [3, 3]));
    expect(againstFile(found, [first, last, other])).toEqual({ ...found, declared: [other] });
  });
});

describe("a comparison with the file where ranges were kept", () => {
  it("is equal but declared where all differences are inside of them", () => {
    const found = differing(run(0x10, [1, 2], [8, 9]), run(0x20, [1], [9]));
    const ranges = [
      { start: 0x10, length: 2 },
      { start: 0x18, length: 4 },
      { start: 0x20, length: 1 },
    ];
    expect(withoutKept(found, ranges)).toEqual({
      ...EQUAL,
      verdict: "equal-but-declared",
      declared: [
        { address: 0x10, length: 2, differing: 2 },
        { address: 0x20, length: 1, differing: 1 },
      ],
    });
    expect(withoutKept(EQUAL, ranges)).toEqual(EQUAL);
  });

  it("is different by what is outside, with the file's own bytes", () => {
    const found = differing(run(0x10, [1, 2, 3, 4], [5, 6, 7, 8]));
    expect(withoutKept(found, [{ start: 0x11, length: 2 }])).toEqual({
      ...EQUAL,
      verdict: "different",
      declared: [{ address: 0x11, length: 2, differing: 2 }],
      differences: [run(0x10, [1], [5]), run(0x13, [4], [8])],
    });
  });

  it("is different where what was kept can not be read", () => {
    const found = differing(run(0x10, [1, 2]));
    expect(withoutKept(found, [{ start: 0x10, length: 2 }])).toEqual(found);
  });
});

describe("sectors by address", () => {
  it("are those of their bank, and a bank without sectors is one", () => {
    expect(sectorOf(UNEVEN, 0x08012345)).toMatchObject({ address: 0x08010000, size: 0x10000 });
    expect(sectorOf(OTP, 0x1fff7810)).toMatchObject({ address: 0x1fff7800, size: 0x40 });
    expect(sectorOf(OTP, 0x1fff7840)).toBeUndefined();
    const touched = (start: number, length: number) => sectorsOf(OTP, { start, length }).map(({ address }) => address);
    expect(touched(0x1fff, 2)).toEqual([0, 0x2000]);
    expect(touched(0x1fff7000, 0x801)).toEqual([0x1fff7800]);
    expect(touched(0x1fff7000, 0x800)).toEqual([]);
    expect(touched(0x1fff7840, 4)).toEqual([]);
    expect(touched(0, 0x20000000)).toEqual([0, 0x2000, 0x4000, 0x6000, 0x08080000, 0x1fff7800]);
  });

  it("are touched once each by an image, ascending", () => {
    const image = imageOf(segment(0x2000, 1), segment(0x1fff, 1, 2), segment(0, 3));
    expect(touchedSectors(image, PAGES).map(({ address }) => address)).toEqual(
      [0x1000, 0x2000, 0].sort((a, b) => a - b),
    );
  });

  it("are left with a rest where an image does not name each byte", () => {
    const sector = { bank: PAGES.banks[0], address: 0x1000, size: 4, run: 0 };
    expect(leavesRest(imageOf(segment(0xffe, 1, 2, 3, 4, 5, 6)), sector)).toBe(false);
    expect(leavesRest(imageOf(segment(0x1000, 1, 2), segment(0x1002, 3, 4)), sector)).toBe(false);
    expect(leavesRest(imageOf(segment(0x1000, 1, 2, 3)), sector)).toBe(true);
    expect(leavesRest(imageOf(segment(0xff0, 1), segment(0x1004, 3, 4)), sector)).toBe(true);
  });
});

describe("memory as it was when its sectors were read", () => {
  const content = new Map(
    [0, 0x1000, 0x2000].map((address) => [
      address,
      { address, bytes: new Uint8Array(0x1000).fill(address >> 12), unreadable: address === 0x2000 ? [0] : [] },
    ]),
  );
  const { read } = contentMemory(content, PAGES);

  it("is read over the borders of sectors", async () => {
    expect([...(await read(0xffe, 4, 32))]).toEqual([0, 0, 1, 1]);
    expect([...(await read(0x1ffc, 4, 32))]).toEqual([1, 1, 1, 1]);
  });

  it("is refused where nothing was read, or could be", async () => {
    await expect(read(0x1ffe, 4, 32)).rejects.toThrow(new RangeError("nothing has read 0x00002000"));
    await expect(read(0x3000, 1, 8)).rejects.toThrow("nothing has read 0x00003000");
    await expect(read(0x20000000, 1, 8)).rejects.toThrow(RangeError);
  });
});
