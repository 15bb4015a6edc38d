import { describe, expect, it } from "vitest";
import { structureOffsets } from "../../../../src/image/dwarf/offsets.ts";
import { elfOf, elfWith, HEAD, type Part, text, u16, u32, unitOf } from "./built.ts";

/** `struct task { int pad; union { struct list { ptr head @4 } ready @8 } @0x10 }`, and `typedef struct task Task`. */
function taskUnit(version: 4 | 5, head = 4): Part {
  const at = (entries: Part) => HEAD[version] + entries.length;
  const entries: number[] = [1];
  const list = at(entries);
  entries.push(2, ...text("list"), 12, 6, ...text("head"), 2, 0x23, head, 9, ...u32(0), 0);
  const union = at(entries);
  entries.push(7, 12, 3, ...text("ready"), ...u32(list), 8, 0);
  const task = at(entries);
  entries.push(2, ...text("task"), 40, 3, ...text("pad"), ...u32(list), 0, 5, ...u32(union), 0x10, 0);
  entries.push(4, ...text("Task"), ...u32(task), 8, ...text("other"), 0);
  return unitOf(version, entries);
}

const STRINGS = text("tail");
const WANTED = [{ types: ["none", "Task"], paths: ["pad", "ready.head", "ready.tail"] }];

describe("structures in an ELF file's debug information", () => {
  it.each([4, 5] as const)("are found by a typedef, with members of members, in DWARF %i", (version) => {
    expect(structureOffsets(elfOf(taskUnit(version), 0, STRINGS), WANTED)).toEqual([
      { type: "Task", size: 40, offsets: [0, 0x10 + 8 + 4, 0x10 + 8 + 12] },
    ]);
  });

  it("are found once where units repeat them, and not where units differ", () => {
    const repeated = elfOf([...taskUnit(4), ...taskUnit(5)], 0, STRINGS);
    expect(structureOffsets(repeated, WANTED)?.[0]?.offsets).toEqual([0, 28, 36]);
    const other = elfOf([...taskUnit(4), ...taskUnit(4, 6)], 0, STRINGS);
    expect(structureOffsets(other, WANTED)).toEqual([undefined]);
  });

  it("are not found where a member is missing, and where there is only a declaration", () => {
    const elf = elfOf(taskUnit(4), 0, STRINGS);
    expect(structureOffsets(elf, [{ types: ["Task"], paths: ["gone"] }])).toEqual([undefined]);
    expect(structureOffsets(elf, [{ types: ["other"], paths: [] }])).toEqual([undefined]);
  });

  it("are unknown without debug information, and with a compressed one", () => {
    expect(structureOffsets(elfWith({}), WANTED)).toBeUndefined();
    expect(structureOffsets(elfOf(taskUnit(4), 0x800), WANTED)).toBeUndefined();
  });

  it.each([
    ["a unit beyond the section", u32(100)],
    ["an unknown abbreviation", unitOf(4, [99])],
    ["a text without an end", unitOf(4, [1, 2, 0x41])],
    ["a number that never ends", unitOf(4, [...new Array<number>(147).fill(0x80), 0])],
  ])("are refused with %s", (_, info) => {
    expect(() => structureOffsets(elfOf(info), WANTED)).toThrow(expect.objectContaining({ code: "elf-truncated" }));
  });

  it("are searched once each where members without names lead back to their own structure", () => {
    const entries: number[] = [1];
    const own = HEAD[4] + entries.length;
    entries.push(2, ...text("task"), 40, ...[0, 4, 8].flatMap((at) => [5, ...u32(own), at]), 0, 0);
    expect(structureOffsets(elfOf(unitOf(4, entries)), [{ types: ["task"], paths: ["gone"] }])).toEqual([undefined]);
  });

  it("are refused where units name tables of abbreviations within each other", () => {
    const table = Array.from({ length: 60 }, (_, code) => [code + 1, 0x13, 0, 0, 0]).flat();
    const units = Array.from({ length: 50 }, (_, n) => [...u32(8), ...u16(4), ...u32(5 * n), 4, 0]).flat();
    const elf = elfWith({ ".debug_info": units, ".debug_abbrev": [...table, 0] });
    expect(() => structureOffsets(elf, WANTED)).toThrow(expect.objectContaining({ code: "elf-truncated" }));
  });

  it("are refused where entries have more attributes than bytes", () => {
    const many = [1, 0x11, 0, ...new Array(200).fill([0x3f, 0x19]).flat(), 0, 0, 0];
    const elf = elfWith({ ".debug_info": unitOf(4, new Array(100).fill(1)), ".debug_abbrev": many });
    expect(() => structureOffsets(elf, WANTED)).toThrow(expect.objectContaining({ code: "image-too-large" }));
  });
});
