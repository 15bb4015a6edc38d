import { describe, expect, it } from "vitest";
import { MK24FN1M0xxx12 } from "../../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { addressesOf, isBkpt, patched, patchPlace, unpatched } from "../../../../src/flash/patches/patch.ts";
import { bank, chipOf, LOCKING, OTP, PAGES, UNEVEN } from "../made-up-chips.ts";

const { protection } = LOCKING;
const OPEN = { ...UNEVEN, protection: protection && { ...protection, groups: [] } };

describe("the place of a breakpoint in flash", () => {
  it("is the sector of the address, and the cells behind an alias", () => {
    expect(patchPlace(OPEN, 0x08004002)).toMatchObject({ address: 0x08004002, sector: { address: 0x08004000 } });
    expect(patchPlace(OPEN, 0x00004002)).toMatchObject({ address: 0x08004002, sector: { address: 0x08004000 } });
    expect(patchPlace(OPEN, 0x080fffff)).toMatchObject({ sector: { address: 0x080e0000 } });
  });

  it.each([
    ["an address of no bank", OPEN, 0x20000000],
    ["one right behind a bank", OPEN, 0x08100000],
    ["a bank that is none of the firmware's", { ...PAGES, protection: OPEN.protection }, 0x10001000],
    ["a bank that needs no erase", { ...OTP, protection: OPEN.protection }, 0x08080000],
  ])("is none at %s", (_, chip, address) => {
    expect(patchPlace(chip, address)).toMatch(/^0x[0-9A-F]{8} is in no flash that is erased sector by sector$/);
  });

  it("is none without a loader, and without knowledge of the chip's locks", () => {
    const [flash] = OPEN.banks;
    const { controller: _, ...bare } = flash;
    expect(patchPlace({ ...OPEN, banks: [bare] }, 0x08004000)).toBe("Flashproof has no loader for flash");
    expect(patchPlace(UNEVEN, 0x08004000)).toBe("the locks of the UNEVEN are unknown to Flashproof");
  });

  it("is none in a sector with security bytes, and is one right beside it", () => {
    expect(patchPlace(LOCKING, 0x2800)).toBe("the sector at 0x00002800 has the chip's security bytes");
    expect(patchPlace(LOCKING, 0x27fe)).toMatchObject({ sector: { address: 0x2000 } });
    expect(patchPlace(MK24FN1M0xxx12, 0x0)).toContain("has the chip's security bytes");
    expect(patchPlace(MK24FN1M0xxx12, 0x1000)).toMatchObject({ address: 0x1000 });
  });

  it("is none where a boot ROM sums bytes up, its sum's word included", () => {
    const small = chipOf(
      "SUMMED",
      [bank({ start: 0x1000, length: 0x1000, sectors: [{ size: 0x100, count: 16 }] })],
      OPEN.protection,
    );
    const chip = { ...small, bootSum: { start: 0x1000, length: 0xfc } } as typeof small;
    expect(patchPlace(chip, 0x1080)).toBe("the sector at 0x00001000 has what the boot ROM checks");
    expect(patchPlace(chip, 0x1100)).toMatchObject({ address: 0x1100 });
    const longer = { ...small, bootSum: { start: 0x1000, length: 0x100 } } as typeof small;
    expect(patchPlace(longer, 0x1100)).toBe("the sector at 0x00001100 has what the boot ROM checks");
  });
});

describe("the addresses by which cells are read", () => {
  it("are their own and those of aliases, and of no bank the address alone", () => {
    expect(addressesOf(UNEVEN, 0x08000010)).toEqual([0x08000010, 0x10]);
    expect(addressesOf(PAGES, 0x1004)).toEqual([0x1004]);
    expect(addressesOf(UNEVEN, 0x20000000)).toEqual([0x20000000]);
  });
});

describe("a sector with breakpoints", () => {
  const own = Uint8Array.from({ length: 16 }, (_, i) => i + 1);

  it("has a BKPT at each, and its own bytes elsewhere", () => {
    expect([...patched(own, 0x100, [0x102, 0x10e])]).toEqual([
      1, 2, 0, 0xbe, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0, 0xbe,
    ]);
    expect(own[2]).toBe(3);
    expect(patched(own, 0x100, [])).toEqual(own);
  });

  it("has a BKPT only where both bytes are its", () => {
    const bytes = patched(own, 0, [4]);
    expect([isBkpt(bytes, 4), isBkpt(bytes, 3), isBkpt(bytes, 5)]).toEqual([true, false, false]);
    expect([isBkpt(Uint8Array.of(0, 0xbf), 0), isBkpt(Uint8Array.of(1, 0xbe), 0)]).toEqual([false, false]);
  });

  it("gets its own bytes back where a breakpoint still stands, and keeps what firmware wrote over one", () => {
    const now = patched(own, 0x100, [0x102, 0x108]);
    now.set([0x77, 0x78], 8);
    now[15] = 0x99;
    const back = unpatched({ address: 0x100, bytes: now }, own, [0x102, 0x108]);
    expect([...back]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 0x77, 0x78, 11, 12, 13, 14, 15, 0x99]);
    expect(now[2]).toBe(0);
  });
});
