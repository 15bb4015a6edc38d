import { describe, expect, it } from "vitest";
import { guessBase } from "../../../../src/image/identity/guess-base.ts";
import { joined, program, withAt, words } from "./built.ts";

describe("where a raw file seems to belong", () => {
  it.each([0, 0x0800_0000, 0x0800_4000, 0x2_6000])("is where its vectors point: 0x%s", (base) => {
    expect(guessBase(program(base, 0x2001_0000))?.base).toBe(base);
  });

  it("leaves room for a header before the vectors", () => {
    const header = withAt(new Uint8Array(0x200), 0, words(0x96f3_b83d, 0, 0x200, 0x800));
    expect(guessBase(joined(header, program(0x0002_0200, 0x2001_0000)))).toMatchObject({
      base: 0x0002_0000,
      why: expect.stringContaining("0x200 behind it"),
    });
  });

  it("is the place that an i.MX RT's image vector table names", () => {
    const flash = withAt(
      new Uint8Array(0x1100).fill(0xff),
      0x1000,
      words(0x4120_00d1, 0x6000_2000, 0, 0, 0, 0x6000_1000, 0, 0),
    );
    expect(guessBase(flash)).toEqual({ base: 0x6000_0000, why: "its image vector table says so" });
  });

  it("is unknown without vectors", () => {
    expect(guessBase(new Uint8Array(0x800).fill(0xff))).toBeUndefined();
    expect(guessBase(new Uint8Array(3))).toBeUndefined();
    expect(guessBase(program(0, 0x1234))).toBeUndefined();
  });
});
