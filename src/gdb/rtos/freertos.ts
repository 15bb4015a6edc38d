import type { Structure, StructureOffsets } from "./layout.ts";
import { blockAt, brokenAt, nameAt, spanOf, TOO_MANY, unlessUnreadable } from "./reading.ts";
import { type FoundThreads, type Kernel, type KernelMemory, MOST_THREADS, type RtosThread } from "./thread.ts";

// Offsets of V8 to V11 with ticks of 32 or 16 bits, without an MPU and list integrity bytes; sources: OpenOCD's src/rtos,
// pyOCD's rtos and rtos-views, compared.

/** `List_t`: its end is an item without owner, or a whole one with configUSE_MINI_LIST_ITEM 0. */
const LIST: Structure<"count" | "index" | "end"> = {
  types: ["xLIST", "List_t"],
  size: 0x14,
  members: { count: ["uxNumberOfItems", 0x0], index: ["pxIndex", 0x4], end: ["xListEnd", 0x8] },
};

/** The sizes of `List_t` with a mini item as its end and with a whole one. */
const LIST_SIZES = [0x14, 0x1c];

const ITEM: Structure<"value" | "next" | "owner"> = {
  types: ["xLIST_ITEM", "ListItem_t"],
  size: 0x14,
  members: { value: ["xItemValue", 0x0], next: ["pxNext", 0x4], owner: ["pvOwner", 0xc] },
};

const TCB: Structure<"stack" | "priority" | "name"> = {
  types: ["tskTaskControlBlock", "TCB_t", "tskTCB"],
  size: 0x5c,
  members: { stack: ["pxTopOfStack", 0x0], priority: ["uxPriority", 0x2c], name: ["pcTaskName", 0x34] },
};

const LISTS: readonly (readonly [symbol: string, state: string])[] = [
  ["xPendingReadyList", "ready"],
  ["xDelayedTaskList1", "blocked"],
  ["xDelayedTaskList2", "blocked"],
  ["xSuspendedTaskList", "suspended"],
  ["xTasksWaitingTermination", "deleted"],
];

/** What may stand behind the ready lists: lists that are no ready lists, and those of timers, look like more of them. */
const NEIGHBOURS: readonly string[] = [
  ...LISTS.map(([symbol]) => symbol),
  ...["xActiveTimerList1", "xActiveTimerList2", "pxDelayedTaskList", "pxOverflowDelayedTaskList", "pxCurrentTCB"],
  ...["uxCurrentNumberOfTasks", "xSchedulerRunning", "xTickCount", "uxTopReadyPriority", "uxTopUsedPriority"],
];

interface Layouts {
  readonly list: StructureOffsets<"count" | "index" | "end">;
  readonly item: StructureOffsets<"value" | "next" | "owner">;
  readonly tcb: StructureOffsets<"stack" | "priority" | "name">;
}

/** FreeRTOS, by its lists of tasks. */
export const FREERTOS: Kernel = {
  name: "FreeRTOS",
  needs: ["pxCurrentTCB", "pxReadyTasksLists"],
  also: NEIGHBOURS.filter((symbol) => symbol !== "pxCurrentTCB"),
  structures: [LIST, ITEM, TCB],
  read: async (memory, found) => {
    const current = await memory.word(memory.symbol("pxCurrentTCB") ?? 0);
    if (current === 0 || (await valueAt(memory, "xSchedulerRunning")) === 0) return;
    found.current = current;
    const layouts = { list: memory.offsets(LIST), item: memory.offsets(ITEM), tcb: memory.offsets(TCB) };
    const name = await nameAt(memory, current + layouts.tcb.at.name);
    found.currentName = name ?? "";
    if (name === undefined)
      found.note(
        "task names are not where FreeRTOS has them: an MPU port, list integrity bytes or 64-bit ticks move them",
      );
    for (const list of [...(await readyLists(memory, layouts, found)), ...otherLists(memory)])
      await take(memory, layouts, list, found);
    await compareCount(memory, found);
    for (const [symbol] of LISTS.slice(3))
      if (memory.symbol(symbol) === undefined) found.note(`${symbol} is not in this build: its tasks are not shown`);
  },
};

async function valueAt(memory: KernelMemory, symbol: string): Promise<number | undefined> {
  const at = memory.symbol(symbol);
  return at === undefined ? undefined : memory.word(at);
}

interface TaskList {
  readonly address: number;
  readonly state: string;
  readonly what: string;
}

/**
 * The ready lists, one a priority: as many as uxTopUsedPriority says where the firmware has that, else up to another
 * variable or to what is no list.
 */
async function readyLists(memory: KernelMemory, layouts: Layouts, found: FoundThreads): Promise<readonly TaskList[]> {
  const start = memory.symbol("pxReadyTasksLists") ?? 0;
  const size = layouts.list.size ?? (await listSize(memory, layouts, start));
  const top = await valueAt(memory, "uxTopUsedPriority");
  const border = Math.min(...NEIGHBOURS.flatMap((name) => behind(start, memory.symbol(name))));
  const lists: TaskList[] = [];
  for (let priority = 0; priority <= (top ?? MOST_THREADS); priority++) {
    const address = start + priority * size;
    if (address + size > border || !(await isList(memory, layouts, address))) break;
    lists.push({ address, state: "ready", what: `the ready list of priority ${priority}` });
  }
  if (lists.length === 0)
    found.note(
      "pxReadyTasksLists does not look like FreeRTOS's lists: list integrity bytes or 64-bit ticks change them",
    );
  return lists;
}

const behind = (start: number, symbol: number | undefined): readonly number[] =>
  symbol === undefined || symbol <= start ? [] : [symbol];

/** The size at which another list follows the first. */
async function listSize(memory: KernelMemory, layouts: Layouts, start: number): Promise<number> {
  for (const size of LIST_SIZES) if (await isList(memory, layouts, start + size)) return size;
  return LIST.size;
}

/** Whether a List_t that was initialised stands there: its end has portMAX_DELAY, with 32 or 16 bits, and no pointer is 0. */
async function isList(memory: KernelMemory, { list, item }: Layouts, address: number): Promise<boolean> {
  const end = list.at.end + item.at.value;
  const block = await unlessUnreadable(() => blockAt(memory, address, list.at.end + item.at.next + 4));
  if (!block || (block.word(end) !== 0xffffffff && block.word(end) !== 0xffff)) return false;
  return [block.word(list.at.index), block.word(list.at.end + item.at.next)].every((at) => at !== 0 && at % 4 === 0);
}

const otherLists = (memory: KernelMemory): readonly TaskList[] =>
  LISTS.flatMap(([symbol, state]) => {
    const address = memory.symbol(symbol);
    return address === undefined ? [] : [{ address, state, what: symbol }];
  });

/** The tasks of one list: as many as its count says, each item once, in memory that can be read. */
async function take(memory: KernelMemory, layouts: Layouts, list: TaskList, found: FoundThreads): Promise<void> {
  const { address, state, what } = list;
  const { count: countAt, end: endAt } = layouts.list.at;
  const end = address + endAt;
  const head = await unlessUnreadable(() => blockAt(memory, address, endAt + layouts.item.at.next + 4));
  if (!head) return found.note(brokenAt(what, address));
  const count = head.word(countAt);
  if (count > MOST_THREADS) return found.note(brokenAt(what, address));
  const seen = new Set<number>();
  for (let item = count === 0 ? end : head.word(endAt + layouts.item.at.next); item !== end; ) {
    if (found.isFull) return found.note(TOO_MANY);
    const isSound = item % 4 === 0 && !seen.has(item) && seen.size < count;
    const taken = isSound ? await unlessUnreadable(() => itemAt(memory, layouts, item, state)) : undefined;
    if (!taken) return found.note(brokenAt(what, item));
    found.add(taken.task);
    seen.add(item);
    item = taken.next;
  }
  if (seen.size < count) found.note(brokenAt(what, end));
}

/** A list's item: the task that it stands for, and the next one. */
async function itemAt(memory: KernelMemory, layouts: Layouts, address: number, state: string) {
  const { next, owner } = layouts.item.at;
  const block = await blockAt(memory, address, spanOf({ next, owner }));
  const task = block.word(owner);
  if (task === 0 || task % 4 !== 0) return undefined;
  return { task: await taskAt(memory, layouts, task, state), next: block.word(next) };
}

async function taskAt(memory: KernelMemory, layouts: Layouts, id: number, state: string): Promise<RtosThread> {
  const { stack, priority, name } = layouts.tcb.at;
  const block = await blockAt(memory, id, spanOf({ stack, priority }));
  return {
    id,
    name: (await nameAt(memory, id + name)) ?? "",
    state: `${state}; priority ${block.word(priority)}`,
    stack: { kind: "software", pointer: block.word(stack), form: "exc-return-behind" },
  };
}

async function compareCount(memory: KernelMemory, found: FoundThreads): Promise<void> {
  const count = await valueAt(memory, "uxCurrentNumberOfTasks");
  if (count === undefined || count === found.count || found.isFull) return;
  found.note(`uxCurrentNumberOfTasks is ${count}, and ${found.count} tasks are in the lists`);
}
