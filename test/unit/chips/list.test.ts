import { bootBank } from "../../../src/chips/banks.ts";
import type { Range } from "../../../src/chips/flash-bank.ts";
import { describe, expect, it } from "vitest";
import { CHIPS, findChip, searchChips } from "../../../src/chips/list.ts";

describe("findChip", () => {
  it.each(["MK24FN1M0xxx12", "MK24FN1M0XXX12", "mk24fn1m0xxx12", " MK24FN1M0VLL12 "])(
    "finds the chip by %s",
    (name) => {
      expect(findChip(name).name).toBe("MK24FN1M0xxx12");
    },
  );

  it("suggests names similar to an unknown name", () => {
    expect(() => findChip("MK24FN1M0")).toThrow('No chip is called "MK24FN1M0"; near it: MK24FN1M0xxx12');
    expect(() => findChip("LPX1768")).toThrow(
      expect.objectContaining({ code: "chip-unknown", details: { name: "LPX1768", near: [] } }),
    );
  });

  it("names the vendor's pack that describes an unknown chip, and nothing near it", () => {
    const details = { name: "LPC1768", near: [], pack: "Keil.LPC1700_DFP", next: "install-pack" };
    expect(() => findChip("LPC1768")).toThrow(expect.objectContaining({ code: "chip-unknown", details }));
  });

  it.each(["STM32F103C8", "STM32F205RG", "STM32H743VI", "MK22FN512xxx12", "nrf51"])(
    "suggests no chip of another family for %s",
    (name) =>
      expect(() => findChip(name)).toThrow(
        expect.objectContaining({ details: expect.objectContaining({ name, near: [] }) as object }),
      ),
  );
  it("suggests the neighbours of a name in the same family", () =>
    expect(() => findChip("STM32F401CC")).toThrow("near it: STM32F407xG, STM32F405xG"));

  it("searches names and families", () => {
    expect(searchChips("kinetis").map((chip) => chip.name)).toContain("MK24FN1M0xxx12");
    expect(searchChips("")).toEqual(CHIPS);
    expect(searchChips("nothing")).toEqual([]);
  });
});

describe.each(CHIPS.map((chip) => [chip.name, chip] as const))("chip data of %s", (_, chip) => {
  const { banks, memories, protection, workRam } = chip;
  const isIn = (ranges: readonly Range[], { start, length }: Range) =>
    ranges.some((range) => start >= range.start && start + length <= range.start + range.length);
  const ram = memories.filter(({ kind }) => kind === "ram");

  it("has a name that no other chip has", () => {
    expect(CHIPS.filter((other) => other.name.toLowerCase() === chip.name.toLowerCase())).toHaveLength(1);
  });

  it("has banks and memories that do not overlap", () => {
    const sorted = [...banks, ...memories].sort((a, b) => a.start - b.start);
    for (const [i, next] of sorted.slice(1).entries())
      expect(next.start).toBeGreaterThanOrEqual(sorted[i].start + sorted[i].length);
  });

  it("has banks whose sectors fill them, and whose bursts and write units divide their sectors", () => {
    for (const { length, sectors, write, times } of banks) {
      // Banks without sectors are not erasable alone.
      if (sectors.length > 0) expect(sectors.reduce((sum, { size, count }) => sum + size * count, 0)).toBe(length);
      const sizes = [...sectors.map(({ size }) => size), length];
      expect(sizes.map((size) => size % write.burst.unit)).toEqual(sizes.map(() => 0));
      expect([write.burst.size % write.burst.unit, write.burst.unit % write.unit]).toEqual([0, 0]);
      expect(times.eraseSectorMs).toHaveLength(sectors.length);
    }
  });

  it("has banks with an id each, and starts from one that holds firmware", () => {
    expect(new Set(banks.map(({ id }) => id)).size).toBe(banks.length);
    expect(bootBank(chip).kind).toMatch(/^(main|external)$/);
  });

  it("has its controller's buffer and its work RAM in RAM, and its security bytes in flash", () => {
    const buffers = banks.flatMap(({ controller }) => controller?.buffer ?? []);
    for (const range of [...buffers, ...workRam]) expect(isIn(ram, range)).toBe(true);
    for (const { place, start, length } of protection?.groups ?? [])
      if (place === "flash") expect(isIn(banks, { start, length })).toBe(true);
  });

  it("has no id bit outside of its mask, and cites a source for its facts", () => {
    for (const read of chip.detection.reads) expect((read.value & ~read.mask) >>> 0).toBe(0);
    expect(chip.sources.length).toBeGreaterThan(0);
  });
});

describe("recognising a K24", () => {
  const matches = (reads: Record<number, number>) =>
    findChip("MK24FN1M0xxx12").detection.reads.every((read) => (reads[read.address] & read.mask) >>> 0 === read.value);

  it.each([
    ["a K24 in 100 pins, mask 1N83J", 0x22001318, 0x8000b000, true],
    ["a K24 with the erratum corrected", 0x2400131a, 0x8000b000, true],
    ["a K22FN1M0, with half the RAM", 0x22001318, 0x80009000, false],
    ["the K64 of an FRDM-K64F", 0x62001348, 0x8000b000, false],
    ["an older Kinetis, without family fields", 0x0000014b, 0x8000b000, false],
  ])("decides for %s", (_, sdid, sopt1, is) => {
    expect(matches({ 0x40048024: sdid, 0x40047000: sopt1 })).toBe(is);
  });
});
