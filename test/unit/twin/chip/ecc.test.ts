import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkBits, judge } from "../../../../src/twin/families/kinetis-ftfe/flash/ecc.ts";
import { lab } from "./lab.ts";
import { inHex } from "../../../support/hex.ts";

const OK = 0x80;
const MGSTAT0 = 0x81;
const FACTORY_PHRASE = [0xffffffff, 0xfffffffe] as const;

const word = fc.integer({ min: 0, max: 0xffffffff });

describe("flash ECC", () => {
  it("accepts erased flash as a valid word, check bits included", () => {
    expect(checkBits(0xffffffff, 0xffffffff)).toBe(0xff);
  });

  it("corrects every single-bit error and detects every double-bit error", () => {
    fc.assert(
      fc.property(word, word, fc.uniqueArray(fc.nat(63), { minLength: 2, maxLength: 2 }), (low, high, [a, b]) => {
        const flip = (...bits: number[]) => {
          const [l, h] = bits.reduce(
            ([l, h], n) => (n < 32 ? [l ^ (1 << n), h] : [l, h ^ (1 << (n - 32))]),
            [low, high],
          );
          return checkBits(l >>> 0, h >>> 0) ^ checkBits(low, high);
        };
        expect(judge(flip(a))).toEqual({ kind: "corrected", bit: a });
        expect(judge(flip(a, b))).toEqual({ kind: "bad" });
      }),
    );
  });
});

describe("programming a phrase again without an erase", () => {
  it("succeeds with the same data, as when OpenOCD writes the FCF twice", () => {
    const bench = lab();
    expect(bench.program(0x408, ...FACTORY_PHRASE)).toBe(OK);
    expect(bench.read(0x40c)).toBe(0xfffffffe);
  });

  it("succeeds with all ones only where all ones are read, and changes nothing", () => {
    const bench = lab();
    bench.program(0x4000, 0x11223344, 0x55667788);
    expect(bench.program(0x4000, 0xffffffff, 0xffffffff)).toBe(MGSTAT0);
    expect(bench.read(0x4000)).toBe(0x11223344);
    expect(bench.program(0x4008, 0xffffffff, 0xffffffff)).toBe(OK);
  });

  it("reads 0x7A and stays readable after 0x7B over 0xFE at 0x40C", () => {
    const bench = lab({ locked: true });
    bench.control = 1;
    bench.wait(1e12);
    expect(bench.program(0x408, 0xffffffff, 0xffffff7b)).toBe(MGSTAT0);
    expect(bench.read(0x40c)).toBe(0xffffff7a);
    expect(bench.powerCycle().status & 4).toBe(0);
  });

  it.each(inHex(Array.from({ length: 256 }, (_, fsec) => [fsec] as const)))(
    "reads the AND of both after FSEC %s over 0xFE",
    (_, fsec) => {
      const bench = lab({ flash: "zero" });
      bench.program(0x408, 0xffffffff, (0xffffff00 | fsec) >>> 0);
      expect(bench.read(0x40c, 1)).toBe(fsec & 0xfe);
    },
  );

  it.each(
    inHex([
      [0xb8400d03, true],
      [0xb0400d03, false],
    ]),
  )("0x7FFFFFFF over %s, as in the NXP community thread: readable %s", (_, readable, old) => {
    const bench = lab();
    bench.program(0x4000, old, 0xffffffff);
    expect(bench.program(0x4000, 0x7fffffff, 0xffffffff)).toBe(MGSTAT0);
    expect(typeof bench.tryRead(0x4000)).toBe(readable ? "number" : "string");
    expect(bench.flash(0x4003, 1)).toEqual([(old >>> 24) & 0x7f]);
  });

  it("faults in the unreadable phrase only, until an erase", () => {
    const bench = lab();
    bench.program(0x4000, 0xb0400d03, 0xffffffff);
    bench.program(0x4000, 0x7fffffff, 0xffffffff);
    expect([bench.tryRead(0x4000), bench.tryRead(0x4004), bench.tryRead(0x4008)]).toEqual([
      "fault",
      "fault",
      0xffffffff,
    ]);
    bench.command(0x09, 0x4000);
    expect(bench.read(0x4000)).toBe(0xffffffff);
  });

  it("leaves in each cell the AND of everything programmed", () => {
    const bench = lab({ flash: "zero" });
    let sector = 0x10000;
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word), { minLength: 1, maxLength: 4 }), (phrases) => {
        sector += 8;
        for (const [low, high] of phrases) bench.program(sector, low, high);
        const and = phrases.reduce(([l, h], [low, high]) => [l & low, h & high], [-1, -1]);
        const cells = new DataView(Uint8Array.from(bench.flash(sector, 8)).buffer);
        expect([cells.getInt32(0, true), cells.getInt32(4, true)]).toEqual(and);
      }),
    );
  });
});
