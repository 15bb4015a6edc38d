import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Image, NO_END_RECORD } from "../../../src/image/image.ts";
import { atLeast } from "../../../src/protection/finding.ts";
import { judgeFsec } from "../../support/fsec.ts";
import { effectiveImage } from "../../../src/protection/effective-image.ts";
import { needsOfFindings } from "../../../src/protection/finding-needs.ts";
import { checkFamily } from "../../../src/protection/image-family.ts";
import { lintImage } from "../../../src/protection/lint-image.ts";
import { anyImage } from "../image/images.ts";
import { bootable, fieldWith, GOOD_VECTORS, imageOf, K24 } from "./images.ts";

const ids = (image: Image) => lintImage(image, K24).map((finding) => `${finding.severity}: ${finding.id}`);
const vectors = (...bytes: number[]) => imageOf([0, bytes], [0x400, [...fieldWith(0xfe), 0, 0xbf]]);

describe("linting an image", () => {
  it("finds nothing in an image that a K24 could run and that leaves it open", () => {
    expect(ids(bootable(0xfe))).toEqual([]);
  });

  it.each([
    ["the seed's 7B", 0x7b, ["lock: fsec-locks"]],
    ["EF, mass erase disabled", 0xef, ["brick: fsec-locks-for-ever"]],
    ["AF, mass erase disabled, back door enabled", 0xaf, ["brick: fsec-locks-backdoor-only"]],
    ["EE, open but next to EF", 0xee, ["lock: fsec-neighbour"]],
    ["00, secured and next to 20", 0x00, ["lock: fsec-locks", "lock: fsec-neighbour"]],
  ])("judges FSEC %s", (_, fsec, expected) => {
    expect(ids(bootable(fsec))).toEqual(expected);
  });

  it("is a brick exactly for the 48 values that need a token", () => {
    for (let fsec = 0; fsec < 256; fsec++) {
      const brick = lintImage(bootable(fsec), K24).some((finding) => finding.severity === "brick");
      expect(brick).toBe(["locked-for-ever", "locked-backdoor-only"].includes(judgeFsec(fsec)));
    }
  });

  it("gives the byte that would do to the act with both ways out", () => {
    expect(lintImage(bootable(0x7b), K24)[0]).toMatchObject({
      address: 0x40c,
      what: "FSEC at 0x0000040C is 0x7B (secured).",
      remedy: { act: "open-or-secure", arguments: { field: "FSEC", value: "0x7A" } },
    });
  });

  it("sees a gap that was filled with zeroes, and one filled with ones", () => {
    expect(ids(imageOf([0, GOOD_VECTORS], [0x400, Array(18).fill(0)]))).toEqual([
      "lock: fsec-locks",
      "lock: fsec-neighbour",
      "warn: field-zero-filled",
      "warn: fopt-zero",
      "warn: fprot-protects-all",
    ]);
    expect(ids(bootable(0xff))).toEqual(["lock: fsec-locks", "warn: field-erased"]);
  });

  it("sees a gap over the field, and a field with holes", () => {
    expect(ids(imageOf([0, GOOD_VECTORS], [0x410, [0, 0xbf]]))).toEqual(["info: field-gap"]);
    expect(ids(imageOf([0x408, fieldWith(0xfe).slice(8)]))).toEqual(["warn: field-partial"]);
    expect(ids(imageOf([0x5000, [1, 2, 3]]))).toEqual([]);
  });

  it("lists the regions that FPROT protects", () => {
    const image = imageOf([0x400, fieldWith(0xfe).with(8, 0xfe)]);
    expect(lintImage(image, K24)[0]).toMatchObject({
      id: "fprot-protects",
      what: "FPROT at 0x00000408 protects 0x00000000-0x00007FFF.",
    });
  });

  it.each([
    ["blank vectors", Array(8).fill(0xff), ["warn: vectors-blank"]],
    ["a stack outside of RAM", [0, 0, 0, 0x10, 0x11, 4, 0, 0], ["warn: vectors-stack"]],
    ["a stack that is not aligned", [2, 0, 0, 0x20, 0x11, 4, 0, 0], ["warn: vectors-stack"]],
    ["a reset vector without the Thumb bit", [0, 0, 3, 0x20, 0x10, 4, 0, 0], ["warn: vectors-not-thumb"]],
    ["a reset vector outside of flash", [0, 0, 3, 0x20, 1, 0, 0, 8], ["warn: vectors-outside-flash"]],
    ["a reset vector into a gap", [0, 0, 3, 0x20, 1, 0x50, 0, 0], ["info: vectors-no-code"]],
  ])("sees %s", (_, bytes, expected) => {
    expect(ids(vectors(...bytes))).toEqual(expected);
  });

  it("passes on what the reader let pass", () => {
    expect(ids({ ...bootable(0xfe), findings: [NO_END_RECORD] })).toEqual(["warn: file-cut-short"]);
  });

  it("has an answer for any image, the worst first", () => {
    fc.assert(
      fc.property(anyImage(0x2000), (image) => {
        const severities = lintImage(image, K24).map((finding) => finding.severity);
        for (const [i, next] of severities.slice(1).entries()) expect(atLeast(severities[i], next)).toBe(true);
      }),
    );
  });

  it("warns where FPROT protects the whole flash, and calls it a lock where no mass erase undoes it", () => {
    const all = (fsec: number) => imageOf([0x400, [...Array(8).fill(0xff), 0, 0, 0, 0, fsec, 0xff, 0xff, 0xff]]);
    expect(ids(all(0xfe))).toEqual(["warn: fprot-protects-all"]);
    expect(ids(all(0x7b))).toEqual(["lock: fsec-locks", "warn: fprot-protects-all"]);
    expect(ids(all(0xef))).toEqual(["brick: fsec-locks-for-ever", "lock: fprot-protects-all"]);
  });

  it("passes on which chips a UF2 file is for, unless it is this one", () => {
    const image = { ...bootable(0xfe), families: [0xe48bff56] };
    expect(ids(image)).toEqual(["warn: uf2-family"]);
    expect(lintImage(image, { ...K24, uf2Families: [0xe48bff56] })).toEqual([]);
  });
});

describe("the family of a UF2 file", () => {
  const image = { ...bootable(0xfe), families: [0xe48bff56] };

  it("is refused where the chip has another one", () => {
    expect(() => checkFamily(image, { ...K24, uf2Families: [0x57755a57] })).toThrow(
      expect.objectContaining({ code: "uf2-family", details: { family: "0xE48BFF56", chip: K24.name } }),
    );
  });

  it("is let pass where it is the chip's, and where the chip's is not known", () => {
    expect(() => checkFamily(image, { ...K24, uf2Families: [0xe48bff56] })).not.toThrow();
    expect(() => checkFamily(image, K24)).not.toThrow();
  });
});

describe("the needs of findings", () => {
  const remedy = { act: "check-vector-table", arguments: {} } as const;
  const finding = { id: "vectors-blank", severity: "lock", address: 4, what: "A.", why: "B.", remedy } as const;
  const image = bootable(0xfe);

  it("are those of what locks or bricks, with a token where it can't be undone", () => {
    const brick = { ...finding, id: "vectors-stack", severity: "brick" } as const;
    expect(needsOfFindings([finding, brick, { ...finding, severity: "warn" }], [], image, K24)).toEqual([
      { act: "lock", address: 4, value: 0x11, why: "A. B." },
      {
        act: "lock-for-ever",
        address: 4,
        value: 0x11,
        why: "A. B.",
        token: expect.stringMatching(/^irrev-lock-for-ever-[0-9a-f]{8}$/),
      },
    ]);
  });

  it("are none where FSEC's own needs ask for the act already: for each of its 256 values", () => {
    for (let fsec = 0; fsec < 256; fsec++) {
      const { needs } = effectiveImage(bootable(fsec), K24, "as-image");
      expect(needsOfFindings(lintImage(bootable(fsec), K24), needs, image, K24)).toEqual([]);
    }
  });
});
