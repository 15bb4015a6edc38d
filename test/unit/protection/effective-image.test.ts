import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { imageBytes, readAt } from "../../../src/image/image-bytes.ts";
import { irreversibleToken } from "../../../src/protection/consent-token.ts";
import { effectiveImage } from "../../../src/protection/effective-image.ts";
import { hasDangerousNeighbour, isIrreversible, judgeFsec } from "../../support/fsec.ts";
import { bootable, imageOf, K24 } from "./images.ts";

const anyFsec = fc.nat(0xff);
const anyPolicy = fc.constantFrom("refuse", "keep-open", "as-image" as const);

describe("the example's image, FSEC 0x7B", () => {
  it("is changed to 0x7A under keep-open, and the change is declared", () => {
    const { image, changes, needs } = effectiveImage(bootable(0x7b), K24, "keep-open");
    expect(readAt(image, 0x40c)).toBe(0x7a);
    expect(changes).toEqual([
      {
        address: 0x40c,
        from: 0x7b,
        to: 0x7a,
        field: "FSEC",
        why: "FSEC 0x7B (secured) becomes 0x7A (open): the policy keep-open leaves the chip open",
      },
    ]);
    expect(needs).toEqual([]);
  });

  it("needs consent to a recoverable lock, without a token, when programmed as it is", () => {
    for (const policy of ["refuse", "as-image"] as const) {
      const { image, changes, needs } = effectiveImage(bootable(0x7b), K24, policy);
      expect([readAt(image, 0x40c), changes]).toEqual([0x7b, []]);
      expect(needs).toEqual([{ act: "lock", address: 0x40c, value: 0x7b, why: expect.stringContaining("mass erase") }]);
    }
  });
});

describe("an effective image", () => {
  it("needs a token to lock for ever", () => {
    const [need, ...more] = effectiveImage(bootable(0xef), K24, "as-image").needs;
    expect([need.act, more]).toEqual(["lock-for-ever", []]);
    expect(need.token).toMatch(/^irrev-lock-for-ever-[0-9a-f]{8}$/);
  });

  it("needs a token where a power cut could lock for ever", () => {
    const acts = (fsec: number) => effectiveImage(bootable(fsec), K24, "as-image").needs.map((need) => need.act);
    expect(acts(0xee)).toEqual(["near-lock"]);
    expect(acts(0x00)).toEqual(["lock", "near-lock"]);
    expect(effectiveImage(bootable(0xee), K24, "as-image").needs[0].token).toMatch(/^irrev-near-lock-/);
  });

  it("gives the reason where it changes an open byte with a dangerous neighbour", () => {
    expect(effectiveImage(bootable(0xee), K24, "keep-open").changes[0].why).toBe(
      "FSEC 0xEE (open) becomes 0xFE (open): a power cut between the bits of the image's byte could lock the chip for ever",
    );
  });

  it("has neither changes nor needs where the image does not name FSEC", () => {
    const image = imageOf([0, [1, 2, 3]], [0x400, Array(12).fill(0)]);
    expect(effectiveImage(image, K24, "keep-open")).toEqual({ image, changes: [], needs: [] });
  });

  it("needs something exactly where its FSEC locks or has a dangerous neighbour, and never under keep-open", () => {
    fc.assert(
      fc.property(anyFsec, anyPolicy, (fsec, policy) => {
        const { needs } = effectiveImage(bootable(fsec), K24, policy as "refuse");
        const risky = judgeFsec(fsec) !== "open" || hasDangerousNeighbour(fsec);
        expect(needs.length > 0).toBe(risky && policy !== "keep-open");
        expect(needs.some((need) => need.token)).toBe(
          policy !== "keep-open" && (isIrreversible(fsec) || hasDangerousNeighbour(fsec)),
        );
      }),
    );
  });

  it("differs from the image in the declared bytes only, and leaves the image alone", () => {
    fc.assert(
      fc.property(anyFsec, anyPolicy, (fsec, policy) => {
        const image = bootable(fsec);
        const effective = effectiveImage(image, K24, policy as "refuse");
        const back = imageBytes(effective.image, 0, 0x500);
        for (const change of effective.changes) back[change.address] = change.from;
        expect(back).toEqual(imageBytes(image, 0, 0x500));
        expect(readAt(image, 0x40c)).toBe(fsec);
      }),
    );
  });
});

describe("a token", () => {
  const token = irreversibleToken("lock-for-ever", bootable(0xef), K24);

  it("is the same for the same image, act and chip", () => {
    expect(irreversibleToken("lock-for-ever", bootable(0xef), K24)).toBe(token);
  });

  it("is another one for another byte, address, act or chip", () => {
    const others = [
      irreversibleToken("lock-for-ever", bootable(0xee), K24),
      irreversibleToken("near-lock", bootable(0xef), K24),
      irreversibleToken("lock-for-ever", bootable(0xef), { ...K24, name: "another" }),
      irreversibleToken("x", imageOf([0, [1, 2]]), K24),
      irreversibleToken("x", imageOf([1, [1, 2]]), K24),
      irreversibleToken("x", imageOf([0, [1]], [2, [2]]), K24),
    ];
    expect(new Set([token, ...others].map((t) => t.slice(-8))).size).toBe(others.length + 1);
  });

  it("is what SHA-256 of addresses, lengths, bytes, act and chip name gives", () => {
    // printf '\x02\0\0\0\x01\0\0\0\x41x\0MK24FN1M0xxx12' | sha256sum
    expect(irreversibleToken("x", imageOf([2, [0x41]]), K24)).toBe("irrev-x-1582c66e");
  });
});
