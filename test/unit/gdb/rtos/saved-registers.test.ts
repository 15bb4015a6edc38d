import { describe, expect, it } from "vitest";
import { AdiError } from "../../../../src/adi/adi-error.ts";
import type { RegisterName } from "../../../../src/cortex/core.ts";
import { savedRegisters } from "../../../../src/gdb/rtos/saved-registers.ts";
import type { SoftwareFrame } from "../../../../src/gdb/rtos/thread.ts";
import { FakeMemory } from "./fake-memory.ts";

const CORE = [0x10, 0x11, 0x12, 0x13, 0x1c, 0x1e, 0x401, 0x01000000] as const;
const CALLEE = [4, 5, 6, 7, 8, 9, 10, 11] as const;
const AT = 0x20008000;
const floats = (count: number) => new Array<number>(count).fill(0xf);
const BARE = { hasFpu: false, isV8: false } as const;

function saved(words: readonly number[], form: SoftwareFrame, more: Partial<FakeMemory> & { excReturn?: number } = {}) {
  const { excReturn, ...own } = more;
  const memory = Object.assign(new FakeMemory(), own);
  memory.put(AT, ...words);
  return savedRegisters(memory, { kind: "software", pointer: AT, form, ...(excReturn !== undefined && { excReturn }) });
}

const EXPECTED = { R0: 0x10, R4: 4, R11: 11, R12: 0x1c, LR: 0x1e, PC: 0x400 };

describe("registers of a thread that does not run", () => {
  it.each([
    ["an M3's FreeRTOS", "exc-return-behind", [...CALLEE, ...CORE], 64],
    ["an M4F's FreeRTOS", "exc-return-behind", [...CALLEE, 0xfffffffd, ...CORE], 68],
    [
      "an M4F's FreeRTOS with floats",
      "exc-return-behind",
      [...CALLEE, 0xffffffed, ...floats(16), ...CORE],
      68 + 64 + 72,
    ],
    ["ThreadX", "exc-return-first", [0xfffffffd, ...CALLEE, ...CORE], 68],
    ["ThreadX with floats", "exc-return-first", [0xffffffed, ...floats(16), ...CALLEE, ...CORE], 68 + 64 + 72],
    ["RTX5", "floats-first", [...CALLEE, ...CORE], 64],
  ] as const)("are read from the stack of %s", async (_, form, words, used) => {
    const { registers, note } = await saved(words, form);
    expect(registers).toMatchObject({ ...EXPECTED, SP: AT + used, PSP: AT + used });
    expect(note).toBeUndefined();
  });

  it("are read from RTX5's stack with floats as its own EXC_RETURN has it", async () => {
    const { registers } = await saved([...floats(16), ...CALLEE, ...CORE], "floats-first", { excReturn: 0xed });
    expect(registers).toMatchObject({ ...EXPECTED, SP: AT + 64 + 64 + 72 });
  });

  it.each([
    [
      "R0 of FreeRTOS's thread is -1",
      "exc-return-behind",
      [...CALLEE, 0xffffffff, ...CORE.slice(1)],
      { R0: 0xffffffff },
    ],
    [
      "R0 of FreeRTOS's thread is -3",
      "exc-return-behind",
      [...CALLEE, 0xfffffffd, ...CORE.slice(1)],
      { R0: 0xfffffffd },
    ],
    ["R4 of ThreadX's thread is -3", "exc-return-first", [0xfffffffd, ...CALLEE.slice(1), ...CORE], { R4: 0xfffffffd }],
  ] as const)("are not shifted on a core without an FPU where %s", async (_, form, words, own) => {
    const { registers } = await saved(words, form, { core: BARE });
    expect(registers).toMatchObject({ ...EXPECTED, ...own, SP: AT + 64 });
  });

  it("are not shifted on a core with an FPU whose port does not use it where R0 looks like an EXC_RETURN", async () => {
    const { registers } = await saved([...CALLEE, 0xfffffffd, ...CORE.slice(1)], "exc-return-behind");
    expect(registers).toMatchObject({ ...EXPECTED, R0: 0xfffffffd, SP: AT + 64 });
  });

  it.each([
    ["PSPLIM and EXC_RETURN", [0x20007000, 0xffffffbc]],
    ["PSPLIM, CONTROL and EXC_RETURN", [0x20007000, 3, 0xfffffffd]],
    ["the secure context, PSPLIM and EXC_RETURN", [0, 0x20007000, 0xffffffbc]],
  ] as const)("are read behind %s of FreeRTOS on ARMv8-M", async (_, first) => {
    const core = { hasFpu: false, isV8: true };
    const { registers } = await saved([...first, ...CALLEE, ...CORE], "exc-return-behind", { core });
    expect(registers).toMatchObject({ ...EXPECTED, SP: AT + first.length * 4 + 64 });
  });

  it("are read behind S16 to S31 above R11 on ARMv8-M with an FPU", async () => {
    const core = { hasFpu: true, isV8: true };
    const words = [0x20007000, 0xffffffac, ...CALLEE, ...floats(16), ...CORE];
    const { registers } = await saved(words, "exc-return-behind", { core });
    expect(registers).toMatchObject({ ...EXPECTED, SP: AT + 8 + 32 + 64 + 32 + 72 });
  });

  it.each([
    ["no form of the kernel's ports fits", [...CALLEE, ...floats(12)], BARE],
    ["two forms fit", [...CALLEE, 0xfffffffd, 1, 2, 3, 4, 5, 0x401, 0x01000000, 0x01000000], { ...BARE, hasFpu: true }],
    ["no EXC_RETURN is where ARMv8-M's ports have it", [...CALLEE, ...CORE], { hasFpu: true, isV8: true }],
  ] as const)("are left out with a note where %s", async (_, words, core) => {
    const { registers, note } = await saved(words, "exc-return-behind", { core });
    expect(registers).toEqual({});
    expect(note).toBe("how registers were saved at 0x20008000 can't be told");
  });

  it("are left out with a note where the stack can't be read, and a lost probe is thrown", async () => {
    const memory = new FakeMemory();
    const stack = { kind: "software", pointer: 0x90000000, form: "exc-return-first" } as const;
    expect((await savedRegisters(memory, stack)).note).toBe("what was saved of the thread can't be read at 0x90000000");
    memory.failure = new AdiError("dp-no-target", "the wire is silent");
    await expect(savedRegisters(memory, stack)).rejects.toThrow("the wire is silent");
  });

  describe("of Zephyr", () => {
    const zephyr = async (float: boolean | undefined, xpsr = 0x01000000) => {
      const memory = new FakeMemory();
      memory.put(AT, ...CORE.slice(0, 7), xpsr);
      memory.put(0x20009000, ...CALLEE);
      return savedRegisters(memory, { kind: "split", pointer: AT, callee: 0x20009000, floats: float });
    };

    it("are read where it has them, and SP skips a word that the core has left out", async () => {
      expect((await zephyr(false, 0x01000200)).registers).toMatchObject({ R7: 7, PC: 0x400, SP: AT + 36 });
    });

    it("have SP behind the FPU's frame of a thread that has used it", async () => {
      expect((await zephyr(true)).registers).toMatchObject({ R7: 7, PC: 0x400, SP: AT + 32 + 72 });
    });

    it("have no SP, with a note, where the image doesn't show whether the FPU was used", async () => {
      const { registers, note } = await zephyr(undefined);
      expect(registers).toMatchObject({ R7: 7, PC: 0x400 });
      expect(registers.SP).toBeUndefined();
      expect(note).toContain("its SP is unknown");
    });
  });

  describe("that a kernel's own offsets lead to", () => {
    const PLACES = { R4: AT + 8, PC: AT, XPSR: AT + 4, SP: AT + 0x3fc } as const;
    const each = async (at: { readonly [name in RegisterName]?: number }, words = [0x401, 0x01000000, 4]) => {
      const memory = new FakeMemory();
      memory.put(AT, ...words);
      memory.put(AT + 0x3fc, 0x20009000, 0x20009100);
      return savedRegisters(memory, { kind: "each", at });
    };
    const NONE = { registers: {}, note: "the kernel has no thread's registers where its own offsets lead" };

    it("are read each from its own place, PC without the Thumb bit and PSP as SP", async () => {
      expect(await each(PLACES)).toEqual({
        registers: { R4: 4, PC: 0x400, XPSR: 0x01000000, SP: 0x20009000, PSP: 0x20009000 },
      });
    });

    it("are none where xPSR is not a thread's, and where there is no xPSR", async () => {
      expect(await each(PLACES, [0x401, 0x01000003, 4])).toEqual(NONE);
      expect(await each(PLACES, [0x401, 0, 4])).toEqual(NONE);
      expect(await each({ R4: AT + 8 })).toEqual(NONE);
    });

    it("are none where there is no place, and where two stand more than 0x400 bytes apart", async () => {
      expect(await each({})).toEqual(NONE);
      expect(await each({ ...PLACES, SP: AT + 0x400 })).toMatchObject({ registers: { SP: 0x20009100 } });
      expect(await each({ ...PLACES, SP: AT + 0x404 })).toEqual(NONE);
    });

    it("are none with a note where memory can not be read", async () => {
      expect(await each({ PC: 0x90000000, XPSR: 0x90000004 })).toEqual({
        registers: {},
        note: "what was saved of the thread can't be read",
      });
    });
  });
});
