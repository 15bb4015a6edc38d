import type { Structure } from "./layout.ts";
import { blockAt, chain, namedBy, spanOf } from "./reading.ts";
import type { Kernel, KernelMemory, RtosThread } from "./thread.ts";

/** `struct os_task` of mynewt-core 1 with a sanity check of five words (source: its os_task.h). */
const TASK: Structure<"stack" | "priority" | "state" | "name" | "next"> = {
  types: ["os_task"],
  size: 0x54,
  members: {
    stack: ["t_stackptr", 0x0],
    priority: ["t_prio", 0xb],
    state: ["t_state", 0xc],
    name: ["t_name", 0x10],
    next: ["t_os_task_list.stqe_next", 0x40],
  },
};

/** OS_TASK_READY, OS_TASK_SLEEP and OS_TASK_SUSPEND. */
const STATES: { readonly [state: number]: string } = { 1: "ready", 2: "sleeping", 3: "suspended" };

/** Mynewt: a list of all tasks. */
export const MYNEWT: Kernel = {
  name: "Mynewt",
  needs: ["g_current_task", "g_os_task_list"],
  also: ["g_os_started"],
  structures: [TASK],
  read: async (memory, found) => {
    const started = memory.symbol("g_os_started");
    const current = await memory.word(memory.symbol("g_current_task") ?? 0);
    if (current === 0 || (started !== undefined && (await memory.word(started)) === 0)) return;
    const { at } = memory.offsets(TASK);
    found.current = current;
    found.currentName = await namedBy(memory, await memory.word(current + at.name));
    const first = await memory.word(memory.symbol("g_os_task_list") ?? 0);
    for await (const id of chain(first, (one) => memory.word(one + at.next), found, "g_os_task_list"))
      found.add(await taskAt(memory, at, id));
  },
};

async function taskAt(
  memory: KernelMemory,
  at: { readonly [name in keyof typeof TASK.members]: number },
  id: number,
): Promise<RtosThread> {
  const block = await blockAt(memory, id, spanOf({ ...at, next: 0 }));
  return {
    id,
    name: await namedBy(memory, block.word(at.name)),
    state: `${STATES[block.byte(at.state)] ?? "unknown"}; priority ${block.byte(at.priority)}`,
    // With HARDFLOAT EXC_RETURN stands behind R11 (unsure).
    stack: { kind: "software", pointer: block.word(at.stack), form: "exc-return-behind" },
  };
}
