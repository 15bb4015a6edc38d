import { describe, expect, it } from "vitest";
import { CHIPS } from "../../../src/chips/list.ts";
import { familyOf as fetchedFamilyOf, loadFamily } from "../../../src/families/list-by-family.ts";
import { familyOf } from "../../../src/families/list.ts";

describe("the families that a page fetches", () => {
  it.each(CHIPS)("give $name the family of the full list, once that is fetched", async (chip) => {
    await loadFamily(chip);
    expect(fetchedFamilyOf(chip)).toBe(familyOf(chip));
  });
});
