import { describe, expect, it } from "vitest";
import type { Chip } from "../../../src/chips/chip.ts";
import type { FlashBank } from "../../../src/chips/flash-bank.ts";
import { withOwnSectors } from "../../../src/packs/own-sectors.ts";
import { ownChipOf } from "../../../src/packs/pack-chip.ts";

const K24 = ownChipOf({ name: "MK24FN1M0xxx12" }) as Chip;
const [OWN] = K24.banks;
const SIZE = 0x1000;

/** A bank of a pack with sectors of 4 KB. */
const bank = (start: number, length: number, sectors = [{ size: SIZE, count: length / SIZE }]): FlashBank => ({
  ...OWN,
  ...{ id: "main", start, length, sectors },
});

/** K24 with other places of the words that lock it while they are blank. */
function withLocksAt(...addresses: readonly number[]): Chip {
  const { protection } = K24;
  if (!protection) throw new Error("K24 has no protection");
  const groups = protection.groups.map((group) => {
    const field = group.fields.find(({ sequence }) => sequence?.withErase);
    return field ? { ...group, fields: addresses.map((address) => ({ ...field, address })) } : group;
  });
  return { ...K24, protection: { ...protection, groups } };
}

const parts = (whole: FlashBank, own?: Chip) =>
  withOwnSectors(whole, own).map(({ id, start, length, sectors }) => [
    id,
    start,
    length,
    sectors.reduce((sum, { size, count }) => sum + size * count, 0),
  ]);

describe("a pack's bank beside a chip of Flashproof's own", () => {
  it("stays whole where there is no such chip, and where it has none of the sectors that lock it", () => {
    const behind = bank(0x8000, 0x8000);
    expect(withOwnSectors(behind, undefined)).toEqual([behind]);
    expect(withOwnSectors(behind, K24)).toEqual([behind]);
  });

  it("is cut around each sector that locks the chip, in the order of their addresses", () => {
    expect(parts(bank(0, 0x10_0000), withLocksAt(0x5000, 0x1000, 0x1400))).toEqual([
      ["main", 0, 0x1000, 0x1000],
      ["main-lock", 0x1000, 0x1000, 0x1000],
      ["main-rest", 0x2000, 0x3000, 0x3000],
      ["main-lock2", 0x5000, 0x1000, 0x1000],
      ["main-rest2", 0x6000, 0xf_a000, 0xf_a000],
    ]);
  });

  it("has no part without bytes", () => {
    expect(parts(bank(0, 0x2000), withLocksAt(0, 0x1000))).toEqual([
      ["main-lock", 0, 0x1000, 0x1000],
      ["main-lock2", 0x1000, 0x1000, 0x1000],
    ]);
  });

  it("leaves the sectors that lock the chip to the family's own loader", () => {
    const made = withOwnSectors(bank(0, 0x10_0000), K24);
    expect(made.find(({ id }) => id === "main-lock")).toMatchObject({ controller: OWN.controller });
  });

  it("may have no sectors at all, where it is programmed only", () => {
    expect(() => withOwnSectors(bank(0x8000, 0x8000, []), K24)).not.toThrow();
  });

  it.each([
    ["smaller sectors", bank(0x8000, 0x8000, [{ size: 0x800, count: 16 }]), "0x00008000"],
    ["larger sectors", bank(0x8000, 0x8000, [{ size: 0x2000, count: 4 }]), "0x00008000"],
    ["half a sector at its beginning", bank(0x8800, 0x1800, []), "0x00008000"],
    ["half a sector at its end", bank(0x8000, 0x1800, []), "0x00009000"],
  ])("is refused with %s, by the chip and the address", (_, made, address) => {
    expect(() => withOwnSectors(made, K24)).toThrow(
      expect.objectContaining({
        code: "algorithm-invalid",
        details: { reason: "sectors-differ", chip: K24.name, address, size: SIZE },
      }),
    );
  });
});
