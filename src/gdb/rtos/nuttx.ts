import type { RegisterName } from "../../cortex/core.ts";
import { address32 } from "../../base/u32.ts";
import { type Block, blockAt, nameAt, TOO_MANY, unlessUnreadable } from "./reading.ts";
import { type FoundThreads, type Kernel, type KernelMemory, MOST_THREADS, type RtosThread } from "./thread.ts";

/** Registers in the order of `g_tcbinfo`'s list (NuttX, arch/arm arm_tcbinfo.c). */
const REGISTERS: readonly RegisterName[] = [
  ...Array.from({ length: 13 }, (_, n) => `R${n}` as RegisterName),
  ...(["SP", "LR", "PC", "XPSR"] as const),
];

/**
 * Where `struct tcbinfo_s` has its half words: the first versions, and those with the stack's place. It is packed: the
 * pointer to the registers' offsets follows at once (NuttX, include/nuttx/sched.h).
 */
const INFOS = [
  { regs: 0x8, basicCount: 0xa, count: 0xc, list: 0xe },
  { regs: 0xc, basicCount: 0xe, count: 0x10, list: 0x12 },
] as const;

/** Half words that both have at the same places. */
const INFO = { pid: 0x0, state: 0x2, priority: 0x4, name: 0x6, size: 0x16 } as const;

/** A register that a context does not have. */
const ABSENT = 0xffff;

/** How a build lays out what is needed of its control blocks. */
interface Info {
  readonly pid: number;
  readonly state: number;
  readonly priority: number;
  /** 0 where CONFIG_TASK_NAME_SIZE is. */
  readonly name: number;
  /** Where a control block has the pointer to its saved registers. */
  readonly regs: number;
  readonly registers: readonly (readonly [name: RegisterName, offset: number])[];
}

/** NuttX, by the table of its tasks and the offsets that CONFIG_DEBUG_TCBINFO puts into the image. */
export const NUTTX: Kernel = {
  name: "NuttX",
  needs: ["g_readytorun", "g_pidhash"],
  also: ["g_npidhash", "g_tcbinfo"],
  structures: [],
  read: async (memory, found) => {
    const [info, count] = [memory.symbol("g_tcbinfo"), memory.symbol("g_npidhash")];
    if (info === undefined) return found.note("CONFIG_DEBUG_TCBINFO is off: NuttX's tasks can't be listed");
    if (count === undefined) return found.note("g_npidhash is not in this build: NuttX's tasks can't be listed");
    // The running task is the first of those that are ready.
    const current = await memory.word(memory.symbol("g_readytorun") ?? 0);
    if (current === 0) return;
    const layout = await infoAt(memory, info);
    if (!layout) return found.note("g_tcbinfo is laid out as in no known version: NuttX's tasks can't be listed");
    found.current = current;
    found.currentName = await nameOf(memory, layout, current);
    await takeAll(memory, layout, await memory.word(count), found);
  },
};

async function infoAt(memory: KernelMemory, address: number): Promise<Info | undefined> {
  const block = await blockAt(memory, address, INFO.size);
  const { length } = REGISTERS;
  const version = INFOS.find((one) => block.half(one.basicCount) === length && block.half(one.count) >= length);
  if (!version) return undefined;
  const list = await blockAt(memory, block.word(version.list), length * 2);
  return {
    pid: block.half(INFO.pid),
    state: block.half(INFO.state),
    priority: block.half(INFO.priority),
    name: block.half(INFO.name),
    regs: block.half(version.regs),
    registers: REGISTERS.map((name, i) => [name, list.half(i * 2)] as const).filter(([, offset]) => offset !== ABSENT),
  };
}

/** The tasks of the table: some of its places are empty. */
async function takeAll(memory: KernelMemory, info: Info, count: number, found: FoundThreads): Promise<void> {
  const table = await memory.word(memory.symbol("g_pidhash") ?? 0);
  const taken = Math.min(count, MOST_THREADS);
  if (count > taken) found.note(TOO_MANY);
  const places: Block = await blockAt(memory, table, taken * 4);
  for (let i = 0; i < taken; i++) {
    const id = places.word(i * 4);
    if (id === 0 || id === found.current) continue;
    const task = id % 4 === 0 ? await unlessUnreadable(() => taskAt(memory, info, id)) : undefined;
    if (task) found.add(task);
    else found.note(`g_pidhash has a task at ${address32(id)}, which can't be read`);
  }
}

async function taskAt(memory: KernelMemory, info: Info, id: number): Promise<RtosThread> {
  const { pid, state, priority, regs } = info;
  const block = await blockAt(memory, id, Math.max(pid + 2, state + 1, priority + 1, regs + 4));
  const saved = block.word(regs);
  return {
    id,
    name: await nameOf(memory, info, id),
    // What a state's number stands for depends on the build.
    state: `state ${block.byte(state)}; priority ${block.byte(priority)}; pid ${block.half(pid)}`,
    stack: {
      kind: "each",
      at: Object.fromEntries(info.registers.map(([name, offset]) => [name, saved + offset])),
    },
  };
}

const nameOf = async (memory: KernelMemory, { name }: Info, id: number): Promise<string> =>
  name === 0 ? "" : ((await nameAt(memory, id + name)) ?? "");
