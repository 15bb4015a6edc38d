import { describe, expect, it } from "vitest";
import { FREERTOS } from "../../../../src/gdb/rtos/freertos.ts";
import { OTHER_KERNELS } from "../../../../src/gdb/rtos/other-kernels.ts";
import { savedRegisters } from "../../../../src/gdb/rtos/saved-registers.ts";
import { FakeMemory } from "./fake-memory.ts";

const READY = 0x20001000;
const [DELAYED, DELAYED2, PENDING, SUSPENDED] = [0x20001100, 0x20001120, 0x20001140, 0x20001160];
const CURRENT_POINTER = 0x20001200;
const COUNT = 0x20001204;
const RUNNING = 0x20001208;

/** A List_t with the tasks whose control blocks are given; their items stand behind those at 0x100. */
function list(memory: FakeMemory, at: number, ...tasks: readonly number[]): void {
  const [end, items] = [at + 8, tasks.map((task) => task + 4)];
  memory.put(at, tasks.length, end, 0xffffffff, items[0] ?? end, items.at(-1) ?? end);
  items.forEach((item, i) => void memory.put(item, 0, items[i + 1] ?? end, items[i - 1] ?? end, tasks[i], at));
}

function task(memory: FakeMemory, at: number, name: string, priority: number): void {
  memory.put(at, at + 0x200);
  memory.put(at + 44, priority);
  memory.text(at + 52, name);
}

function freertos(): FakeMemory {
  const memory = new FakeMemory();
  const symbols = { pxCurrentTCB: CURRENT_POINTER, pxReadyTasksLists: READY, xDelayedTaskList1: DELAYED };
  const more = { xDelayedTaskList2: DELAYED2, xPendingReadyList: PENDING, xSuspendedTaskList: SUSPENDED };
  const others = { uxCurrentNumberOfTasks: COUNT, xSchedulerRunning: RUNNING, xTasksWaitingTermination: 0x20001180 };
  for (const [name, at] of Object.entries({ ...symbols, ...more, ...others })) memory.symbols.set(name, at);
  const [one, idle, sleeper] = [0x20002000, 0x20003000, 0x20004000];
  task(memory, one, "one", 2);
  task(memory, idle, "IDLE", 0);
  task(memory, sleeper, "sleeper", 3);
  list(memory, READY, idle);
  list(memory, READY + 20);
  list(memory, READY + 40, one);
  list(memory, DELAYED, sleeper);
  for (const empty of [DELAYED2, PENDING, SUSPENDED, 0x20001180]) list(memory, empty);
  memory.put(CURRENT_POINTER, one, 3, 1);
  return memory;
}

describe("FreeRTOS", () => {
  it("lists the tasks of all lists but the one that runs, with state and priority", async () => {
    const state = await FREERTOS.read(freertos());
    expect(state).toMatchObject({ current: 0x20002000, currentName: "one", notes: [] });
    expect(state?.others.map(({ id, name, state: words }) => [id, name, words])).toEqual([
      [0x20003000, "IDLE", "ready; priority 0"],
      [0x20004000, "sleeper", "blocked; priority 3"],
    ]);
  });

  it("has no tasks before its scheduler runs", async () => {
    const memory = freertos();
    memory.put(RUNNING, 0);
    expect(await FREERTOS.read(memory)).toBeUndefined();
  });

  it.each([
    ["leaves memory", (memory: FakeMemory) => memory.put(0x20004008, 0x90000000)],
    ["has more items than its count", (memory: FakeMemory) => memory.put(0x20004008, 0x20004004)],
    ["has an impossible count", (memory: FakeMemory) => memory.put(DELAYED, 0xffffffff)],
    ["ends before its count", (memory: FakeMemory) => memory.put(DELAYED, 2)],
  ])("reports a list that %s, and shows the tasks of the others", async (_, spoil) => {
    const memory = freertos();
    spoil(memory);
    const state = await FREERTOS.read(memory);
    expect(state?.notes.join()).toMatch(/^xDelayedTaskList1 is broken at 0x/);
    expect(state?.others.map(({ name }) => name)).toContain("IDLE");
  });

  it("notes lists that the build has not, and names that are elsewhere", async () => {
    const memory = freertos();
    memory.symbols.delete("xSuspendedTaskList");
    memory.put(0x20002000 + 52, 0xffffffff);
    const notes = (await FREERTOS.read(memory))?.notes.join("; ");
    expect(notes).toContain("xSuspendedTaskList is not in this build");
    expect(notes).toContain("task names are not where FreeRTOS has them");
  });
});

describe("registers of a thread that does not run", () => {
  const CORE = [0x10, 0x11, 0x12, 0x13, 0x1c, 0x1e, 0x401, 0x01000000] as const;
  const CALLEE = [4, 5, 6, 7, 8, 9, 10, 11] as const;
  const at = 0x20008000;
  const floats = (count: number) => new Array<number>(count).fill(0xf);

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
    const memory = new FakeMemory();
    memory.put(at, ...words);
    const registers = await savedRegisters(memory, { kind: "software", pointer: at, form });
    expect(registers).toMatchObject({ R0: 0x10, R4: 4, R11: 11, R12: 0x1c, LR: 0x1e, PC: 0x400, SP: at + used });
  });

  it("are read where Zephyr has them, and SP skips a word that the core has left out", async () => {
    const memory = new FakeMemory();
    memory.put(at, ...CORE.slice(0, 7), 0x01000200);
    memory.put(0x20009000, ...CALLEE);
    const registers = await savedRegisters(memory, { kind: "split", pointer: at, callee: 0x20009000 });
    expect(registers).toMatchObject({ R7: 7, PC: 0x400, SP: at + 36 });
  });
});

describe("other kernels", () => {
  const kernel = (name: string) => {
    const found = OTHER_KERNELS.find((one) => one.name === name);
    if (!found) throw new Error(name);
    return found;
  };

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
    const state = await kernel("ThreadX").read(memory);
    expect(state).toMatchObject({ currentName: "main", notes: [] });
    expect(state?.others).toMatchObject([{ id: two, name: "worker", state: "sleeping; priority 5" }]);
    memory.put(two + 136, two);
    expect((await kernel("ThreadX").read(memory))?.notes.join()).toMatch(/ring of threads is broken at 0x20003000/);
  });

  it("lists Zephyr's threads by the offsets in the image, and notes what the build hides", async () => {
    const memory = new FakeMemory();
    memory.symbols.set("_kernel", 0x20001000);
    expect((await kernel("Zephyr").read(memory))?.notes).toEqual([
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
    const state = await kernel("Zephyr").read(memory);
    expect(state?.notes).toEqual(["CONFIG_THREAD_NAME is off: Zephyr's threads have no names"]);
    expect(state?.others).toMatchObject([
      { id: two, state: "state 0x02; priority -2", stack: { kind: "split", pointer: 0x20008000, callee: two + 48 } },
    ]);
    memory.put(0x20001100 + 8, 0xffffffff);
    expect((await kernel("Zephyr").read(memory))?.notes.join()).toMatch(/^CONFIG_THREAD_MONITOR is off/);
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
    const state = await kernel("RTX5").read(memory);
    expect(state?.others).toMatchObject([{ id: two, name: "blinky", state: "blocked; priority 24" }]);
    memory.put(0x20001000 + 8, 1);
    expect(await kernel("RTX5").read(memory)).toBeUndefined();
  });
});
