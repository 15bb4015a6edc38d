import { describe, expect, it } from "vitest";
import { guessBase } from "../../../../src/image/identity/guess-base.ts";
import { bootCrc, joined, program, withAt, words } from "./built.ts";

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

describe("a raw file's vectors", () => {
  const STACK = 0x2001_0000;
  /** A file with these vectors, and the beginning of a function at 0x200. */
  const file = (vectors: readonly number[], length = 0x800) =>
    withAt(withAt(new Uint8Array(length).fill(0xff), 0x200, words(0x4770_b500)), 0, words(...vectors));

  it("are whole with faults that are 0 or odd", () => {
    expect(guessBase(file([STACK, 0x0800_0201, 0, 0]))?.base).toBe(0x0800_0000);
    expect(guessBase(file([STACK, 0x0800_0201, 2, 0]))).toBeUndefined();
    expect(guessBase(file([STACK, 0x0800_0201, 0, 2]))).toBeUndefined();
    expect(guessBase(file([STACK, 0x0800_0200, 0, 0]))).toBeUndefined();
    expect(guessBase(file([STACK, 0x0800_0201, 0, 0]).subarray(0, 15))).toBeUndefined();
  });

  it.each([
    [0x0000_0000, 0x0040_0000],
    [0x0800_0000, 0x0840_0000],
    [0x1000_0000, 0x1040_0000],
    [0x1400_0000, 0x1440_0000],
    [0x1a00_0000, 0x1a10_0000],
    [0x3000_0000, 0x3080_0000],
    [0x6000_0000, 0x6080_0000],
    [0x7000_0000, 0x7080_0000],
  ])("lead into a window of flash from %i up to %i", (start, end) => {
    expect(guessBase(file([STACK, start + 0x201, 0, 0]))?.base).toBe(start);
    expect(guessBase(file([STACK, end - 0x1000 + 0x201, 0, 0]))?.base).toBe(end - 0x1000);
    expect(guessBase(file([STACK, end + 0x201, 0, 0]))).toBeUndefined();
  });

  it.each([0, 0x100, 0x200, 0x400, 0x1000, 0x2000])("may stand %i behind the file's beginning", (offset) => {
    const behind = joined(new Uint8Array(offset).fill(0xff), program(0x0800_0000 + offset, STACK));
    const guess = guessBase(behind);
    expect(guess?.base).toBe(0x0800_0000);
    const place = offset === 0 ? "" : `, its vectors 0x${offset.toString(16)} behind it`;
    expect(guess?.why).toBe(`its reset vector points there${place}`);
  });

  it("stand behind an RP2040's boot2, and nowhere else", () => {
    const boot2 = joined(withAt(new Uint8Array(252), 0, words(0x4b32_b500)), words(0));
    const crc = withAt(boot2, 252, words(bootCrc(boot2.subarray(0, 252))));
    expect(guessBase(joined(crc, program(0x1000_0100, STACK)))?.base).toBe(0x1000_0000);
    expect(guessBase(joined(crc, new Uint8Array(0x100), program(0x1000_0200, STACK)))).toBeUndefined();
  });

  it("fit in a file that is longer than the window", () => {
    const long = withAt(new Uint8Array(0x10_1000).fill(0xff), 0, program(0x1a00_0000, STACK));
    expect(guessBase(long)?.base).toBe(0x1a00_0000);
  });

  it("that lead out of the file belong nowhere", () => {
    expect(guessBase(file([STACK, 0x0800_0005, 0, 0]))).toBeUndefined();
  });
});
