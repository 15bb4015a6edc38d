import { describe, expect, it } from "vitest";
import { peripheralPages } from "../../../../src/image/identity/constants.ts";
import { identifyImage } from "../../../../src/image/identity/identify.ts";
import { isStack, vectorTables } from "../../../../src/image/identity/vectors.ts";
import { image, joined, program, withAt, words } from "./built.ts";

const STACK = 0x2000_4000;

describe("a stack pointer", () => {
  it.each([
    [0x1fff_0000, 0x2100_0000],
    [0x2400_0000, 0x2410_0000],
    [0x3000_0000, 0x3010_0000],
    [0x3800_0000, 0x3802_0000],
    [0x1000_0000, 0x1005_0000],
    [0x1800_0000, 0x1801_0000],
    [0x0080_0000, 0x0084_0000],
    [0x8000_0000, 0x8400_0000],
  ])("lies behind the beginning of RAM at %i, up to its end", (start, end) => {
    expect([start, start + 4, end, end + 4].map(isStack)).toEqual([false, true, true, false]);
    expect(isStack(end - 2)).toBe(false);
  });
});

describe("vectors", () => {
  const tables = (...table: readonly number[]) =>
    vectorTables(image([0, withAt(new Uint8Array(0x40), 0, words(...table))]));

  it("are a table with a stack pointer, a reset vector into the image, and faults that are 0 or odd", () => {
    expect(tables(STACK, 0x21, 0x23, 0)).toEqual([{ address: 0, stack: STACK, reset: 0x21 }]);
    expect(tables(STACK, 0x41, 0, 0)).toEqual([]);
    expect(tables(STACK, 0x40, 0, 0)).toEqual([]);
    expect(tables(STACK, 0x21, 0x22, 0)).toEqual([]);
    expect(tables(STACK, 0x21, 0, 0x22)).toEqual([]);
  });

  it("are 16 bytes at least", () => {
    const table = words(STACK, 0x5, 0, 0);
    expect(vectorTables(image([0, table]))).toHaveLength(1);
    expect(vectorTables(image([0, table.subarray(0, 15)]))).toEqual([]);
  });

  it.each([0, 0x100, 0x200, 0x400, 0x800, 0x1000, 0x2000, 0x2400, 0x3000, 0x4000, 0x8000, 0xc000, 0x1_0000])(
    "are found %i behind a segment's beginning",
    (offset) => {
      const table = words(STACK, 0x5000 + offset + 1, 0, 0);
      expect(vectorTables(image([0x5000, joined(new Uint8Array(offset), table)]))).toHaveLength(1);
    },
  );

  it("are in the order of their addresses, each once", () => {
    const flash = joined(program(0, STACK, [], 0x400), program(0x400, STACK, [], 0x400), program(0x800, STACK));
    const two = image([0, flash.subarray(0, 0x800)], [0x800, flash.subarray(0x800)]);
    expect(vectorTables(two).map(({ address }) => address)).toEqual([0, 0x400, 0x800]);
  });

  it("are looked for in 64 segments", () => {
    const data = (count: number) =>
      Array.from({ length: count }, (_, i) => [0x10_0000 + i * 0x10, new Uint8Array(4)] as const);
    const last = [0x20_0000, program(0x20_0000, STACK)] as const;
    expect(vectorTables(image(...data(63), last))).toHaveLength(1);
    expect(vectorTables(image(...data(64), last))).toEqual([]);
  });
});

describe("addresses of peripherals in code", () => {
  const pages = (address: number, bytes: Uint8Array) => [...peripheralPages(image([address, bytes]))];

  it("are the first of their 1 KB where the code has that very word, else only near", () => {
    expect(pages(0, words(0x4002_1004))).toEqual([[0x4002_1000, false]]);
    expect(pages(0, words(0x4002_1000))).toEqual([[0x4002_1000, true]]);
    expect(pages(0, words(0x4002_1000, 0x4002_1004))).toEqual([[0x4002_1000, true]]);
    expect(pages(0, words(0x4002_1004, 0x4002_1000))).toEqual([[0x4002_1000, true]]);
  });

  it("lie in the peripherals' space, or at pages of settings and GPIO of single families", () => {
    const found = [
      0x3fff_fc00, 0x4000_0000, 0xe00f_fc00, 0xe010_0000, 0x1000_0000, 0x0fe0_8000, 0x2009_c000, 0x2000_0000,
    ];
    expect(pages(0, words(...found)).map(([page]) => page)).toEqual([
      ...[0x4000_0000, 0xe00f_fc00, 0x1000_0000, 0x0fe0_8000, 0x2009_c000],
    ]);
  });

  it("are words at multiples of four in memory, wherever the segment begins", () => {
    const bytes = joined(Uint8Array.of(0, 0, 0), words(0x4002_1000));
    expect(pages(1, bytes)).toEqual([[0x4002_1000, true]]);
    expect(pages(2, bytes)).toEqual([]);
  });
});

describe("addresses that MOVW and MOVT put together", () => {
  /** MOVW or MOVT of a register with a 16-bit immediate (ARMv7-M ARM, A7.7.76 and A7.7.79). */
  function move(opcode: number, register: number, value: number): Uint8Array {
    const first = opcode | (value >>> 12) | (((value >>> 11) & 1) << 10);
    const second = (((value >>> 8) & 7) << 12) | (register << 8) | (value & 0xff);
    return Uint8Array.of(first & 0xff, first >>> 8, second & 0xff, second >>> 8);
  }
  const [MOVW, MOVT] = [0xf240, 0xf2c0];
  const NOP = Uint8Array.of(0x00, 0xbf);
  /** The first addresses of peripherals that code names exactly: instructions look like other addresses. */
  const pages = (...code: readonly Uint8Array[]) =>
    [...peripheralPages(image([0, joined(...code, NOP, NOP)]))].flatMap(([page, isBase]) => (isBase ? [page] : []));
  const pair = (address: number, ...between: readonly Uint8Array[]) =>
    [move(MOVW, 3, address & 0xffff), ...between, move(MOVT, 3, address >>> 16)] as const;

  it.each([0x4001_e000, 0x5842_4400, 0x4008_8800, 0xdff0_fc00])("are found with each bit of them: %i", (address) => {
    expect(pages(...pair(address))).toEqual([address]);
    expect(pages(NOP, ...pair(address))).toEqual([address]);
  });

  it("are found with one instruction between, and not with more", () => {
    expect(pages(...pair(0x4001_e000, NOP))).toEqual([0x4001_e000]);
    expect(pages(...pair(0x4001_e000, NOP, NOP))).toEqual([0x4001_e000]);
    expect(pages(...pair(0x4001_e000, NOP, NOP, NOP))).toEqual([]);
  });

  it("are none where the two are of different registers, or MOVT is first", () => {
    expect(pages(move(MOVW, 3, 0xe000), move(MOVT, 4, 0x4001))).toEqual([]);
    expect(pages(move(MOVT, 3, 0x4001), move(MOVW, 3, 0xe000))).toEqual([]);
    expect(pages(move(MOVW, 3, 0xe000), move(MOVW, 3, 0x4001))).toEqual([]);
  });

  it("are found up to the segment's end", () => {
    const code = joined(...pair(0x4001_e000));
    expect([...peripheralPages(image([0, code])).keys()]).toEqual([0x4001_e000]);
    expect([...peripheralPages(image([0, code.subarray(0, 7)])).keys()]).toEqual([]);
  });
});

describe("what speaks for a family", () => {
  const STM32 = [0x4002_3800, 0x4002_3c00, 0x4002_0000, 0x4000_7000, 0x4001_3800, 0xe004_2000];
  const guess = (at: number, ...constants: readonly number[]) =>
    identifyImage(image([at, program(at, STACK, constants)])).family;

  it("is named: the flash's place, and up to four of the peripherals", () => {
    expect(guess(0x0800_0000, ...STM32)?.for).toEqual([
      "it lies at 0x08000000, where that family has its flash",
      expect.stringMatching(/^its code names 6 of that family's peripherals \((0x[0-9A-F]{8}, ){4}\.\.\.\)$/),
    ]);
    expect(guess(0x0800_0000, ...STM32.slice(0, 4))?.for[1]).toMatch(
      /^its code names 4 of that family's peripherals \((0x[0-9A-F]{8}, ){3}0x[0-9A-F]{8}\)$/,
    );
  });

  it("grows with the number of peripherals: none, possible, likely", () => {
    const likelihoods = [0, 1, 3, 4, 5, 6].map((count) => guess(0x0800_0000, ...STM32.slice(0, count))?.likelihood);
    // Three are not enough, as EFM32 may have its flash there, too.
    expect(likelihoods).toEqual([undefined, undefined, undefined, "possible", "possible", "likely"]);
  });

  it("counts for a program anywhere in the family's flash, and not behind it", () => {
    expect(guess(0x0800_4000, ...STM32)?.id).toBe("stm32");
    expect(guess(0x083f_f000, ...STM32)?.id).toBe("stm32");
    expect(guess(0x0840_0000, ...STM32)).toBeUndefined();
    expect(guess(0x07ff_f000, ...STM32)).toBeUndefined();
  });

  it("is one peripheral in the family's empty space less than four", () => {
    const NRF5 = [0x4000_0000, 0x4001_e000, 0x5000_0000, 0x1000_0000, 0x4001_1000, 0x4000_8000];
    const elsewhere = [0x4003_0000, 0x4004_0000, 0x4f00_0000, 0x4100_0000];
    expect(guess(0, ...NRF5, ...elsewhere.slice(0, 3))?.id).toBe("nrf5");
    expect(guess(0, ...NRF5, ...elsewhere)?.id).not.toBe("nrf5");
    expect(guess(0, ...NRF5, ...elsewhere.map((base) => base + 4))?.id).toBe("nrf5");
  });

  it("holds for an image with one of its vector tables there", () => {
    const flash = program(0x0800_0000, STACK, STM32);
    const { family } = identifyImage(image([0x2000_0000, program(0x2000_0000, STACK)], [0x0800_0000, flash]));
    expect(family?.id).toBe("stm32");
  });
});
