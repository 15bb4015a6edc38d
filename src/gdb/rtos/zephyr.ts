import { address32, byte8 } from "../../base/u32.ts";
import { blockAt, chain, nameAt, signed8, unlessUnreadable } from "./reading.ts";
import type { FoundThreads, Kernel, KernelMemory, RtosThread } from "./thread.ts";

/** Entries of `_kernel_thread_info_offsets`, in its order (Zephyr, subsys/debug/thread_info.c); only those up to 8 are always there. */
const ENTRIES = {
  current: 1,
  threads: 2,
  next: 4,
  state: 5,
  priority: 7,
  stack: 8,
  name: 9,
  arch: 10,
  preemptFloat: 11,
  excReturn: 13,
} as const;

/** How many entries the first version had. */
const FIRST_COUNT = 9;

/** What an entry holds that the build lacks. */
const ABSENT = 0xffffffff;

/** R4 stands so far before PSP in what Zephyr saves of a thread. */
const CALLEE = 0x20;

/** Bit 4 of EXC_RETURN: the frame has no registers of the FPU (ARMv7-M ARM (DDI 0403E), table B1-8). */
const NO_FLOATS = 0x10;

type Offsets = { readonly [name in keyof typeof ENTRIES]: number | undefined };

/** Zephyr, by the offsets that CONFIG_DEBUG_THREAD_INFO puts into the image. */
export const ZEPHYR: Kernel = {
  name: "Zephyr",
  needs: ["_kernel"],
  also: ["_kernel_thread_info_offsets", "_kernel_thread_info_num_offsets"],
  structures: [],
  read: async (memory, found) => {
    const kernel = memory.symbol("_kernel") ?? 0;
    const offsets = await offsetsOf(memory);
    if (!offsets) return found.note("CONFIG_DEBUG_THREAD_INFO is off: Zephyr's threads can't be listed");
    const current = await memory.word(kernel + (offsets.current ?? 0));
    if (offsets.threads === undefined)
      return found.note("CONFIG_THREAD_MONITOR is off: Zephyr's threads can't be listed");
    if (current === 0) return;
    found.current = current;
    found.currentName = await nameOf(memory, offsets, current);
    if (offsets.name === undefined) found.note("CONFIG_THREAD_NAME is off: Zephyr's threads have no names");
    const first = await memory.word(kernel + offsets.threads);
    const next = (at: number) => memory.word(at + (offsets.next ?? 0));
    for await (const id of chain(first, next, found, "_kernel.threads")) await take(memory, offsets, id, found);
  },
};

async function offsetsOf(memory: KernelMemory): Promise<Offsets | undefined> {
  const table = memory.symbol("_kernel_thread_info_offsets");
  if (table === undefined) return undefined;
  const counted = memory.symbol("_kernel_thread_info_num_offsets");
  const count = counted === undefined ? ENTRIES.name + 1 : await memory.word(counted);
  const block = await blockAt(memory, table, 4 * Math.max(FIRST_COUNT, Math.min(count, ENTRIES.excReturn + 1)));
  const at = (entry: number) => (entry < Math.max(FIRST_COUNT, count) ? block.word(entry * 4) : ABSENT);
  const entries = Object.entries(ENTRIES).map(([name, entry]) => [name, at(entry) === ABSENT ? undefined : at(entry)]);
  return Object.fromEntries(entries) as Offsets;
}

async function take(memory: KernelMemory, offsets: Offsets, id: number, found: FoundThreads): Promise<void> {
  const thread = id === found.current ? undefined : await unlessUnreadable(() => threadAt(memory, offsets, id));
  if (thread) found.add(thread);
  else if (id !== found.current) found.note(`the thread at ${address32(id)} can't be read`);
}

async function threadAt(memory: KernelMemory, offsets: Offsets, id: number): Promise<RtosThread> {
  const { state = 0, priority = 0, stack = 0 } = offsets;
  const block = await blockAt(memory, id, Math.max(state + 1, priority + 1, stack + 4));
  return {
    id,
    name: await nameOf(memory, offsets, id),
    state: `state ${byte8(block.byte(state))}; priority ${signed8(block.byte(priority))}`,
    stack: {
      kind: "split",
      pointer: block.word(stack),
      callee: id + stack - CALLEE,
      floats: await hasFloats(memory, offsets, id),
    },
  };
}

const nameOf = async (memory: KernelMemory, { name }: Offsets, id: number): Promise<string> =>
  name === undefined ? "" : ((await nameAt(memory, id + name)) ?? "");

/**
 * Whether a thread's frame has the FPU's registers: its EXC_RETURN says it where CONFIG_FPU_SHARING has Zephyr save it.
 * Without sharing the core pushes none. Undefined for an image of before that entry.
 */
async function hasFloats(memory: KernelMemory, offsets: Offsets, id: number): Promise<boolean | undefined> {
  const { arch, excReturn, preemptFloat } = offsets;
  if (!memory.core.hasFpu) return false;
  if (arch === undefined || excReturn === undefined) return preemptFloat === undefined ? false : undefined;
  const [low] = await memory.bytes(id + arch + excReturn, 1);
  return (low & NO_FLOATS) === 0;
}
