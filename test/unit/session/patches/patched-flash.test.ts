import { beforeEach, describe, expect, it } from "vitest";
import type { Chip } from "../../../../src/chips/chip.ts";
import { MK24FN1M0xxx12 as k24 } from "../../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import type { Image } from "../../../../src/image/image.ts";
import { PatchedFlash, type PatchedSector } from "../../../../src/session/patches/patched-flash.ts";
import { MADE_UP } from "../../../support/made-up-chip.ts";
import { MemoryJournal } from "../../../support/patch-journal.ts";

const [START, SIZE, ALIAS] = [0x10000000, 0x20, 0x30000000];
const bank = { ...k24.banks[0], start: START, length: 0x100, aliases: [ALIAS], sectors: [{ size: SIZE, count: 8 }] };
const chip: Chip = { ...MADE_UP, banks: [bank] };
const [FIRST, SECOND] = [START, START + SIZE];
const own = Uint8Array.from({ length: SIZE }, (_, i) => i + 1);

/** A sector that has a BKPT at these offsets. */
const sector = (address: number, offsets: readonly number[], isTorn = false): PatchedSector => ({
  sector: { bank, address, size: SIZE, run: 0 },
  record: { id: `at ${address}`, chip: chip.name, board: "one", sector: address, original: own, states: [] },
  breakpoints: offsets.map((offset) => address + offset),
  isLeftover: false,
  isTorn,
});

/** The firmware's bytes with a BKPT at these offsets. */
function withBkpt(...offsets: readonly number[]): Uint8Array {
  const bytes = own.slice();
  for (const at of offsets) bytes.set([0x00, 0xbe], at);
  return bytes;
}

const imageOf = (...parts: readonly (readonly [address: number, length: number])[]): Image => ({
  format: "raw",
  segments: parts.map(([address, length]) => ({ name: "image", address, bytes: new Uint8Array(length).fill(0xee) })),
  symbols: [],
});

const planned = (address: number, action: "unchanged" | "erase-program", content: Uint8Array = own) =>
  ({ bank, address, action, content }) as Parameters<PatchedFlash["forgetPlanned"]>[0][number];

let patched: PatchedFlash;
let journal: MemoryJournal;

beforeEach(() => {
  patched = new PatchedFlash();
  journal = new MemoryJournal();
  patched.journal = journal;
});

function note(...sectors: readonly PatchedSector[]): void {
  for (const one of sectors) {
    patched.note(chip, one);
    journal.put(one.record);
  }
}

const placesOf = ({ segments }: Image) => segments.map(({ address, bytes }) => [address, [...bytes]]);

describe("an image over sectors with breakpoints", () => {
  it("gets the firmware's bytes under each breakpoint that it does not name", () => {
    note(sector(FIRST, [4, 8]));
    expect(placesOf(patched.withOriginals(imageOf([FIRST + 8, 4])))).toEqual([
      [FIRST + 4, [5, 6]],
      [FIRST + 8, [0xee, 0xee, 0xee, 0xee]],
    ]);
  });

  it("gets the part of a breakpoint's bytes that it does not name", () => {
    note(sector(FIRST, [4]));
    expect(placesOf(patched.withOriginals(imageOf([FIRST + 5, 2])))).toEqual([
      [FIRST + 4, [5]],
      [FIRST + 5, [0xee, 0xee]],
    ]);
  });

  it("gets all of a torn sector's own bytes but for those that it names", () => {
    note(sector(FIRST, [], true));
    expect(placesOf(patched.withOriginals(imageOf([FIRST + 2, SIZE - 4])))).toEqual([
      [FIRST, [1, 2]],
      [FIRST + 2, Array(SIZE - 4).fill(0xee)],
      [FIRST + SIZE - 2, [SIZE - 1, SIZE]],
    ]);
  });

  it.each([
    ["touches no such sector", [SECOND + SIZE, 4]],
    ["ends where such a sector begins", [FIRST - 4, 4]],
    ["names every byte of it", [FIRST, SIZE]],
  ] as const)("stays as it is where it %s", (_, part) => {
    note(sector(FIRST, [4], true));
    const image = imageOf(part);
    expect(patched.withOriginals(image)).toBe(image);
  });
});

describe("what was read of sectors with breakpoints", () => {
  const read = (bytes: Uint8Array, unreadable: readonly number[] = []) =>
    new Map([[FIRST, { address: FIRST, bytes, unreadable }]]);

  it("is the firmware's where a breakpoint stands, and as read beside it", () => {
    note(sector(FIRST, [4]));
    const now = withBkpt(4, 8);
    expect(patched.originals(read(now, [16])).get(FIRST)).toEqual({
      address: FIRST,
      bytes: withBkpt(8),
      unreadable: [16],
    });
  });

  it("is all the firmware's, and readable, of a torn sector", () => {
    note(sector(FIRST, [], true));
    const torn = read(new Uint8Array(SIZE), [0, 8]);
    expect(patched.originals(torn).get(FIRST)).toEqual({ address: FIRST, bytes: own, unreadable: [] });
  });

  it("is as read of any other sector", () => {
    note(sector(SECOND, [4]));
    expect(patched.originals(read(withBkpt(4))).get(FIRST)?.bytes).toEqual(withBkpt(4));
  });
});

describe("a reading that is shown to a debugger", () => {
  const shown = (address: number, bytes: Uint8Array) => {
    patched.conceal(address, bytes);
    return bytes;
  };

  it.each([
    ["its own address", FIRST],
    ["an alias", ALIAS],
  ])("has the firmware's bytes in place of breakpoints by %s", (_, base) => {
    note(sector(FIRST, [4, 8]));
    patched.hide();
    expect(shown(base, withBkpt(4, 8))).toEqual(own);
    expect(shown(base + 5, withBkpt(4).slice(5, 7))).toEqual(own.slice(5, 7));
    expect(shown(base + 4, withBkpt(4).slice(4, 5))).toEqual(own.slice(4, 5));
  });

  it("is as it stands before anything is hidden, and where firmware has written over the breakpoint", () => {
    note(sector(FIRST, [4]));
    expect(shown(FIRST, withBkpt(4))).toEqual(withBkpt(4));
    expect(patched.isHidden).toBe(false);
    patched.hide();
    expect(patched.isHidden).toBe(true);
    const written = withBkpt(4);
    written[5] = 0x77;
    expect(shown(FIRST, written.slice())).toEqual(written);
  });
});

describe("the records of breakpoints", () => {
  it("are dropped of sectors that a job wrote, and of unchanged ones that hold the firmware's bytes", () => {
    note(sector(FIRST, [4]), sector(SECOND, [4]));
    patched.forgetPlanned([planned(FIRST, "erase-program", withBkpt(4)), planned(SECOND, "unchanged")]);
    expect([patched.all, journal.texts.size]).toEqual([[], 0]);
  });

  it("stay of an unchanged sector that holds breakpoints, and of one that is not planned", () => {
    note(sector(FIRST, [4]), sector(SECOND, [4]));
    patched.forgetPlanned([planned(FIRST, "unchanged", withBkpt(4)), planned(SECOND + SIZE, "erase-program")]);
    expect(patched.breakpoints).toEqual([FIRST + 4, SECOND + 4]);
    expect(journal.texts.size).toBe(2);
  });

  it("stay without breakpoints where a job wrote a sector and something else stands there", () => {
    note(sector(FIRST, [4], true), sector(SECOND, [4]));
    patched.noteDifferent([planned(FIRST, "erase-program"), planned(SECOND, "unchanged", withBkpt(4))]);
    expect(patched.at(FIRST)).toMatchObject({ breakpoints: [], isTorn: false });
    expect(patched.at(SECOND)?.breakpoints).toEqual([SECOND + 4]);
    expect(journal.texts.size).toBe(2);
  });

  it("are all dropped once everything was erased", () => {
    note(sector(FIRST, [4]), sector(SECOND, [4]));
    patched.hide();
    patched.forgetAll();
    expect([patched.all, patched.isHidden, journal.texts.size]).toEqual([[], false, 0]);
  });

  it("are in the order of their sectors, and so are the counts of erases", () => {
    note(sector(SECOND, [2]), sector(FIRST, [4]));
    expect(patched.breakpoints).toEqual([FIRST + 4, SECOND + 2]);
    const counts = [SECOND, FIRST, SECOND].map((address) => patched.countErase(sector(address, []).sector));
    expect(counts).toEqual([1, 1, 2]);
    expect(patched.erasesBySector).toEqual([
      [FIRST, 1],
      [SECOND, 2],
    ]);
  });
});
