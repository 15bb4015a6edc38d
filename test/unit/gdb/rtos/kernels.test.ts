import { describe, expect, it } from "vitest";
import { nameAt } from "../../../../src/gdb/rtos/reading.ts";
import { MYNEWT } from "../../../../src/gdb/rtos/mynewt.ts";
import { NUTTX } from "../../../../src/gdb/rtos/nuttx.ts";
import { RTX5 } from "../../../../src/gdb/rtos/rtx5.ts";
import { THREADX } from "../../../../src/gdb/rtos/threadx.ts";
import { ZEPHYR } from "../../../../src/gdb/rtos/zephyr.ts";
import { FakeMemory } from "./fake-memory.ts";

describe("other kernels", () => {
  it("lists ThreadX's ring, and reports one that does not close at the first thread", async () => {
    const memory = new FakeMemory();
    const names = { _tx_thread_current_ptr: 0x20001000, _tx_thread_created_ptr: 0x20001004 };
    for (const [name, at] of Object.entries({ ...names, _tx_thread_created_count: 0x20001008 }))
      memory.symbols.set(name, at);
    const [one, two] = [0x20002000, 0x20003000];
    memory.put(0x20001000, one, one, 2);
    for (const [at, next, state] of [
      [one, two, 0],
      [two, one, 4],
    ] as const) {
      memory.put(at, 0x54485244, 0, at + 0x200);
      memory.put(at + 40, at + 0x300, 5, state);
      memory.put(at + 136, next);
      memory.text(at + 0x300, at === one ? "main" : "worker");
    }
    const state = await memory.threadsOf(THREADX);
    expect(state).toMatchObject({ currentName: "main", notes: [] });
    expect(state?.others).toMatchObject([{ id: two, name: "worker", state: "sleeping; priority 5" }]);
    memory.put(two + 136, two);
    expect((await memory.threadsOf(THREADX))?.notes.join()).toMatch(/ring of threads is broken at 0x20003000/);
  });

  it("lists Zephyr's threads by the offsets in the image, and notes what the build hides", async () => {
    const memory = new FakeMemory();
    memory.symbols.set("_kernel", 0x20001000);
    expect((await memory.threadsOf(ZEPHYR))?.notes).toEqual([
      "CONFIG_DEBUG_THREAD_INFO is off: Zephyr's threads can't be listed",
    ]);
    memory.symbols.set("_kernel_thread_info_offsets", 0x20001100);
    memory.put(0x20001100, 1, 8, 40, 100, 104, 13, 12, 14, 80, 0xffffffff);
    const [one, two] = [0x20002000, 0x20003000];
    memory.put(0x20001008, one);
    memory.put(0x20001028, one);
    memory.put(one + 104, two);
    memory.put(two + 104, 0);
    memory.put(two + 12, 0x00fe0200);
    memory.put(two + 80, 0x20008000);
    const state = await memory.threadsOf(ZEPHYR);
    expect(state?.notes).toEqual(["CONFIG_THREAD_NAME is off: Zephyr's threads have no names"]);
    expect(state?.others).toMatchObject([
      {
        id: two,
        state: "state 0x02; priority -2",
        stack: { kind: "split", pointer: 0x20008000, callee: two + 48, floats: false },
      },
    ]);
    memory.put(0x20001100 + 8, 0xffffffff);
    expect((await memory.threadsOf(ZEPHYR))?.notes.join()).toMatch(/^CONFIG_THREAD_MONITOR is off/);
  });

  it("lists RTX5's threads once, whichever lists they are in", async () => {
    const memory = new FakeMemory();
    memory.symbols.set("osRtxInfo", 0x20001000);
    const [one, two] = [0x20002000, 0x20003000];
    memory.put(0x20001000 + 8, 2);
    memory.put(0x20001000 + 20, one);
    memory.put(0x20001000 + 44, two);
    memory.put(two, 0x0300, two + 0x100);
    memory.text(two + 0x100, "blinky");
    memory.put(two + 32, 0x00fd0018);
    memory.put(two + 56, 0x20008000);
    const state = await memory.threadsOf(RTX5);
    expect(state?.others).toMatchObject([{ id: two, name: "blinky", state: "blocked; priority 24" }]);
    memory.put(0x20001000 + 8, 1);
    expect(await memory.threadsOf(RTX5)).toBeUndefined();
  });

  it("shows where Zephyr's threads have used the FPU, by their EXC_RETURN", async () => {
    const memory = new FakeMemory();
    memory.symbols.set("_kernel", 0x20001000);
    memory.symbols.set("_kernel_thread_info_offsets", 0x20001100);
    memory.symbols.set("_kernel_thread_info_num_offsets", 0x20001150);
    memory.put(0x20001100, 1, 8, 40, 100, 104, 13, 12, 14, 80, 0xffffffff, 0x70, 8, 0xffffffff, 5);
    memory.put(0x20001150, 14);
    const [one, two] = [0x20002000, 0x20003000];
    memory.put(0x20001008, one);
    memory.put(0x20001028, two);
    memory.put(two + 0x74, 0x0000ed00);
    const floats = async () =>
      (await memory.threadsOf(ZEPHYR))?.others.map(({ stack }) => "floats" in stack && stack.floats);
    expect(await floats()).toEqual([true]);
    memory.put(two + 0x74, 0x0000fd00);
    expect(await floats()).toEqual([false]);
    // An image of before that entry, with the FPU shared.
    memory.put(0x20001150, 13);
    expect(await floats()).toEqual([undefined]);
    memory.core = { hasFpu: false, isV8: false };
    expect(await floats()).toEqual([false]);
  });

  it("keeps to what could be read of Zephyr's threads, and notes one that can't be", async () => {
    const memory = new FakeMemory();
    memory.symbols.set("_kernel", 0x20001000);
    memory.symbols.set("_kernel_thread_info_offsets", 0x20001100);
    memory.put(0x20001100, 1, 8, 40, 100, 0, 13, 12, 14, 80, 0xffffffff);
    const last = 0x2000ffc0;
    memory.put(0x20001008, 0x20002000);
    memory.put(0x20001028, 0x20003000);
    memory.put(0x20003000, last);
    const found = await memory.threadsOf(ZEPHYR);
    expect(found?.others.map(({ id }) => id)).toEqual([0x20003000]);
    expect(found?.notes).toContain("the thread at 0x2000FFC0 can't be read");
  });

  it("lists ThreadX's threads while none of them runs, and none before its scheduler has begun", async () => {
    const memory = new FakeMemory();
    const names = { _tx_thread_current_ptr: 0x20001000, _tx_thread_created_ptr: 0x20001004 };
    const more = { _tx_thread_created_count: 0x20001008, _tx_thread_system_state: 0x2000100c };
    for (const [name, at] of Object.entries({ ...names, ...more })) memory.symbols.set(name, at);
    memory.put(0x20001000, 0, 0x20002000, 1, 0xf0f0f0f1);
    memory.put(0x20002000, 0x54485244);
    memory.put(0x20002000 + 136, 0x20002000);
    const others = async () => {
      const found = memory.threadsOf(THREADX);
      return (await found)?.others.length ?? 0;
    };
    expect(await others()).toBe(0);
    memory.put(0x2000100c, 0);
    expect(await others()).toBe(1);
  });
});

describe("NuttX", () => {
  const [READY, HASH, COUNT, INFO, LIST] = [0x20001000, 0x20001008, 0x2000100c, 0x20001100, 0x20001140];
  const halves = (...values: readonly number[]) =>
    Array.from({ length: values.length / 2 }, (_, i) => values[2 * i] | (values[2 * i + 1] << 16));

  function nuttx(): FakeMemory {
    const memory = new FakeMemory();
    for (const [name, at] of Object.entries({
      g_readytorun: READY,
      g_pidhash: HASH,
      g_npidhash: COUNT,
      g_tcbinfo: INFO,
    }))
      memory.symbols.set(name, at);
    memory.put(READY, 0x20002000);
    memory.put(HASH, 0x20001200, 4);
    memory.put(0x20001200, 0x20002000, 0, 0x20003000, 0);
    // pid, state, priority, name, regs, 17 registers of 17, and the list's place, packed behind them.
    memory.put(INFO, ...halves(12, 15, 14, 64, 40, 17, 17, LIST & 0xffff, LIST >>> 16, 0));
    memory.put(LIST, ...halves(...Array.from({ length: 17 }, (_, i) => i * 4), 0));
    memory.text(0x20002000 + 64, "init");
    memory.text(0x20003000 + 64, "sensor");
    memory.put(0x20003000 + 12, 7 | (100 << 16) | (5 << 24));
    memory.put(0x20003000 + 40, 0x20004000);
    return memory;
  }

  it("has the tasks of its table, each register where the image's offsets lead", async () => {
    const found = await nuttx().threadsOf(NUTTX);
    expect(found).toMatchObject({ current: 0x20002000, currentName: "init", notes: [] });
    expect(found?.others).toMatchObject([
      { id: 0x20003000, name: "sensor", state: "state 5; priority 100; pid 7", stack: { kind: "each" } },
    ]);
    expect(found?.others[0].stack).toMatchObject({ at: { R0: 0x20004000, SP: 0x20004034, XPSR: 0x20004040 } });
  });

  it("has its offsets behind the stack's place in later versions", async () => {
    const memory = nuttx();
    memory.put(INFO, ...halves(12, 15, 14, 64, 20, 24, 40, 17, 18, LIST & 0xffff, LIST >>> 16, 0));
    expect((await memory.threadsOf(NUTTX))?.others[0].stack).toMatchObject({ at: { PC: 0x2000403c } });
  });

  it("notes what the build hides, offsets of an unknown version, and a task that can't be read", async () => {
    const memory = nuttx();
    memory.put(0x20001204, 0x90000000);
    expect((await memory.threadsOf(NUTTX))?.notes).toEqual(["g_pidhash has a task at 0x90000000, which can't be read"]);
    memory.put(INFO + 8, 0, 0);
    expect((await memory.threadsOf(NUTTX))?.notes.join()).toContain("laid out as in no known version");
    memory.symbols.delete("g_tcbinfo");
    expect((await memory.threadsOf(NUTTX))?.notes.join()).toContain("CONFIG_DEBUG_TCBINFO is off");
  });
});

describe("Mynewt", () => {
  it("has the tasks of its list, none before it has started, and reports a broken list", async () => {
    const memory = new FakeMemory();
    const symbols = { g_current_task: 0x20001000, g_os_task_list: 0x20001004, g_os_started: 0x2000100c };
    for (const [name, at] of Object.entries(symbols)) memory.symbols.set(name, at);
    const [one, two] = [0x20002000, 0x20003000];
    memory.put(0x20001000, one, one, 0, 0);
    memory.put(one + 0x40, two);
    memory.put(two, 0x20008000, 0, 0x00000100 | (20 << 24), 0x02, two + 0x100);
    memory.text(two + 0x100, "idle");
    expect(await memory.threadsOf(MYNEWT)).toBeUndefined();
    memory.put(0x2000100c, 1);
    expect((await memory.threadsOf(MYNEWT))?.others).toMatchObject([
      { id: two, name: "idle", state: "sleeping; priority 20", stack: { pointer: 0x20008000 } },
    ]);
    memory.put(two + 0x40, two);
    expect((await memory.threadsOf(MYNEWT))?.notes.join()).toContain("g_os_task_list is broken at 0x20003000");
  });
});

describe("a thread's name", () => {
  const END = 0x20010000;

  it("is read no further than to its 0", async () => {
    const memory = new FakeMemory();
    memory.text(END - 5, "tail");
    expect(await nameAt(memory, END - 5)).toBe("tail");
  });

  it("is none at the null pointer, beyond memory, and where it can't be printed", async () => {
    const memory = new FakeMemory();
    memory.put(0x20001000, 0xffffffff);
    expect([await nameAt(memory, 0), await nameAt(memory, END), await nameAt(memory, 0x20001000)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("has 32 characters at most", async () => {
    const memory = new FakeMemory();
    memory.text(0x20001003, "x".repeat(100));
    expect(await nameAt(memory, 0x20001003)).toBe("x".repeat(32));
  });
});
