import { describe, expect, it } from "vitest";
import type { FieldGroup } from "../../../src/chips/protection-scheme.ts";
import { needsOfFindings } from "../../../src/protection/finding-needs.ts";
import { guessPlace } from "../../../src/protection/guess-place.ts";
import { lintFields } from "../../../src/protection/lint-fields.ts";
import { lintImage } from "../../../src/protection/lint-image.ts";
import { bootable, fieldWith, GOOD_VECTORS, imageOf, K24 } from "./images.ts";
import { combinationOf, GROUP, LOCK } from "./made-up-scheme.ts";

const at =
  (...bytes: (number | undefined)[]) =>
  (address: number) =>
    bytes[address - 0x400];
const lint = (read: (address: number) => number | undefined, group: FieldGroup = GROUP, combinations: never[] = []) =>
  lintFields({ scheme: { groups: [group], combinations }, read });

describe("what lint reports of a field's value", () => {
  it("is nothing where it is open", () => {
    expect(lint(at(0xfe, 0xfe))).toEqual([]);
  });

  it("asks for the act for ever where no tool leads out, and for no act of its own where one does", () => {
    expect(lint(at(0xee, 0xfe))).toMatchObject([{ id: "closed-for-ever", asks: "lock-for-ever" }]);
    expect(lint(at(0x12, 0xfe))[0]).not.toHaveProperty("asks");
  });

  it("advises an erased byte without a field and a value, and any other value with both", () => {
    expect(lint(at(0xfd, 0xfe))[0]?.remedy).toEqual({ act: "set-erased-byte", arguments: {} });
    expect(lint(at(0x12, 0xfe))[0]?.remedy).toEqual({
      act: "open-or-secure",
      arguments: { field: "LOCK", value: "0x12" },
    });
  });
});

describe("a combination of fields", () => {
  const of = (kind: "warn" | "lock" | "for-ever", read: ReturnType<typeof at>, states = ["closed"]) =>
    lint(read, GROUP, [combinationOf(kind, states) as never]);

  it.each([
    ["warn", undefined],
    ["lock", "lock"],
    ["for-ever", "lock-for-ever"],
  ] as const)("that is a %s asks for the act %s", (kind, asks) => {
    expect(of(kind, at(0x12, 0xfe))).toMatchObject([{ id: "together" }]);
    expect(of(kind, at(0x12, 0xfe))[0]?.asks).toBe(asks);
  });

  it("replaces the finding of the field that it is about, and only that one", () => {
    expect(of("lock", at(0x12, 0xfe)).map(({ id }) => id)).toEqual(["together"]);
    expect(of("lock", at(0xee, 0xfe)).map(({ id }) => id)).toEqual(["closed-for-ever"]);
  });

  it("is none where the image names no field of it, even if the value that is written then fits", () => {
    expect(of("lock", at(undefined, 0xfe), ["open"])).toEqual([]);
    expect(of("lock", at(0xfe, 0xfe), ["open"])).toMatchObject([{ id: "together" }]);
  });
});

describe("a group that an image leaves out", () => {
  const sectorOf = () => ({ start: 0x400, isUsed: true });
  const gaps = (group: FieldGroup, read: ReturnType<typeof at>) =>
    lintFields({ scheme: { groups: [group], combinations: [] }, read, sectorOf });

  it("is found by the field that can close the chip, with the advice to link the group", () => {
    expect(gaps(GROUP, at())).toMatchObject([
      { id: "field-gap", remedy: { act: "link-field", arguments: { group: "lock field" } } },
    ]);
  });

  it("is no finding where none of its fields can close the chip", () => {
    expect(gaps({ ...GROUP, fields: GROUP.fields.slice(1) }, at())).toEqual([]);
  });

  it("in part is found with the advice to link all of its bytes", () => {
    expect(gaps(GROUP, at(0xfe))).toMatchObject([
      { id: "field-partial", remedy: { act: "link-whole-field", arguments: { length: "2" } } },
    ]);
  });
});

describe("regions that are protected", () => {
  const regions = (some: "set-unprotected" | "open-or-secure") => {
    const finding = { id: "some", severity: "warn", why: "w", remedy: some } as const;
    const ranges = [
      { start: 0, length: 0x1000 },
      { start: 0x1000, length: 0x1000 },
    ];
    const field = {
      ...LOCK,
      states: [],
      mask: 3,
      regions: { protects: 0, ranges, some: finding, all: finding },
    } as const;
    return { ...GROUP, fields: [field] };
  };

  it("are advised to be unprotected without a field and a value", () => {
    expect(lint(at(0xfe, 0xff), regions("set-unprotected"))[0]?.remedy).toEqual({
      act: "set-unprotected",
      arguments: {},
    });
    expect(lint(at(0xfe, 0xff), regions("open-or-secure"))[0]?.remedy).toMatchObject({ act: "open-or-secure" });
  });

  it("are called the whole flash where all of them are", () => {
    expect(lint(at(0xfc, 0xff), regions("set-unprotected"))[0]?.what).toContain("protects the whole flash.");
  });
});

describe("the first two vectors", () => {
  const vectors = (...bytes: number[]) =>
    lintImage(imageOf([0, bytes], [0x400, [...fieldWith(0xfe), 0, 0xbf]]), K24).map(({ id, address }) => [id, address]);

  it("are blank only where both are", () => {
    expect(vectors(0, 0, 3, 0x20, 0xff, 0xff, 0xff, 0xff)).toEqual([["vectors-outside-flash", 4]]);
    expect(vectors(0xff, 0xff, 0xff, 0xff, 0x11, 4, 0, 0)).toEqual([["vectors-stack", 0]]);
  });

  it("are a stack pointer into RAM, not into flash, and an odd address that the finding repeats", () => {
    expect(vectors(0, 0x10, 0, 0, 0x11, 4, 0, 0)).toEqual([["vectors-stack", 0]]);
    const [even] = lintImage(imageOf([0, [...GOOD_VECTORS.slice(0, 4), 0x10, 4, 0, 0]], [0x410, [0, 0xbf]]), K24);
    expect(even?.what).toBe("The reset vector 0x00000410 is even.");
  });
});

describe("the need of a finding", () => {
  const remedy = { act: "check-vector-table", arguments: {} } as const;
  const finding = { id: "vectors-blank", severity: "lock", address: 0x404, what: "A.", why: "B.", remedy } as const;
  const empty = imageOf([0x5000, [1]]);

  it("has the erased value of the group where the image names no byte at its address, 0xFF outside of groups", () => {
    const zeroes = { ...GROUP, start: 0x404, erased: 0 };
    const of = (protection: object | undefined) =>
      needsOfFindings([finding], [], empty, { name: "MADEUP1", protection } as never).map(({ value }) => value);
    expect(of({ groups: [zeroes] })).toEqual([0]);
    expect(of({ groups: [{ ...zeroes, start: 0x500 }] })).toEqual([0xff]);
    expect(of(undefined)).toEqual([0xff]);
  });
});

describe("the place of a raw file without an address", () => {
  it("is the flash of the chip where one is given, called a guess", () => {
    expect(guessPlace(Uint8Array.from(GOOD_VECTORS), K24)).toMatchObject({
      place: 0,
      how: expect.stringMatching(/^a guess/),
    });
  });

  it("is 0 where no chip is given and no vectors show it", () => {
    expect(guessPlace(new Uint8Array(16).fill(0xff), undefined)).toEqual({ place: 0, how: "a guess" });
  });

  it("is where its vectors point without a chip, with what makes it seem so", () => {
    const raw = new Uint8Array(0x400);
    new DataView(raw.buffer).setUint32(0, 0x20030000, true);
    for (let i = 1; i < 16; i++) new DataView(raw.buffer).setUint32(4 * i, 0x08000101 + 0x10 * i, true);
    expect(guessPlace(raw, undefined)).toMatchObject({ place: 0x08000000, how: expect.stringMatching(/^a guess: .+/) });
  });
});

describe("a finding about the file", () => {
  it("states what the missing part does", () => {
    const findings = [{ id: "file-cut-short", what: "it has no end record" }] as never;
    expect(lintImage({ ...bootable(0xfe), findings }, K24)).toMatchObject([
      { id: "file-cut-short", why: expect.stringContaining("not programmed"), remedy: { act: "make-file-again" } },
    ]);
  });
});
