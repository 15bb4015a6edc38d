import { describe, expect, it } from "vitest";
import { AdiError } from "../../../../src/adi/adi-error.ts";
import { MILLISECOND } from "../../../../src/base/clock.ts";
import type { CortexCore } from "../../../../src/cortex/cortex-core.ts";
import { type RtosTarget, RtosThreads } from "../../../../src/gdb/rtos/threads.ts";
import { FakeMemory } from "./fake-memory.ts";

const [FIRST, CURRENT, COUNT] = [0x20001004, 0x20001000, 0x20001008];

/** ThreadX with so many threads in its ring, the first of which runs. */
function threadx(count: number): FakeMemory {
  const memory = new FakeMemory();
  const at = (i: number) => 0x20002000 + (i % count) * 0x90;
  memory.put(CURRENT, at(0), at(0), count);
  for (let i = 0; i < count; i++) {
    memory.put(at(i), 0x54485244);
    memory.put(at(i) + 0x88, at(i + 1));
  }
  return memory;
}

/** Threads of a core whose state and clock the test sets; each read takes so many milliseconds. */
function threadsIn(memory: FakeMemory, readMs = 0) {
  const target = { state: "halted", reads: 0 };
  let now = 0;
  const read = async (address: number, count: number) => {
    now += readMs * MILLISECOND;
    return memory.bytes(address, count);
  };
  const core = {
    memory: { read },
    identity: { hasFpu: true, name: "Cortex-M4" },
    state: async () => target.state,
  } as unknown as CortexCore;
  const clock = { now: () => now } as RtosTarget["clock"];
  const threads = new RtosThreads(() => ({ core, clock }));
  threads.note("_tx_thread_current_ptr", CURRENT);
  threads.note("_tx_thread_created_ptr", FIRST);
  threads.note("_tx_thread_created_count", COUNT);
  return { threads, target };
}

describe("the threads of a kernel", () => {
  it("are read once a stop, and anew after the core has run", async () => {
    const memory = threadx(3);
    const { threads } = threadsIn(memory);
    expect((await threads.read())?.others).toHaveLength(2);
    const { reads } = memory;
    expect((await threads.read())?.others).toHaveLength(2);
    expect(memory.reads).toBe(reads);
    threads.forget();
    memory.put(CURRENT, 0x20002090);
    expect((await threads.read())?.others.map(({ id }) => id)).toEqual([0x20002000, 0x20002120]);
  });

  it("are not read while the core runs, and are once it stands", async () => {
    const memory = threadx(3);
    const { threads, target } = threadsIn(memory);
    target.state = "running";
    expect(await threads.read()).toBeUndefined();
    expect(await threads.other(0x20002090)).toBeUndefined();
    expect(memory.reads).toBe(0);
    target.state = "halted";
    expect(await threads.other(0x20002090)).toBeDefined();
  });

  it("throw where the probe is lost, and are read at the next request", async () => {
    const memory = threadx(2);
    const { threads } = threadsIn(memory);
    memory.failure = new AdiError("dp-no-target", "the wire is silent");
    memory.put(0x20002000 + 0x88, 0x90000000);
    await expect(threads.read()).rejects.toThrow("the wire is silent");
    memory.put(0x20002000 + 0x88, 0x20002090);
    expect((await threads.read())?.others).toHaveLength(1);
  });

  it("are those of the part that can be read, with a note", async () => {
    const memory = threadx(3);
    memory.put(COUNT, 2);
    const { threads } = threadsIn(memory);
    threads.note("_tx_thread_created_count", 0x90000000);
    const found = await threads.read();
    expect(found?.others).toHaveLength(2);
    expect(found?.notes).toEqual(["ThreadX's lists can't be read: no memory is there"]);
  });

  it("are as many as could be read before GDB's time limit, with a note", async () => {
    const memory = threadx(100);
    const { threads } = threadsIn(memory, 10);
    const found = await threads.read();
    expect(found?.others.length).toBeGreaterThan(10);
    expect(found?.others.length).toBeLessThan(99);
    expect(found?.notes).toEqual(["reading ThreadX's lists took too long: some are not shown"]);
    expect(memory.reads).toBeLessThan(160);
  });

  it("leave out what is beyond the address space", async () => {
    const memory = threadx(2);
    memory.put(FIRST, 0xfffffffc);
    const { threads } = threadsIn(memory);
    expect((await threads.read())?.notes[0]).toContain("ring of threads is broken at 0xFFFFFFFC");
  });

  it("have no registers once the selected one has gone", async () => {
    const memory = threadx(2);
    const { threads } = threadsIn(memory);
    threads.selected = 0x20009000;
    expect(await threads.registers()).toEqual({ registers: {}, note: "there is no thread 0x20009000 any more" });
  });
});
