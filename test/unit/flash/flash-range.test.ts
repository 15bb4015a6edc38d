import { describe, expect, it } from "vitest";
import { checkFlashAddress, checkFlashRange, checkSteps } from "../../../src/flash/flash-range.ts";
import type { FlashStep } from "../../../src/flash/plan/steps.ts";
import { bank, chipOf, LOCKING, PAGES } from "./made-up-chips.ts";

const codeOf = (work: () => void): { code: string; message: string; details: unknown } | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    const { code, message, details } = error as { code: string; message: string; details: unknown };
    return { code, message, details };
  }
};
const range = (start: number, length: number, named: readonly string[] = [], chip = PAGES) =>
  codeOf(() => checkFlashRange({ start, length }, chip, "erased", named));

describe("a range of flash", () => {
  it.each([
    [0, 1],
    [0, 0x10000],
    [0xffff, 1],
    [0x1234, 0x10],
  ])("from %i with %i bytes is accepted inside of the flash", (start, length) => {
    expect(range(start, length)).toBeUndefined();
  });

  it.each([
    [0, 0x10001, "0x00000000 to 0x00010000 was to be erased, but"],
    [0xffff, 2, "0x0000FFFF to 0x00010000 was to be erased, but"],
    [-4, 8, "-0x00000004 to 0x00000003 was to be erased, but"],
    [0x10001000, 4, "0x10001000 to 0x10001003 was to be erased, but"],
    [0x100000000, 4, "0x100000000 to 0x100000003 was to be erased, but"],
    [0x40, 0, "The range to be erased begins at 0x00000040 and ends before it holds a byte;"],
    [0x40, -4, "The range to be erased begins at 0x00000040 and ends before it holds a byte;"],
    [0.5, 4, "0x00000000 to 0x00000003 was to be erased, but"],
    [0, 1.5, "0x00000000 to 0x00000000 was to be erased, but"],
  ])("from %d with %d bytes is refused", (start, length, words) => {
    expect(range(start, length)).toMatchObject({
      code: "flash-range",
      message: `${words} the flash of the PAGES is 0x00000000 to 0x0000FFFF`,
    });
  });

  it("counts banks beside the firmware's where they are named", () => {
    expect(range(0x10001000, 4, ["uicr"])).toBeUndefined();
    expect(range(0x10001000, 4, ["otp"])).toMatchObject({ code: "flash-range" });
    expect(range(0x10001ffe, 4, ["uicr"])).toMatchObject({
      details: { start: "0x10001FFE", length: 4, flashStart: "0x10001000", flashEnd: "0x10001FFF" },
    });
    expect(range(0x20000000, 4, ["uicr"])).toMatchObject({
      details: { start: "0x20000000", flashStart: "0x00000000", flashEnd: "0x0000FFFF" },
    });
  });

  it("may reach over banks that touch, and not over a gap", () => {
    expect(range(0x1ff0, 0x20, [], LOCKING)).toBeUndefined();
    const gap = chipOf("GAP", [bank({ start: 0, length: 0x1000 }), bank({ id: "b", start: 0x2000, length: 0x1000 })]);
    expect(range(0xff0, 0x1020, [], gap)?.message).toContain("0x00000000 to 0x00000FFF and 0x00002000 to 0x00002FFF");
  });
});

describe("the steps of a plan", () => {
  const [flash] = PAGES.banks;
  const blocks = { ...flash, block: { size: 0x4000, eraseMs: 100 } } as unknown as typeof flash;
  const program = (address: number, length = 4): FlashStep => ({
    step: "program",
    bank: flash,
    address,
    bytes: new Uint8Array(length),
  });
  const erase = (address: number, atOnce: readonly { address: number; bytes: Uint8Array }[] = []): FlashStep => ({
    step: "erase-sector",
    bank: flash,
    address,
    atOnce,
  });
  const block = (address: number, length: number, own = blocks): FlashStep => ({
    step: "erase-block",
    bank: own,
    address,
    length,
    atOnce: [],
  });
  const check = (...steps: readonly FlashStep[]) => codeOf(() => checkSteps(steps));

  it("are accepted where each stays in its bank, on sectors, blocks and write units", () => {
    expect(
      check(program(0), program(0xfffc), erase(0x1000), erase(0xf000), block(0x4000, 0x4000), {
        step: "erase-bank",
        bank: flash,
        atOnce: [{ address: 0, bytes: new Uint8Array(8) }],
      }),
    ).toBeUndefined();
  });

  it.each<[string, FlashStep, string, RegExp]>([
    ["programs beyond the bank", program(0xfffc, 8), "flash-range", /^0x0000FFFC to 0x00010003 was to be programmed: /],
    ["programs before the bank", program(-4), "flash-range", /the flash is 0x00000000 to 0x0000FFFF$/],
    ["programs nothing", program(0, 0), "flash-range", /was to be programmed/],
    ["programs from within a unit", program(2), "flash-unaligned", /^0x00000002 is not the start of a write unit$/],
    ["programs a part of a unit", program(0, 6), "flash-unaligned", /write unit/],
    ["erases from within a sector", erase(0x1004), "flash-unaligned", /^0x00001004 is not the start of a sector$/],
    ["erases beyond the bank", erase(0x10000), "flash-range", /^0x00010000 was to be erased: /],
    [
      "looks for a blank sector beyond the bank",
      { ...erase(0x10000), step: "ensure-blank" } as FlashStep,
      "flash-range",
      /was to be erased/,
    ],
    [
      "writes beyond the bank right after an erase",
      erase(0x1000, [{ address: 0x10000, bytes: new Uint8Array(4) }]),
      "flash-range",
      /was to be programmed/,
    ],
    [
      "writes beyond the bank right after the bank's erase",
      { step: "erase-bank", bank: flash, atOnce: [{ address: 0x10000, bytes: new Uint8Array(4) }] },
      "flash-range",
      /was to be programmed/,
    ],
    ["erases a block beyond the bank", block(0x10000, 0x4000), "flash-range", /was to be erased/],
    ["erases from within a block", block(0x1000, 0x4000), "flash-unaligned", /not the start of a block$/],
    ["erases half a block", block(0x4000, 0x2000), "flash-unaligned", /not the start of a block$/],
    ["erases a block where there are none", block(0x4000, 0x4000, flash), "flash-unaligned", /block/],
  ])("are refused where one %s", (_, step, code, words) => {
    const refused = check(program(0), step);
    expect(refused?.code).toBe(code);
    expect(refused?.message).toMatch(words);
  });
});

describe("the address of a flash command", () => {
  const [flash] = LOCKING.banks.slice(1);
  it("is inside of its bank", () => {
    const check = (address: number) => codeOf(() => checkFlashAddress(address, flash));
    expect([check(0x2000), check(0x3fff)]).toEqual([undefined, undefined]);
    for (const address of [0x1fff, 0x4000, 8192.5, Number.NaN]) expect(check(address)?.code).toBe("flash-range");
    expect(check(0x4000)).toMatchObject({
      message: "No flash command is given for 0x00004000: the flash is 0x00002000 to 0x00003FFF",
      details: { start: "0x00004000", flashStart: "0x00002000", flashEnd: "0x00003FFF" },
    });
  });
});
