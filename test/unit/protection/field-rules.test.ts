import { describe, expect, it } from "vitest";
import type { ProtectionField } from "../../../src/chips/protection-scheme.ts";
import { hasNoLock, lockingFields } from "../../../src/protection/chip-fields.ts";
import { effectiveImage } from "../../../src/protection/effective-image.ts";
import { canEndForEver, keptOpen, readField, stateOf, valueText } from "../../../src/protection/field-value.ts";
import { atLeast } from "../../../src/protection/finding.ts";
import { imageOf } from "./images.ts";
import { GROUP, LOCK, PLAIN, STATES } from "./made-up-scheme.ts";

const neighbour = { id: "near", mark: "one bit from closed for ever", why: "A cut.", steady: "0xEC" };
const near: ProtectionField = { ...LOCK, neighbour };
const scheme = (group = GROUP) => ({ family: "made up", groups: [group], exits: [], combinations: [] }) as never;
const chipOf = (group = GROUP) => ({ name: "MADEUP1", protection: scheme(group) });

describe("a field's value", () => {
  it("of which the table has no state is a fault of the table, which names field and value", () => {
    expect(() => stateOf(PLAIN, 0x12)).toThrow(new RangeError("No state of PLAIN has the value 18"));
  });

  it("is shown without words where the field has no states", () => {
    expect(valueText({ ...LOCK, states: [] }, 0x7b)).toBe("0x7B");
  });

  it("is read where the image names only some of its bytes, the others as erased", () => {
    const wide = { ...LOCK, width: 2, states: STATES.slice(3) };
    const read = (address: number) => (address === 0x400 ? 0x12 : undefined);
    expect(readField({ group: GROUP, field: wide }, read)?.value).toBe(0xff12);
    expect(readField({ group: GROUP, field: wide }, () => undefined)).toBeUndefined();
  });

  it.each([
    ["fits", [0x12, 0x34, 0xed, 0xcb], "closed"],
    ["is wrong in the second byte", [0x12, 0x34, 0xed, 0xcc], "open"],
  ])("of two bytes whose complement %s has the state of that", (_, bytes, expected) => {
    const states = [{ ...STATES[0], when: { mask: 0xffff, value: 0xfefe } }, ...STATES.slice(3)] as const;
    const field = { ...LOCK, width: 2, states, complement: { address: 0x402, broken: "open" } };
    expect(readField({ group: GROUP, field }, (address) => bytes[address - 0x400])?.state.state).toBe(expected);
  });
});

describe("a power cut while a value is programmed", () => {
  it("can leave a state for ever where only more ones stand in it, in flash that is erased to ones", () => {
    expect(canEndForEver({ group: GROUP, field: near }, 0xec)).toBe(true);
    expect(canEndForEver({ group: GROUP, field: near }, 0xfe)).toBe(false);
  });

  it("leaves none at the value for ever itself", () => {
    expect(canEndForEver({ group: GROUP, field: near }, 0xee)).toBe(false);
  });

  it("can leave the value with all ones too", () => {
    const field = {
      ...near,
      states: [{ ...STATES[2], when: { mask: 0xff, value: 0xff } }, ...STATES.slice(3)] as never,
    };
    expect(canEndForEver({ group: GROUP, field }, 0xfe)).toBe(true);
  });

  it.each([
    ["in a register", { ...GROUP, place: "register" }, near],
    ["in flash that is erased to zeroes", { ...GROUP, erased: 0 }, near],
    ["where the table does not say what such a value looks like", GROUP, LOCK],
  ] as const)("is not warned of %s", (_, group, field) => {
    expect(canEndForEver({ group, field }, 0xec)).toBe(false);
  });

  it("is avoided by the first change that makes the value open, and by no more changes than it takes", () => {
    const opening = [
      { mask: 0xff, value: 0xfe },
      { mask: 0xff, value: 0xfd },
    ];
    expect(keptOpen({ group: GROUP, field: { ...near, opening } }, 0x12)).toBe(0xfe);
    expect(keptOpen({ group: GROUP, field: { ...near, opening } }, 0xfd)).toBe(0xfd);
  });
});

describe("the fields of a chip", () => {
  it("that can close it are those with a state that is not open", () => {
    expect(lockingFields(chipOf()).map(({ field }) => field.name)).toEqual(["LOCK"]);
  });

  it("in fuses ask for nothing and are not changed, whatever an image has at their address", () => {
    const image = imageOf([0x400, [0x12, 0xfe]]);
    const fuses = chipOf({ ...GROUP, place: "fuse" });
    expect(effectiveImage(image, fuses, "as-image")).toMatchObject({ needs: [], changes: [] });
    expect(effectiveImage(image, chipOf(), "as-image").needs).toMatchObject([{ act: "lock", address: 0x400 }]);
  });

  it("are known to hold no lock only where there is a table without lock and without way out", () => {
    const lock = { states: [] } as never;
    const exits = [{ name: "mass erase" }] as never;
    const of = (more: object) => hasNoLock({ protection: { groups: [], exits: [], ...more } as never });
    expect(hasNoLock({ protection: undefined })).toBe(false);
    expect([of({}), of({ lock }), of({ exits }), of({ lock, exits })]).toEqual([true, false, false, false]);
  });
});

describe("a severity", () => {
  it("is as bad as itself and as every milder one, and not as a worse one", () => {
    expect([atLeast("lock", "warn"), atLeast("lock", "lock"), atLeast("lock", "brick")]).toEqual([true, true, false]);
  });
});

describe("the need of a field", () => {
  it("names the field and its value", () => {
    const [need] = effectiveImage(imageOf([0x400, [0x12]]), chipOf(), "as-image").needs;
    expect(need?.why).toBe("LOCK 0x12 (closed): a mass erase opens it");
  });

  it("is none for an open value that keep-open leaves as it is", () => {
    expect(effectiveImage(imageOf([0x400, [0xfe]]), chipOf(), "keep-open")).toMatchObject({ changes: [], needs: [] });
  });
});
