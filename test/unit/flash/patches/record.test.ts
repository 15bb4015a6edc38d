import { describe, expect, it } from "vitest";
import { type Sector, sectorAt } from "../../../../src/chips/sectors.ts";
import { patched } from "../../../../src/flash/patches/patch.ts";
import {
  type PatchRecord,
  readRecord,
  recordText,
  sectorOfRecord,
  standingOf,
} from "../../../../src/flash/patches/record.ts";
import { bank, chipOf, WORDS, ZERO } from "../made-up-chips.ts";

const CHIP = chipOf("PATCHED", [bank({ start: 0x8000, length: 0x400, sectors: [{ size: 0x100, count: 4 }] })]);
const AT = 0x8100;
const SECTOR = sectorAt(CHIP.banks[0], AT) as Sector;
const OWN = Uint8Array.from({ length: 0x100 }, (_, i) => (i * 5 + 3) & 0xff);
const ONE = [AT + 0x10, AT + 0xfe];
const OTHER = [AT + 0x20];

const record = (states: PatchRecord["states"]): PatchRecord => ({
  id: "a1",
  chip: "PATCHED",
  board: "uid 1",
  sector: AT,
  original: OWN,
  states,
});
const standing = (states: PatchRecord["states"], bytes: Uint8Array, unreadable: readonly number[] = []) =>
  standingOf(record(states), SECTOR, { address: AT, bytes, unreadable });

describe("what stands in a patched sector", () => {
  it("is the original, or the state whose breakpoints are there", () => {
    expect(standing([ONE], OWN)).toEqual({ is: "original" });
    expect(standing([ONE], patched(OWN, AT, ONE))).toEqual({ is: "patched", breakpoints: ONE });
    expect(standing([[], ONE, OTHER], patched(OWN, AT, OTHER))).toEqual({ is: "patched", breakpoints: OTHER });
  });

  it("is something else where one byte differs, or can not be read, while no change was under way", () => {
    const changed = OWN.slice();
    changed[0x80] ^= 1;
    expect(standing([ONE], changed)).toEqual({ is: "other" });
    expect(standing([ONE], OWN, [0x40])).toEqual({ is: "other" });
    expect(standing([ONE], new Uint8Array(0x100).fill(0xff))).toEqual({ is: "other" });
  });

  it("is torn where an erase or a program of a change under way was cut off", () => {
    const blank = new Uint8Array(0x100).fill(0xff);
    expect(standing([ONE, OTHER], blank)).toEqual({ is: "torn" });
    const half = patched(OWN, AT, ONE);
    half.fill(0xff, 0x80);
    expect(standing([ONE, OTHER], half)).toEqual({ is: "torn" });
    // A unit that can't be read, whatever its bytes are.
    const broken = blank.slice();
    broken.fill(0, 0x40, 0x44);
    expect(standing([ONE, OTHER], broken, [0x40])).toEqual({ is: "torn" });
    // Some bits of a byte are erased: 1 is what an erase leaves.
    const weak = OWN.slice();
    weak[0x12] |= 0x0f;
    expect(standing([ONE, OTHER], weak)).toEqual({ is: "torn" });
  });

  it("is something else where a bit is 0 that no state has as 0, even in the last unit", () => {
    for (const offset of [0, 0x80, 0xff]) {
      const bytes = new Uint8Array(0x100).fill(0xff);
      bytes[offset] = ~(OWN[offset] & 0xff) & 0xff;
      expect(standing([[], OTHER], bytes)).toEqual({ is: "other" });
    }
  });

  it("is something else where a unit has bytes of two states, as none leaves that", () => {
    // 0x20 and 0x22 lie in two units: each may be of another state.
    const mixed = new Uint8Array(0x100).fill(0xff);
    mixed.set([0x00, 0xbe], 0x20);
    expect(standing([[AT + 0x20], [AT + 0x22]], mixed)).toEqual({ is: "torn" });
    mixed.set([0x00, 0xbe], 0x22);
    expect(standing([[AT + 0x20], [AT + 0x22]], mixed)).toEqual({ is: "other" });
  });

  it("is torn by bits that are 1 where erased cells read 0", () => {
    const at = ZERO.banks[0].start;
    const sector = sectorAt(ZERO.banks[0], at) as Sector;
    const own = OWN.slice(0, 0x80);
    const of = (bytes: Uint8Array) =>
      standingOf({ ...record([[at], [at + 4]]), chip: "ZERO", sector: at, original: own }, sector, {
        address: at,
        bytes,
        unreadable: [],
      });
    expect(of(new Uint8Array(0x80))).toEqual({ is: "torn" });
    expect(of(new Uint8Array(0x80).fill(0xff))).toEqual({ is: "other" });
  });
});

describe("a record's sector on a chip", () => {
  it("is the one that begins there with as many bytes", () => {
    expect(sectorOfRecord(CHIP, record([ONE]))?.address).toBe(AT);
    expect(sectorOfRecord(CHIP, { ...record([ONE]), sector: AT + 4 })).toBeUndefined();
    expect(sectorOfRecord(CHIP, { ...record([ONE]), original: OWN.slice(4) })).toBeUndefined();
    expect(sectorOfRecord(WORDS, record([ONE]))).toBeUndefined();
  });
});

describe("a record as text", () => {
  const text = recordText(record([[], ONE, OTHER]));
  const form = () => JSON.parse(text);
  const changed = (change: (form: ReturnType<typeof JSON.parse>) => void): string => {
    const one = form();
    change(one);
    return JSON.stringify(one);
  };

  it("is read as it was written", () => {
    expect(readRecord(text)).toEqual(record([[], ONE, OTHER]));
    expect(text.endsWith("}\n")).toBe(true);
    expect(form()).toMatchObject({ version: 1, sector: "0x00008100", what: expect.stringContaining("original bytes") });
    expect(form().states[1].breakpoints).toEqual(["0x00008110", "0x000081FE"]);
  });

  it.each<[string, (form: ReturnType<typeof JSON.parse>) => void]>([
    ["another version", (f) => (f.version = 2)],
    ["no id", (f) => delete f.id],
    ["a chip that is no text", (f) => (f.chip = 7)],
    ["a board that is no text", (f) => (f.board = null)],
    ["a byte that was changed", (f) => (f.original.bytes = `00${f.original.bytes.slice(2)}`)],
    ["a byte less", (f) => (f.original.bytes = f.original.bytes.slice(2))],
    ["another sum of the bytes", (f) => (f.original.sha256 = f.states[0].sha256.replace(/^./, "g"))],
    ["no state", (f) => (f.states = [])],
    ["a state's breakpoint that was moved", (f) => (f.states[1].breakpoints[0] = "0x00008112")],
    ["a state's breakpoint that is missing", (f) => f.states[1].breakpoints.pop()],
    ["another sum of a state", (f) => (f.states[2].sha256 = f.states[1].sha256)],
    ["another sector", (f) => (f.sector = "0x00008200")],
    ["no states at all", (f) => delete f.states],
  ])("is none with %s", (_, change) => {
    expect(readRecord(changed(change))).toBeUndefined();
  });

  it.each([AT - 2, AT + 1, AT + 0xff, AT + 0x100])("is none with a breakpoint at 0x%x, which is not inside", (at) => {
    const one = form();
    one.states = [{ breakpoints: [`0x${at.toString(16)}`], sha256: one.original.sha256 }];
    expect(readRecord(JSON.stringify(one))).toBeUndefined();
  });

  it.each(["", "{", "[]", "null", "{}"])("is none of %j", (other) => {
    expect(readRecord(other)).toBeUndefined();
  });
});
