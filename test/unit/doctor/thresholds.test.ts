import { describe, expect, it } from "vitest";
import { isAct } from "../../../src/doctor/advice-acts.ts";
import { type Cause, LIKELIHOODS } from "../../../src/doctor/cause.ts";
import { CAUSE_ACTS } from "../../../src/doctor/cause-acts.ts";
import { explainDifferences } from "../../../src/doctor/differences.ts";
import type { DifferenceInput, History } from "../../../src/doctor/evidence.ts";
import { buildImage } from "../../../src/image/build-image.ts";
import { K24, noise, noisyImage } from "./inputs.ts";

type Change = readonly [address: number, actual: number | undefined];

const LENGTH = 0x2000;
const image = noisyImage(LENGTH);
const wanted = image.segments[0].bytes;

/** The input for a chip that holds the image but for some bytes; each of them a difference of its own. */
const inputOf = (changes: readonly Change[], history: History = {}): DifferenceInput => ({
  chip: K24,
  image,
  history,
  differences: changes
    .filter(([address, actual]) => actual !== wanted[address])
    .map(([address, actual]) => ({
      address,
      expected: wanted.slice(address, address + 1),
      actual: actual === undefined ? undefined : Uint8Array.of(actual),
    })),
});

/** What holds for every cause: sentences that state what happened and its evidence, and acts that causes advise. */
function checkCause({ likelihood, what, for: reasons, against, test, remedy, id }: Cause): void {
  expect(LIKELIHOODS).toContain(likelihood);
  for (const text of [what, ...[...reasons, ...against].map((evidence) => evidence.text)])
    expect(text).toMatch(/^(\p{Lu}|\d).* .*\.$/su);
  expect(reasons.length > 0 || id === "unknown").toBe(true);
  for (const { act } of [test, ...remedy]) expect(isAct(act) && act in CAUSE_ACTS).toBe(true);
  expect(remedy.length).toBeGreaterThan(0);
}

const explained = (input: DifferenceInput) => {
  const { causes } = explainDifferences(input);
  for (const cause of causes) checkCause(cause);
  return causes;
};
const find = (id: Cause["id"], ...args: Parameters<typeof inputOf>) =>
  explained(inputOf(...args)).find((cause) => cause.id === id);
const has = (id: Cause["id"], ...args: Parameters<typeof inputOf>) => find(id, ...args) !== undefined;

/** `count` addresses from one on, so far from the field at 0x400 that none of them is part of it. */
const places = (count: number, from = 0x800, step = 1): readonly number[] =>
  Array.from({ length: count }, (_, i) => from + i * step);
/** A value that differs from the image's in bits of both directions. */
const other = (address: number): number => wanted[address] ^ 0x5a ^ (address & 0x81);
const blankAt = (list: readonly number[]): readonly Change[] => list.map((address) => [address, 0xff]);
/** Places at which the image holds something else than erased bytes. */
const live = (count: number, from = 0x800): readonly number[] =>
  places(count * 2, from)
    .filter((address) => wanted[address] !== 0xff)
    .slice(0, count);

describe("a chip that can't be read", () => {
  const unreadable = (count: number): readonly Change[] => places(count).map((address) => [address, undefined]);

  it.each([
    [63, false],
    [64, true],
  ])("in %i bytes is possibly locked: %s", (count, isLocked) =>
    expect(has("locked-chip", unreadable(count))).toBe(isLocked),
  );

  it("is certainly locked where the debug port reports it, and not where one byte can be read", () => {
    expect(find("locked-chip", unreadable(1), { locked: true })).toMatchObject({ likelihood: "certain", against: [] });
    expect(find("locked-chip", unreadable(64))).toMatchObject({ likelihood: "possible", against: [{}] });
    expect(has("locked-chip", [...unreadable(64), [0x900, other(0x900)]], { locked: true })).toBe(false);
    const [sure, guess] = [find("locked-chip", unreadable(1), { locked: true }), find("locked-chip", unreadable(64))];
    expect(sure?.for[0].text).not.toBe(guess?.for[0].text);
  });
});

describe("a region that FPROT protects", () => {
  const big = noisyImage(0x1_0000);
  const guarded = (fprot: number, changes: readonly number[], history: History = {}) => {
    const bytes = big.segments[0].bytes.with(0x408, fprot);
    const own = { ...big, segments: [{ ...big.segments[0], bytes }] };
    const differences = changes.map((address) => ({
      address,
      expected: bytes.slice(address, address + 1),
      actual: Uint8Array.of(bytes[address] ^ 0x5a),
    }));
    return explained({ chip: K24, image: own, differences, history }).find(({ id }) => id === "protected-region");
  };

  it("explains differences that all lie in it, up to its last byte", () => {
    expect(guarded(0xfd, [0x8000, 0xffff])).toMatchObject({ likelihood: "likely", against: [{}] });
    expect(guarded(0xfd, [0x7fff, 0x8000])).toBeUndefined();
    expect(guarded(0xfe, [0x7fff])).toMatchObject({ likelihood: "likely" });
    expect(guarded(0xfe, [0x7fff, 0x8000])).toBeUndefined();
    expect(guarded(0xff, [0x8000])).toBeUndefined();
    expect(guarded(0xfd, [0x8000])?.what).toMatch(/FPROT.*0x00008000.*0x0000FFFF/);
  });

  it("is only possible after an interruption, and where FPROT itself differs", () => {
    expect(guarded(0xfd, [0x8000], { interrupted: true })?.likelihood).toBe("possible");
    expect(guarded(0xfe ^ 0x5a, [0x408])?.likelihood).toBe("possible");
  });

  it("has against it that the whole image lies there", () => {
    expect(guarded(0xfc, [0x8000])).toMatchObject({ likelihood: "possible", against: [{}, {}] });
  });
});

describe("programming that was cut off", () => {
  const rest = (from: number): readonly Change[] => blankAt(places(LENGTH - from, from));

  it.each([
    ["a phrase of 8 bytes at the end", LENGTH - 8, true],
    ["less than a phrase at the end", LENGTH - 7, false],
    ["the whole image", 0, false],
  ])("is concluded from $0 that is blank: $2", (_, from, isCut) => {
    const tail = Array.from({ length: LENGTH - from }, (_one, i) => from + i);
    expect(tail.every((address) => from === 0 || wanted[address] !== 0xff)).toBe(true);
    expect(has("cut-while-programming", rest(from))).toBe(isCut);
  });

  it("is not concluded where bytes behind the border are neither right nor blank", () => {
    const changes = rest(0x1000).map(
      ([address, actual], i): Change => [address, i % 3 === 0 ? other(address) : actual],
    );
    expect(has("cut-while-programming", changes)).toBe(false);
  });

  it("is not concluded where right bytes stand behind the border", () =>
    expect(has("cut-while-programming", blankAt(places(0x100, 0x1000)))).toBe(false));

  it("is likely where the job was interrupted, whatever the bytes are", () => {
    const cause = find("cut-while-programming", [[0x900, other(0x900)]], { interrupted: true });
    expect(cause).toMatchObject({ likelihood: "likely", for: [{ text: "The job was interrupted." }], against: [] });
    expect(cause?.what).toContain("0x00000900");
    expect(has("cut-while-programming", [[0x900, other(0x900)]])).toBe(false);
  });

  it("names the border, that it lies inside a sector where it does, and that nothing else points to it", () => {
    expect(find("cut-while-programming", rest(0x1000))?.for).toHaveLength(1);
    expect(find("cut-while-programming", rest(0x1230))?.for).toHaveLength(2);
    expect(find("cut-while-programming", rest(0x1230))?.for[0].text).toContain("0x00001230");
    expect(find("cut-while-programming", rest(0x1230))?.against).toHaveLength(1);
    expect(find("cut-while-programming", rest(0x1230), { interrupted: true })?.for).toHaveLength(3);
  });
});

describe("a chip that is blank", () => {
  const mixed = (blanks: number, others: number): readonly Change[] => [
    ...blankAt(live(blanks)),
    ...places(others, 0x1800).map((address): Change => [address, other(address)]),
  ];

  it.each([
    [9, 1, "90 %"],
    [10, 0, "100 %"],
    [95, 6, "94 %"],
    [89, 10, undefined],
  ])("in %i bytes, and in %i not: %s", (blanks, others, percent) => {
    const cause = find("blank", mixed(blanks, others));
    expect(cause?.for[0].text.startsWith(`${percent} of the bytes`)).toBe(percent === undefined ? undefined : true);
    if (cause) expect(cause).toMatchObject({ likelihood: "likely", against: others === 0 ? [] : [{}] });
    if (cause) expect(cause.for[0].text).toContain("0xFF");
  });
});

describe("bytes that stand at other places", () => {
  const swapped = (count: number, flip: number, wrong = 0): readonly Change[] =>
    places(count).map((address, i) => [address, i < wrong ? wanted[address] ^ 0xa5 : wanted[address ^ flip]]);

  it.each([
    [1, "16-bit word swapped"],
    [2, "halves of every 32-bit"],
    [3, "four bytes of every 32-bit word reversed"],
  ])("XOR %i have their name: %s", (flip, words) => {
    const cause = find("byte-swapped", swapped(64, flip));
    expect(cause).toMatchObject({ likelihood: "likely", against: [] });
    expect(cause?.what).toContain(words);
    expect(cause?.for[0].text).toMatch(/^100 %/);
  });

  it("are found from 16 on", () => {
    const differing = swapped(64, 1).filter(([address, actual]) => actual !== wanted[address]);
    expect(has("byte-swapped", differing.slice(0, 16))).toBe(true);
    expect(has("byte-swapped", differing.slice(0, 15))).toBe(false);
  });

  it("are found where nine of ten fit, with the others against it", () => {
    const differing = swapped(400, 1, 0)
      .filter(([address, actual]) => actual !== wanted[address])
      .slice(0, 100);
    const spoiled = (count: number) =>
      differing.map(([address, actual], i): Change => [address, i < count ? (wanted[address] ^ 0x77) & 0xff : actual]);
    expect(find("byte-swapped", spoiled(10))?.against).toHaveLength(1);
    expect(has("byte-swapped", spoiled(11))).toBe(false);
  });

  it("are no words that were swapped where an image of few values fits any", () => {
    const flat = (values: number) => {
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => (i * 37) % values);
      const own = buildImage({ format: "raw", segments: [{ name: "f", address: 0x1000, bytes }] });
      const differences = [...bytes].flatMap((byte, i) =>
        byte === bytes[i ^ 1]
          ? []
          : [{ address: 0x1000 + i, expected: Uint8Array.of(byte), actual: Uint8Array.of(bytes[i ^ 1]) }],
      );
      return explained({ chip: K24, image: own, differences }).some(({ id }) => id === "byte-swapped");
    };
    expect([flat(7), flat(8)]).toEqual([false, true]);
  });
});

describe("an image beside its place", () => {
  const shifted = (by: number, from = 0): readonly Change[] => {
    const fill = noise(LENGTH, 9);
    return places(LENGTH - from, from).map((address) => [address, wanted[address - by] ?? fill[address]]);
  };

  it("is named with its distance in both ways of counting", () => {
    expect(find("shifted", shifted(0x24))?.what).toContain("36 (0x24) bytes too high");
    expect(find("shifted", shifted(-0x24))?.what).toContain("36 (0x24) bytes too low");
    expect(find("shifted", shifted(-0x24))?.likelihood).toBe("likely");
  });

  it("is not concluded where the chip or the image has a table of few values, which fits any distance", () => {
    const table = (values: number) => Uint8Array.from({ length: 64 }, (_, i) => i % values);
    const isShifted = (first: Uint8Array, rest: Uint8Array) => {
      const own = buildImage({
        format: "raw",
        segments: [{ name: "f", address: 0x1000, bytes: Uint8Array.of(...first, ...rest) }],
      });
      const differences = [{ address: 0x1000, expected: first, actual: rest }];
      return explained({ chip: K24, image: own, differences }).some(({ id }) => id === "shifted");
    };
    expect([isShifted(noise(64, 3), table(5)), isShifted(table(5), noise(64, 3))]).toEqual([false, false]);
    expect(isShifted(noise(64, 3), noise(64, 5))).toBe(true);
  });

  it("differs within its first 64 bytes", () => {
    const at = (address: number) => shifted(4, address).filter(([place, actual]) => actual !== wanted[place]);
    const first = (from: number) => at(from)[0][0];
    expect(first(63)).toBe(63);
    expect(first(64)).toBe(64);
    expect([has("shifted", shifted(4, 63)), has("shifted", shifted(4, 64))]).toEqual([true, false]);
  });
});

describe("bits that differ over and over", () => {
  const flipped = (count: number, mask: (i: number) => number, step = 4): readonly Change[] =>
    places(count, 0x800, step).map((address, i) => [address, wanted[address] ^ mask(i)]);

  it.each([
    ["one bit of one byte", flipped(1, () => 0x10), "possible"],
    ["two bits of one byte", flipped(1, () => 0x11), undefined],
    ["one bit of 15 words", flipped(15, () => 0x10), undefined],
    ["one bit of 16 words", flipped(16, () => 0x10), "likely"],
    ["two bits of 16 words", flipped(16, (i) => (i % 2 ? 0x10 : 0x01)), "likely"],
    ["three bits of 16 words", flipped(16, (i) => [0x10, 0x01, 0x02][i % 3]), undefined],
    ["one bit of every byte", flipped(16, () => 0x10, 1), undefined],
    ["one bit, and a byte that can't be read", [...flipped(16, () => 0x10), [0x900, undefined] as const], undefined],
  ])("$0: $2", (_, changes, likelihood) => {
    const cause = find("stuck-bits", changes);
    expect(cause?.likelihood).toBe(likelihood);
    expect(cause?.against.length ?? 0).toBe(likelihood === "possible" ? 1 : 0);
  });

  it("are named by their place in the word, and counted", () => {
    const changes = places(16, 0x802, 4).map((address): Change => [address, wanted[address] ^ 0x10]);
    const cause = find("stuck-bits", changes);
    expect(cause?.what).toContain("0x00100000");
    expect(cause?.for[0].text).toMatch(/^16 bytes differ.* 1 bit\(s\)/);
    expect(
      find(
        "stuck-bits",
        flipped(16, (i) => (i % 2 ? 0x80 : 0x01)),
      )?.for[0].text,
    ).toContain("2 bit(s)");
  });
});

describe("flash that was not blank when it was programmed", () => {
  /** Bytes that have lost some of their ones. */
  const fallen = (count: number, from = 0x800): readonly Change[] =>
    places(count * 3, from)
      .filter((address) => (wanted[address] & 0x0f) !== 0 && wanted[address] >> 4 !== 0)
      .slice(0, count)
      .map((address, i) => [address, wanted[address] & (i % 2 ? 0xf0 : 0x0f)]);
  const unreadable = (count: number): readonly Change[] => places(count, 0x1000).map((address) => [address, undefined]);

  it.each([
    ["three bytes that lost bits", fallen(3), false],
    ["four bytes that lost bits", fallen(4), true],
    ["four bytes that can't be read", unreadable(4), true],
    ["63 bytes that can't be read", unreadable(63), true],
    ["64 bytes that can't be read", unreadable(64), false],
    ["64 bytes that can't be read, and one that lost bits", [...unreadable(64), ...fallen(1)], true],
    [
      "18 bytes that lost bits and two that gained some",
      [...fallen(18), [0x1800, other(0x1800)], [0x1810, other(0x1810)]] as const,
      true,
    ],
    [
      "17 bytes that lost bits and two that gained some",
      [...fallen(17), [0x1800, other(0x1800)], [0x1810, other(0x1810)]] as const,
      false,
    ],
  ])("is concluded from $0: $2", (_, changes, isOne) => expect(has("over-programmed", changes)).toBe(isOne));

  it("has against it that few bytes differ, below 16", () => {
    expect(find("over-programmed", fallen(15))?.against).toHaveLength(1);
    expect(find("over-programmed", fallen(16))?.against).toEqual([]);
  });

  it("has as evidence the bits that were lost, the bytes that can't be read, or both", () => {
    const texts = (changes: readonly Change[]) =>
      find("over-programmed", changes)?.for.map(({ text }) => /ECC/.test(text));
    expect(texts(fallen(8))).toEqual([false]);
    expect(texts(unreadable(8))).toEqual([true]);
    expect(texts([...fallen(8), ...unreadable(8)])).toEqual([false, true]);
  });
});

describe("another program on the chip", () => {
  const others = (count: number): readonly Change[] => places(count).map((address) => [address, other(address)]);

  it("is possible from 16 bytes on, and is counted", () => {
    expect(has("stale-image", others(15))).toBe(false);
    expect(find("stale-image", others(16))?.for[0].text).toContain(`16 of ${LENGTH} bytes`);
    expect(find("stale-image", others(16))).toMatchObject({ likelihood: "possible", against: [{}] });
  });

  it("is none where less than half of the bytes are live", () => {
    const mixed = (blanks: number) => [...others(20), ...blankAt(live(blanks, 0x1000))];
    expect([has("stale-image", mixed(20)), has("stale-image", mixed(21))]).toEqual([true, false]);
    expect(
      has("stale-image", [...others(20), ...places(21, 0x1000).map((address): Change => [address, undefined])]),
    ).toBe(false);
  });
});
