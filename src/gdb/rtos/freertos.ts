import { type Kernel, type KernelMemory, MOST_THREADS, nameAt, type RtosThread } from "./thread.ts";

/** Offsets of List_t, ListItem_t and TCB_t of V8 to V11 with 32-bit ticks, without MPU and list integrity bytes. */
const LIST = { count: 0, endValue: 8, first: 12, end: 8, size: 20 } as const;
const ITEM = { next: 4, owner: 12 } as const;
const TCB = { stack: 0, priority: 44, name: 52, nameLength: 16 } as const;

/** No configMAX_PRIORITIES is larger. */
const MOST_PRIORITIES = 64;

const LISTS: readonly (readonly [symbol: string, state: string])[] = [
  ["xPendingReadyList", "ready"],
  ["xDelayedTaskList1", "blocked"],
  ["xDelayedTaskList2", "blocked"],
  ["xSuspendedTaskList", "suspended"],
  ["xTasksWaitingTermination", "deleted"],
];

/** FreeRTOS, by its lists of tasks. */
export const FREERTOS: Kernel = {
  name: "FreeRTOS",
  needs: ["pxCurrentTCB", "pxReadyTasksLists"],
  also: [...LISTS.map(([symbol]) => symbol), "uxCurrentNumberOfTasks", "xSchedulerRunning"],
  read: async (memory) => {
    const running = memory.symbol("xSchedulerRunning");
    const [current] = [await memory.word(memory.symbol("pxCurrentTCB") ?? 0)];
    if (current === 0 || (running !== undefined && (await memory.word(running)) !== 1)) return undefined;
    const found: RtosThread[] = [];
    const notes: string[] = [];
    for (const [address, state, what] of await listsOf(memory))
      await take(memory, { address, state, what, found, notes });
    const currentName = await nameAt(memory, current + TCB.name, TCB.nameLength);
    if (currentName === "")
      notes.push(
        "task names are not where FreeRTOS has them: an MPU port, list integrity bytes or 64-bit ticks move them",
      );
    for (const [symbol] of LISTS.slice(3))
      if (memory.symbol(symbol) === undefined) notes.push(`${symbol} is not in this build: its tasks are not shown`);
    const others = found.filter(({ id }, i) => id !== current && found.findIndex((one) => one.id === id) === i);
    return { current, currentName, others, notes };
  },
};

/** The ready lists, one a priority, up to the first word that is no list's, and the others. */
async function listsOf(memory: KernelMemory): Promise<readonly (readonly [number, string, string])[]> {
  const ready = memory.symbol("pxReadyTasksLists") ?? 0;
  const lists: (readonly [number, string, string])[] = [];
  for (let priority = 0; priority < MOST_PRIORITIES; priority++) {
    const list = ready + priority * LIST.size;
    // portMAX_DELAY, with 32 or 16 bits.
    const end = await memory.word(list + LIST.endValue).catch(() => 0);
    if (end !== 0xffffffff && end !== 0xffff) break;
    lists.push([list, "ready", `the ready list of priority ${priority}`]);
  }
  const others = LISTS.flatMap(([symbol, state]) => {
    const at = memory.symbol(symbol);
    return at === undefined ? [] : [[at, state, symbol] as const];
  });
  return [...lists, ...others];
}

interface Taking {
  readonly address: number;
  readonly state: string;
  readonly what: string;
  readonly found: RtosThread[];
  readonly notes: string[];
}

/** The tasks of one list: as many as its count says, each once, in memory that can be read. */
async function take(memory: KernelMemory, { address, state, what, found, notes }: Taking): Promise<void> {
  const fail = (at: number) =>
    void notes.push(`${what} is broken at 0x${at.toString(16).toUpperCase().padStart(8, "0")}: the rest is not shown`);
  const count = await memory.word(address + LIST.count);
  if (count === 0) return;
  if (count > MOST_THREADS) return fail(address);
  let item = await memory.word(address + LIST.first);
  for (let i = 0; i < count; i++) {
    if (item === address + LIST.end || item % 4 !== 0) return fail(item);
    try {
      found.push(await taskAt(memory, await memory.word(item + ITEM.owner), state));
      item = await memory.word(item + ITEM.next);
    } catch {
      return fail(item);
    }
  }
  if (item !== address + LIST.end) fail(item);
}

async function taskAt(memory: KernelMemory, id: number, state: string): Promise<RtosThread> {
  const [pointer, priority] = [await memory.word(id + TCB.stack), await memory.word(id + TCB.priority)];
  const name = await nameAt(memory, id + TCB.name, TCB.nameLength);
  return {
    id,
    name,
    state: `${state}; priority ${priority}`,
    stack: { kind: "software", pointer, form: "exc-return-behind" },
  };
}
