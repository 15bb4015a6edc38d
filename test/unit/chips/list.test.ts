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
    expect(() => findChip("STM32F407VG")).toThrow(
      expect.objectContaining({ code: "chip-unknown", details: { name: "STM32F407VG", near: [] } }),
    );
  });

  it("searches names and families", () => {
    expect(searchChips("kinetis").map((chip) => chip.name)).toContain("MK24FN1M0xxx12");
    expect(searchChips("")).toEqual(CHIPS);
    expect(searchChips("nothing")).toEqual([]);
  });
});

describe.each(CHIPS.map((chip) => [chip.name, chip] as const))("chip data of %s", (_, chip) => {
  const { flash, memory, protection, workRam } = chip;
  const holds = (kind: string, start: number, length: number) =>
    memory.some((m) => m.kind === kind && start >= m.start && start + length <= m.start + m.length);

  it("has a name that no other chip has", () => {
    expect(CHIPS.filter((other) => other.name.toLowerCase() === chip.name.toLowerCase())).toHaveLength(1);
  });

  it("has memories that do not overlap", () => {
    const sorted = [...memory].sort((a, b) => a.start - b.start);
    for (const [i, next] of sorted.slice(1).entries())
      expect(next.start).toBeGreaterThanOrEqual(sorted[i].start + sorted[i].length);
  });

  it("has a flash that consists of whole blocks, sectors, sections and phrases", () => {
    expect(holds("flash", flash.start, flash.length)).toBe(true);
    const sizes = [
      flash.length,
      flash.blockSize,
      flash.sectorSize,
      flash.section.size,
      flash.section.unit,
      flash.phraseSize,
    ];
    for (const [i, small] of sizes.slice(1).entries()) expect(sizes[i] % small).toBe(0);
  });

  it("has its section buffer and its work RAM in RAM, and its security bytes in flash", () => {
    expect(holds("ram", flash.section.buffer, flash.section.size)).toBe(true);
    expect(holds("ram", workRam.start, workRam.length)).toBe(true);
    for (const { place, start, length } of protection?.groups ?? [])
      if (place === "flash") expect(holds("flash", start, length)).toBe(true);
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
