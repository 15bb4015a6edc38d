import { describe, expect, it } from "vitest";
import { KernelLayouts, type Structure } from "../../../../src/gdb/rtos/layout.ts";
import { elfOf, elfWith, HEAD, type Part, text, u32, unitOf } from "../../image/dwarf/built.ts";

/** A structure of one member `next`, at an offset, with 40 bytes. */
function structureAt(name: string, offset: number): Part {
  const unit: number[] = [1];
  const word = HEAD[4] + unit.length;
  unit.push(2, ...text("word"), 4, 0);
  unit.push(2, ...text(name), 40, 3, ...text("next"), ...u32(word), offset, 0, 0);
  return unitOf(4, unit);
}

const TASK: Structure<"next"> = { types: ["task", "tskTCB"], size: 32, members: { next: ["next", 8] } };
const TIMER: Structure<"head" | "tail"> = {
  types: ["timer"],
  size: 16,
  members: { head: ["head", 0], tail: ["tail", 0x14] },
};

describe("the layout of a kernel's structures", () => {
  it("is the kernel's usual one without an ELF file, with no size and nothing to note", () => {
    const layouts = KernelLayouts.usual();
    expect(layouts.offsets(TASK)).toEqual({ at: { next: 8 }, size: undefined });
    expect(layouts.offsets(TIMER)).toEqual({ at: { head: 0, tail: 0x14 }, size: undefined });
    expect(layouts.notes([TASK, TIMER])).toEqual([]);
  });

  it("is the usual one where the ELF file has no debug information, and that is nothing to note", () => {
    const layouts = KernelLayouts.of(elfWith({}), [TASK]);
    expect(layouts.offsets(TASK)).toEqual({ at: { next: 8 }, size: undefined });
    expect(layouts.notes([TASK])).toEqual([]);
  });

  it("is that of the ELF file's debug information, and a member that has moved is noted", () => {
    const layouts = KernelLayouts.of(elfOf(structureAt("task", 0x24)), [TASK]);
    expect(layouts.offsets(TASK)).toEqual({ at: { next: 0x24 }, size: 40 });
    expect(layouts.notes([TASK])).toEqual(["offsets in task are those of the ELF file: next 0x24 (usual: 0x8)"]);
  });

  it("is found by any of the type's names, and one as usual is nothing to note", () => {
    const layouts = KernelLayouts.of(elfOf(structureAt("tskTCB", 8)), [TASK]);
    expect(layouts.offsets(TASK)).toEqual({ at: { next: 8 }, size: 40 });
    expect(layouts.notes([TASK])).toEqual([]);
  });

  it("is the usual one for a structure that the debug information does not have, and that is noted", () => {
    const layouts = KernelLayouts.of(elfOf(structureAt("task", 0)), [TASK, TIMER]);
    expect(layouts.offsets(TASK)).toEqual({ at: { next: 0 }, size: 40 });
    expect(layouts.offsets(TIMER)).toEqual({ at: { head: 0, tail: 0x14 }, size: undefined });
    expect(layouts.notes([TASK, TIMER])).toEqual([
      "offsets in task are those of the ELF file: next 0x0 (usual: 0x8)",
      "the ELF file's debug information has no timer as expected: its usual offsets are taken",
    ]);
    expect(layouts.notes([TASK])).toHaveLength(1);
  });
});
