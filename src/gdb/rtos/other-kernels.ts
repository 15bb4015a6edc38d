import { type Kernel, type KernelMemory, nameAt, type RtosThread, walk } from "./thread.ts";

const byteAt = async (memory: KernelMemory, address: number): Promise<number> => (await memory.bytes(address, 1))[0];
const hex = (value: number): string => `0x${value.toString(16).toUpperCase().padStart(2, "0")}`;

/** Entries of `_kernel_thread_info_offsets`, in its order (Zephyr, subsys/debug/thread_info.c). */
const ZEPHYR_ENTRIES = { current: 1, threads: 2, next: 4, state: 5, priority: 7, stack: 8, name: 9 } as const;
const ABSENT = 0xffffffff;

/** R4 stands so far before PSP in what Zephyr saves of a thread. */
const ZEPHYR_CALLEE = 32;

/** Zephyr, by the offsets that CONFIG_DEBUG_THREAD_INFO puts into the image. */
const ZEPHYR: Kernel = {
  name: "Zephyr",
  needs: ["_kernel"],
  also: ["_kernel_thread_info_offsets"],
  read: async (memory) => {
    const [kernel, table] = [memory.symbol("_kernel") ?? 0, memory.symbol("_kernel_thread_info_offsets")];
    if (table === undefined) return hidden("CONFIG_DEBUG_THREAD_INFO is off: Zephyr's threads can't be listed");
    const offset = (entry: number) => memory.word(table + entry * 4);
    const [current] = [await memory.word(kernel + (await offset(ZEPHYR_ENTRIES.current)))];
    const threads = await offset(ZEPHYR_ENTRIES.threads);
    const nameOffset = await offset(ZEPHYR_ENTRIES.name);
    if (threads === ABSENT) return hidden("CONFIG_THREAD_MONITOR is off: Zephyr's threads can't be listed");
    if (current === 0) return undefined;
    const next = await offset(ZEPHYR_ENTRIES.next);
    const { blocks, notes } = await walk(
      await memory.word(kernel + threads),
      (at) => memory.word(at + next),
      "_kernel.threads",
    );
    const name = (id: number) => (nameOffset === ABSENT ? Promise.resolve("") : nameAt(memory, id + nameOffset));
    const [state, priority, stack] = [
      await offset(ZEPHYR_ENTRIES.state),
      await offset(ZEPHYR_ENTRIES.priority),
      await offset(ZEPHYR_ENTRIES.stack),
    ];
    const thread = async (id: number): Promise<RtosThread> => ({
      id,
      name: await name(id),
      state: `state ${hex(await byteAt(memory, id + state))}; priority ${((await byteAt(memory, id + priority)) << 24) >> 24}`,
      stack: { kind: "split", pointer: await memory.word(id + stack), callee: id + stack - ZEPHYR_CALLEE },
    });
    const others = await Promise.all(blocks.filter((id) => id !== current).map(thread));
    const nameless = nameOffset === ABSENT ? ["CONFIG_THREAD_NAME is off: Zephyr's threads have no names"] : [];
    return { current, currentName: await name(current), others, notes: [...notes, ...nameless] };
  },
};

const hidden = (note: string) => ({ current: 0, currentName: "", others: [], notes: [note] });

const THREADX_STATES: readonly string[] = [
  ...["ready", "completed", "terminated", "suspended", "sleeping", "waits for a queue", "waits for a semaphore"],
  ...["waits for an event", "waits for memory", "waits for memory", "waits for I/O", "waits for a file"],
  ...["waits for the network", "waits for a mutex"],
];

/** `THRD` in a thread's first word. */
const THREADX_ID = 0x54485244;

/** ThreadX without extensions of its TX_THREAD: a ring of created threads. */
const THREADX: Kernel = {
  name: "ThreadX",
  needs: ["_tx_thread_current_ptr", "_tx_thread_created_ptr", "_tx_thread_created_count"],
  also: ["_tx_thread_system_state"],
  read: async (memory) => {
    const value = async (name: string) => memory.word(memory.symbol(name) ?? 0);
    const current = await value("_tx_thread_current_ptr");
    const first = await value("_tx_thread_created_ptr");
    if (current === 0 || first === 0) return undefined;
    const { blocks, notes } = await walk(first, (at) => memory.word(at + 136), "ThreadX's ring of threads");
    const foreign = (await memory.word(current)) !== THREADX_ID;
    const count = await value("_tx_thread_created_count");
    const thread = async (id: number): Promise<RtosThread> => ({
      id,
      name: await nameAt(memory, await memory.word(id + 40)),
      state: `${THREADX_STATES[await memory.word(id + 48)] ?? "unknown"}; priority ${await memory.word(id + 44)}`,
      stack: { kind: "software", pointer: await memory.word(id + 8), form: "exc-return-first" },
    });
    const moved =
      foreign || blocks.length !== count
        ? [
            `${count} threads were created and ${blocks.length} are in the ring: extensions of TX_THREAD move its fields`,
          ]
        : [];
    const others = await Promise.all(blocks.filter((id) => id !== current).map(thread));
    const currentName = await nameAt(memory, await memory.word(current + 40));
    return { current, currentName, others, notes: [...notes, ...moved] };
  },
};

const RTX = { state: 8, current: 20, ready: 36, delay: 44, wait: 48, running: 2 } as const;
const RTX_STATES: { readonly [state: number]: string } = { 1: "ready", 2: "running", 3: "blocked", 4: "terminated" };

/** RTX5: lists of threads in osRtxInfo. */
const RTX5: Kernel = {
  name: "RTX5",
  needs: ["osRtxInfo"],
  also: [],
  read: async (memory) => {
    const info = memory.symbol("osRtxInfo") ?? 0;
    const current = await memory.word(info + RTX.current);
    if ((await byteAt(memory, info + RTX.state)) !== RTX.running || current === 0) return undefined;
    const chains = [
      [RTX.ready, 8, "the ready list"],
      [RTX.delay, 16, "the delay list"],
      [RTX.wait, 16, "the wait list"],
    ] as const;
    const walked = [];
    for (const [list, next, what] of chains)
      walked.push(await walk(await memory.word(info + list), (at) => memory.word(at + next), what));
    const blocks = new Set(walked.flatMap((one) => one.blocks));
    const thread = async (id: number): Promise<RtosThread> => {
      const state = (await byteAt(memory, id + 1)) & 0x0f;
      return {
        id,
        name: await rtxName(memory, id),
        state: `${RTX_STATES[state] ?? "unknown"}; priority ${await byteAt(memory, id + 32)}`,
        stack: {
          kind: "software",
          pointer: await memory.word(id + 56),
          form: "floats-first",
          excReturn: await byteAt(memory, id + 34),
        },
      };
    };
    const others = await Promise.all([...blocks].filter((id) => id !== current).map(thread));
    return {
      current,
      currentName: await rtxName(memory, current),
      others,
      notes: walked.flatMap(({ notes }) => notes),
    };
  },
};

async function rtxName(memory: KernelMemory, id: number): Promise<string> {
  const at = await memory.word(id + 4);
  return at === 0 ? "" : nameAt(memory, at);
}

/** Kernels whose threads are read beside FreeRTOS's. */
export const OTHER_KERNELS: readonly Kernel[] = [ZEPHYR, THREADX, RTX5];
