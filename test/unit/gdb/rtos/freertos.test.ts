import { describe, expect, it } from "vitest";
import { AdiError } from "../../../../src/adi/adi-error.ts";
import { FREERTOS } from "../../../../src/gdb/rtos/freertos.ts";
import { MOST_THREADS } from "../../../../src/gdb/rtos/thread.ts";
import { FakeMemory } from "./fake-memory.ts";

const READY = 0x20001000;
const [DELAYED, DELAYED2, PENDING, SUSPENDED] = [0x20001100, 0x20001120, 0x20001140, 0x20001160];
const TERMINATED = 0x20001180;
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

const [ONE, IDLE, SLEEPER] = [0x20002000, 0x20003000, 0x20004000];

function freertos(): FakeMemory {
  const memory = new FakeMemory();
  const symbols = { pxCurrentTCB: CURRENT_POINTER, pxReadyTasksLists: READY, xDelayedTaskList1: DELAYED };
  const more = { xDelayedTaskList2: DELAYED2, xPendingReadyList: PENDING, xSuspendedTaskList: SUSPENDED };
  const others = { uxCurrentNumberOfTasks: COUNT, xSchedulerRunning: RUNNING, xTasksWaitingTermination: TERMINATED };
  for (const [name, at] of Object.entries({ ...symbols, ...more, ...others })) memory.symbols.set(name, at);
  task(memory, ONE, "one", 2);
  task(memory, IDLE, "IDLE", 0);
  task(memory, SLEEPER, "sleeper", 3);
  list(memory, READY, IDLE);
  list(memory, READY + 20);
  list(memory, READY + 40, ONE);
  list(memory, DELAYED, SLEEPER);
  for (const empty of [DELAYED2, PENDING, SUSPENDED, TERMINATED]) list(memory, empty);
  memory.put(CURRENT_POINTER, ONE, 3, 1);
  return memory;
}

const read = (memory: FakeMemory) => memory.threadsOf(FREERTOS);
const rows = async (memory: FakeMemory) => (await read(memory))?.others.map(({ name, state }) => `${name}: ${state}`);

describe("FreeRTOS", () => {
  it("lists the tasks of all lists but the one that runs, with state and priority", async () => {
    const memory = freertos();
    expect(await read(memory)).toMatchObject({ current: ONE, currentName: "one", notes: [] });
    expect(await rows(memory)).toEqual(["IDLE: ready; priority 0", "sleeper: blocked; priority 3"]);
  });

  it("has no tasks before its scheduler runs", async () => {
    const memory = freertos();
    memory.put(RUNNING, 0);
    expect(await read(memory)).toBeUndefined();
  });

  it("takes a delayed list right behind the ready lists for a delayed one", async () => {
    const memory = freertos();
    memory.symbols.set("xDelayedTaskList1", READY + 60);
    list(memory, READY + 60, SLEEPER);
    expect(await rows(memory)).toEqual(["IDLE: ready; priority 0", "sleeper: blocked; priority 3"]);
  });

  it("takes no list of timers for one of tasks", async () => {
    const memory = freertos();
    memory.symbols.set("xActiveTimerList1", READY + 60);
    task(memory, 0x20005000, "timer", 0);
    list(memory, READY + 60, 0x20005000);
    expect((await read(memory))?.others.map(({ name }) => name)).toEqual(["IDLE", "sleeper"]);
  });

  it("reads lists of 28 bytes, which configUSE_MINI_LIST_ITEM 0 makes", async () => {
    const memory = freertos();
    memory.put(READY, ...new Array<number>(40).fill(0));
    list(memory, READY, IDLE);
    list(memory, READY + 28);
    list(memory, READY + 56, ONE);
    task(memory, 0x20005000, "two", 3);
    list(memory, READY + 84, 0x20005000);
    memory.put(COUNT, 4);
    expect(await rows(memory)).toEqual([
      "IDLE: ready; priority 0",
      "two: ready; priority 3",
      "sleeper: blocked; priority 3",
    ]);
    expect((await read(memory))?.notes).toEqual([]);
  });

  it("has uxTopUsedPriority + 1 ready lists where the firmware has that variable", async () => {
    const memory = freertos();
    memory.symbols.set("uxTopUsedPriority", 0x20001210);
    memory.put(0x20001210, 2);
    task(memory, 0x20005000, "foreign", 0);
    list(memory, READY + 60, 0x20005000);
    expect((await read(memory))?.others.map(({ name }) => name)).toEqual(["IDLE", "sleeper"]);
  });

  it("reports the difference where there are more tasks than in the lists", async () => {
    const memory = freertos();
    memory.put(COUNT, 5);
    expect((await read(memory))?.notes).toEqual(["uxCurrentNumberOfTasks is 5, and 3 tasks are in the lists"]);
  });

  it("reports ready lists that are none", async () => {
    const memory = freertos();
    memory.put(READY, 0x5a5a5a5a, 1, 0x20001010, 0x5a5a5a5a);
    expect((await read(memory))?.notes.join()).toContain("pxReadyTasksLists does not look like FreeRTOS's lists");
  });

  it.each([
    ["leaves memory", (memory: FakeMemory) => memory.put(SLEEPER + 8, 0x90000000)],
    ["has more items than its count", (memory: FakeMemory) => memory.put(SLEEPER + 8, SLEEPER + 4)],
    ["has an impossible count", (memory: FakeMemory) => memory.put(DELAYED, 0xffffffff)],
    ["has an item without a task", (memory: FakeMemory) => memory.put(SLEEPER + 0x10, 0)],
    ["has an item whose task has no place of one", (memory: FakeMemory) => memory.put(SLEEPER + 0x10, 1)],
    ["ends before its count", (memory: FakeMemory) => memory.put(DELAYED, 2)],
  ])("reports a list that %s, and shows the tasks of the others", async (_, spoil) => {
    const memory = freertos();
    spoil(memory);
    const found = await read(memory);
    expect(found?.notes[0]).toMatch(/^xDelayedTaskList1 is broken at 0x/);
    expect(found?.others.map(({ name }) => name)).toContain("IDLE");
  });

  it("leaves a list at the first item that comes twice, whatever its count", async () => {
    const memory = freertos();
    memory.put(DELAYED, 200);
    memory.put(SLEEPER + 8, SLEEPER + 4);
    const before = memory.reads;
    expect((await read(memory))?.notes[0]).toMatch(/^xDelayedTaskList1 is broken at 0x20004004/);
    expect(memory.reads - before).toBeLessThan(60);
  });

  it("shows no more threads than its bound over all lists, with a note", async () => {
    const memory = freertos();
    const tasks = Array.from({ length: 200 }, (_, i) => 0x20006000 + i * 0x50);
    const more = Array.from({ length: 200 }, (_, i) => 0x2000a000 + i * 0x50);
    list(memory, SUSPENDED, ...tasks);
    list(memory, DELAYED2, ...more);
    memory.put(COUNT, 403);
    const found = await read(memory);
    expect(found?.count).toBe(MOST_THREADS);
    expect(found?.notes).toContain("there are more threads than are shown");
  });

  it("throws what is no fault of memory, such as a lost probe", async () => {
    const memory = freertos();
    memory.failure = new AdiError("dp-no-target", "the wire is silent");
    memory.put(DELAYED, 2);
    memory.put(SLEEPER + 8, 0x90000000);
    await expect(read(memory)).rejects.toThrow("the wire is silent");
  });

  it("notes lists that the build has not, and names that are elsewhere", async () => {
    const memory = freertos();
    memory.symbols.delete("xSuspendedTaskList");
    memory.put(ONE + 52, 0xffffffff);
    const notes = (await read(memory))?.notes.join("; ");
    expect(notes).toContain("xSuspendedTaskList is not in this build");
    expect(notes).toContain("task names are not where FreeRTOS has them");
  });
});
