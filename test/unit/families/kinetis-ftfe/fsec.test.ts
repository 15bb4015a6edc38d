import { describe, expect, it } from "vitest";
import { OPEN_FSEC } from "../../../../src/families/kinetis-ftfe/protection.ts";
import { FSEC, fsecText, hasDangerousNeighbour, isIrreversible, judgeFsec, keptOpen } from "../../../support/fsec.ts";

const ALL = Array.from({ length: 256 }, (_, byte) => byte);
const supersets = (byte: number) => ALL.filter((other) => (other & byte) === byte);

describe("FSEC", () => {
  it("has its four fields in words", () => {
    expect(
      FSEC.field.register?.decode(0x7b).map(({ name, high, low, value, words }) => [name, high, low, value, words]),
    ).toEqual([
      ["KEYEN", 7, 6, 1, "backdoor key access disabled"],
      ["MEEN", 5, 4, 3, "mass erase enabled"],
      ["FSLACC", 3, 2, 2, "factory access denied"],
      ["SEC", 1, 0, 3, "secured"],
    ]);
  });

  it.each([
    ["0xFE", "open"],
    ["0x7A", "open"],
    ["0xEE", "open"],
    ["0xFF", "locked"],
    ["0x7B", "locked"],
    ["0x54", "locked"],
    ["0x00", "locked"],
    ["0xAF", "locked-backdoor-only"],
    ["0xEF", "locked-for-ever"],
    ["0x64", "locked-for-ever"],
    ["0x20", "locked-for-ever"],
  ])("%s is %s", (byte, judgement) => {
    expect(judgeFsec(Number(byte))).toBe(judgement);
  });

  it("is open in 64 of 256 values and secured with a way back in 144", () => {
    expect(ALL.filter((byte) => judgeFsec(byte) === "open")).toHaveLength(64);
    expect(ALL.filter((byte) => judgeFsec(byte) === "locked")).toHaveLength(144);
  });

  it("needs a token in 48 values, 36 of them without a backdoor key", () => {
    expect(ALL.filter(isIrreversible)).toHaveLength(48);
    expect(ALL.filter((byte) => judgeFsec(byte) === "locked-for-ever")).toHaveLength(36);
  });

  it("has a neighbour that is locked for ever in 32 of the open values, and in the secured ones with MEEN = 0b00", () => {
    expect(ALL.filter((byte) => judgeFsec(byte) === "open" && hasDangerousNeighbour(byte))).toHaveLength(32);
    const secured = ALL.filter((byte) => judgeFsec(byte) === "locked" && hasDangerousNeighbour(byte));
    expect(secured).toEqual(ALL.filter((byte) => (byte & 3) !== 2 && (byte & 0x30) === 0));
  });

  it("has a dangerous neighbour exactly where a cut between its bits can leave a byte that needs a token", () => {
    for (const byte of ALL.filter((b) => !isIrreversible(b))) {
      expect(hasDangerousNeighbour(byte)).toBe(supersets(byte).some(isIrreversible));
    }
  });

  it("prints with its judgement", () => {
    expect([fsecText(0x7b), fsecText(0x7a), fsecText(0xef)]).toEqual([
      "0x7B (secured)",
      "0x7A (open)",
      "0xEF (secured for ever)",
    ]);
  });
});

describe("keeping a chip open", () => {
  it("changes 0x7B into 0x7A", () => {
    expect(keptOpen(0x7b)).toBe(0x7a);
  });

  it.each([
    ["0x54", "0x56"],
    ["0x79", "0x7A"],
    ["0x64", "0x76"],
    ["0xEE", "0xFE"],
    ["0xFF", "0xFE"],
  ])("changes %s into %s", (from, to) => {
    expect(keptOpen(Number(from))).toBe(Number(to));
  });

  it("leaves every value open, without a dangerous neighbour, and KEYEN and FSLACC as they are", () => {
    for (const byte of ALL) {
      const kept = keptOpen(byte);
      expect([judgeFsec(kept), hasDangerousNeighbour(kept), kept & 0xcc]).toEqual(["open", false, byte & 0xcc]);
      expect(keptOpen(kept)).toBe(kept);
    }
  });

  it("leaves a shipped chip's byte alone", () => {
    expect(keptOpen(OPEN_FSEC)).toBe(0xfe);
  });
});
