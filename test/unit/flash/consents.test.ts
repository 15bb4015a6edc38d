import { describe, expect, it } from "vitest";
import { missingPermit, permit, permitsFor, permitsOfConsents, policyFor } from "../../../src/flash/permit.ts";
import type { Need } from "../../../src/protection/effective-image.ts";

const need = (act: Need["act"], token?: string): Need =>
  ({ act, ...(token !== undefined && { token }), why: "it locks" }) as unknown as Need;
const LOCK = need("lock");
const FOR_EVER = need("lock-for-ever", "k24-1234");
const NEAR = need("near-lock", "k24-1234");

describe("the policy of a job's consents", () => {
  it("is what was asked for, as the image has it with a token alone, else refuse", () => {
    expect(policyFor({})).toBe("refuse");
    expect(policyFor({ allowIrreversible: [] })).toBe("refuse");
    expect(policyFor({ allowIrreversible: ["k24-1234"] })).toBe("as-image");
    expect(policyFor({ security: "keep-open", allowIrreversible: ["k24-1234"] })).toBe("keep-open");
    expect(policyFor({ security: "refuse", allowIrreversible: ["k24-1234"] })).toBe("refuse");
  });
});

describe("the permits of a job's consents", () => {
  it("are none without a consent", () => {
    expect(permitsOfConsents({})).toEqual([]);
    expect(permitsOfConsents({ security: "refuse" })).toEqual([]);
    expect(permitsOfConsents({ security: "keep-open", allowMassErase: false, allowIrreversible: [] })).toEqual([]);
    expect(permitsFor({ lock: false, massErase: false })).toEqual([]);
  });

  it("are a lock that can be undone for security as-image, and the mass erase where it is allowed", () => {
    expect(permitsOfConsents({ security: "as-image" })).toEqual([permit("lock")]);
    expect(permitsOfConsents({ allowMassErase: true })).toEqual([permit("mass-erase")]);
  });

  it("are for each token both acts that it may have been printed for, and no others", () => {
    expect(permitsOfConsents({ allowIrreversible: ["a", "b"] })).toEqual([
      permit("lock-for-ever", "a"),
      permit("near-lock", "a"),
      permit("lock-for-ever", "b"),
      permit("near-lock", "b"),
    ]);
  });
});

describe("a need that no permit covers", () => {
  it("is the first of several", () => {
    expect(missingPermit([LOCK, FOR_EVER], [])).toBe(LOCK);
    expect(missingPermit([LOCK, FOR_EVER], [permit("lock")])).toBe(FOR_EVER);
    expect(missingPermit([], [])).toBeUndefined();
  });

  it.each([
    ["a lock with the permit for it", LOCK, [permit("lock")], true],
    ["a lock with the permit for a mass erase", LOCK, [permit("mass-erase")], false],
    ["a lock for ever with the permit for a lock", FOR_EVER, [permit("lock")], false],
    ["a lock for ever with its token", FOR_EVER, [permit("lock-for-ever", "k24-1234")], true],
    ["a lock for ever with another token", FOR_EVER, [permit("lock-for-ever", "k24-1235")], false],
    ["a lock for ever with a permit of no token", FOR_EVER, [permit("lock-for-ever")], false],
    ["a near lock with the token of a lock for ever", NEAR, [permit("lock-for-ever", "k24-1234")], false],
    ["a near lock with both permits of the token", NEAR, permitsFor({ tokens: ["k24-1234"] }), true],
  ])("is %s: %o", (_, one, permits, isCovered) => {
    expect(missingPermit([one], permits)).toBe(isCovered ? undefined : one);
  });
});
