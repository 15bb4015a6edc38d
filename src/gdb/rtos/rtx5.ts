import type { Structure, StructureOffsets } from "./layout.ts";
import { blockAt, chain, namedBy, signed8, spanOf } from "./reading.ts";
import type { FoundThreads, Kernel, KernelMemory, RtosThread } from "./thread.ts";

/** `osRtxInfo_t` and `osRtxThread_t` (sources: pyOCD's rtos, rtos-views and rtx_os.h). */
const INFO: Structure<"state" | "current" | "ready" | "delay" | "wait"> = {
  types: ["osRtxInfo_t"],
  size: 0xa4,
  members: {
    state: ["kernel.state", 0x8],
    current: ["thread.run.curr", 0x14],
    ready: ["thread.ready.thread_list", 0x24],
    delay: ["thread.delay_list", 0x2c],
    wait: ["thread.wait_list", 0x30],
  },
};

const THREAD: Structure<"state" | "name" | "next" | "delayNext" | "priority" | "frame" | "stack"> = {
  types: ["osRtxThread_s", "osRtxThread_t"],
  size: 0x44,
  members: {
    state: ["state", 0x1],
    name: ["name", 0x4],
    next: ["thread_next", 0x8],
    delayNext: ["delay_next", 0x10],
    priority: ["priority", 0x20],
    frame: ["stack_frame", 0x22],
    stack: ["sp", 0x38],
  },
};

type Offsets = StructureOffsets<"state" | "name" | "next" | "delayNext" | "priority" | "frame" | "stack">["at"];

/** osRtxKernelRunning. */
const RUNNING = 2;

/** osRtxThreadReady to osRtxThreadTerminated, the low four bits of a thread's state; above them is what it waits for. */
const STATES: { readonly [state: number]: string } = { 1: "ready", 2: "running", 3: "blocked", 4: "terminated" };

/** RTX5: lists of threads in osRtxInfo. */
export const RTX5: Kernel = {
  name: "RTX5",
  needs: ["osRtxInfo"],
  also: [],
  structures: [INFO, THREAD],
  read: async (memory, found) => {
    const info = memory.symbol("osRtxInfo") ?? 0;
    const [{ at: lists }, { at }] = [memory.offsets(INFO), memory.offsets(THREAD)];
    const block = await blockAt(memory, info, spanOf(lists));
    const current = block.word(lists.current);
    if (block.byte(lists.state) !== RUNNING || current === 0) return;
    found.current = current;
    found.currentName = await namedBy(memory, await memory.word(current + at.name));
    const chains = [
      [block.word(lists.ready), at.next, "the ready list"],
      [block.word(lists.delay), at.delayNext, "the delay list"],
      [block.word(lists.wait), at.delayNext, "the wait list"],
    ] as const;
    for (const [first, next, what] of chains)
      for await (const id of chain(first, (one) => memory.word(one + next), found, what))
        await take(memory, at, id, found);
  },
};

async function take(memory: KernelMemory, at: Offsets, id: number, found: FoundThreads): Promise<void> {
  const block = await blockAt(memory, id, spanOf({ ...at, next: 0, delayNext: 0 }));
  const thread: RtosThread = {
    id,
    name: await namedBy(memory, block.word(at.name)),
    state: `${STATES[block.byte(at.state) & 0xf] ?? "unknown"}; priority ${signed8(block.byte(at.priority))}`,
    stack: {
      kind: "software",
      pointer: block.word(at.stack),
      form: "floats-first",
      excReturn: block.byte(at.frame),
    },
  };
  found.add(thread);
}
