import type { Structure, StructureOffsets } from "./layout.ts";
import { blockAt, chain, namedBy, spanOf } from "./reading.ts";
import type { FoundThreads, Kernel, KernelMemory, RtosThread } from "./thread.ts";

const STATES: readonly string[] = [
  ...["ready", "completed", "terminated", "suspended", "sleeping", "waits for a queue", "waits for a semaphore"],
  ...["waits for an event", "waits for memory", "waits for memory", "waits for I/O", "waits for a file"],
  ...["waits for the network", "waits for a mutex"],
];

/** `THRD` in a thread's first word. */
const THREAD_ID = 0x54485244;

/** What `_tx_thread_system_state` holds before the scheduler has begun: TX_INITIALIZE_IN_PROGRESS, and what follows it. */
const INITIALISING = 0xf0f0f0f0;

/** `TX_THREAD` without TX_THREAD_EXTENSION_0 to 2 (sources: OpenOCD's src/rtos, rtos-views and the layout in tx_api.h). */
const THREAD: Structure<"id" | "stack" | "name" | "priority" | "state" | "next"> = {
  types: ["TX_THREAD_STRUCT", "TX_THREAD"],
  size: 0x90,
  members: {
    id: ["tx_thread_id", 0x0],
    stack: ["tx_thread_stack_ptr", 0x8],
    name: ["tx_thread_name", 0x28],
    priority: ["tx_thread_priority", 0x2c],
    state: ["tx_thread_state", 0x30],
    next: ["tx_thread_created_next", 0x88],
  },
};

type Offsets = StructureOffsets<"id" | "stack" | "name" | "priority" | "state" | "next">["at"];

/** ThreadX: a ring of created threads. */
export const THREADX: Kernel = {
  name: "ThreadX",
  needs: ["_tx_thread_current_ptr", "_tx_thread_created_ptr", "_tx_thread_created_count"],
  also: ["_tx_thread_system_state"],
  structures: [THREAD],
  read: async (memory, found) => {
    const value = async (name: string) => memory.word(memory.symbol(name) ?? 0);
    const [current, first] = [await value("_tx_thread_current_ptr"), await value("_tx_thread_created_ptr")];
    const systemState = memory.symbol("_tx_thread_system_state");
    const isStarting = systemState !== undefined && (await memory.word(systemState)) >= INITIALISING;
    if (first === 0 || isStarting) return;
    const { at } = memory.offsets(THREAD);
    // While all threads wait, none is the current one.
    found.current = current;
    if (current !== 0) found.currentName = await namedBy(memory, await memory.word(current + at.name));
    let length = 0;
    for await (const id of chain(first, (one) => memory.word(one + at.next), found, "ThreadX's ring of threads")) {
      length++;
      await take(memory, at, id, found);
    }
    const count = await value("_tx_thread_created_count");
    const isForeign = (await memory.word(first + at.id)) !== THREAD_ID;
    if (isForeign || (length !== count && !found.isFull))
      found.note(
        `${count} threads were created and ${length} are in the ring: extensions of TX_THREAD move its members`,
      );
  },
};

async function take(memory: KernelMemory, at: Offsets, id: number, found: FoundThreads): Promise<void> {
  const { stack, name, priority, state } = at;
  const block = await blockAt(memory, id, spanOf({ stack, name, priority, state }));
  const thread: RtosThread = {
    id,
    name: await namedBy(memory, block.word(name)),
    state: `${STATES[block.word(state)] ?? "unknown"}; priority ${block.word(priority)}`,
    stack: { kind: "software", pointer: block.word(stack), form: "exc-return-first" },
  };
  found.add(thread);
}
