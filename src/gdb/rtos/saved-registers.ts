import { wordsOf } from "../../base/bytes.ts";
import { address32 } from "../../base/u32.ts";
import type { RegisterName } from "../../cortex/core.ts";
import { blockAt, unlessUnreadable } from "./reading.ts";
import type { KernelCore, KernelMemory, SavedStack } from "./thread.ts";

/** Registers of a thread that doesn't run, as far as they were saved and can be found. */
export interface SavedRegisters {
  readonly registers: { readonly [name in RegisterName]?: number };
  /** Why registers are missing that a switch has saved, in words. */
  readonly note?: string;
}

/** What the core pushes (ARMv7-M ARM (DDI 0403E), B1.5.6), and what it adds for S0 to S15 and FPSCR. */
const CORE_FRAME = 0x20;
const FLOAT_FRAME = 0x48;

/** R4 to R11, and S16 to S31. */
const CALLEE = 0x20;
const HIGH_FLOATS = 0x40;

/** Stacked xPSR bit 9: the core has left out a word before the frame, so that it is aligned. */
const PADDED = 1 << 9;

/** Bits of xPSR that a thread's frame decides: T is set, IPSR is 0, and bits 23 to 20 read as 0 (ARMv7-M ARM, B1.4.2). */
const THREAD_XPSR = { mask: 0x01f001ff, value: 0x01000000 } as const;

const isThreadXpsr = (word: number): boolean => (word & THREAD_XPSR.mask) >>> 0 === THREAD_XPSR.value;

/** EXC_RETURN of a thread on its process stack (ARMv7-M ARM (DDI 0403E), table B1-8). */
const EXC_RETURNS: readonly number[] = [0xfffffffd, 0xffffffed];

/** The same for ARMv8-M's non-secure state; with S set it is the other's (ARMv8-M ARM (DDI 0553), "EXC_RETURN"). */
const V8_EXC_RETURNS: readonly number[] = [...EXC_RETURNS, 0xffffffbc, 0xffffffac];

/** EXC_RETURN bit 4 is 0 where the frame has the FPU's registers. */
const hasFloats = (excReturn: number): boolean => (excReturn & 0x10) === 0;

/** Where a switch may have put what. */
interface Places {
  /** R4 to R11. */
  readonly callee: number;
  /** What the core has pushed. */
  readonly frame: number;
  /** Undefined where the kernel doesn't show it: then SP is unknown. */
  readonly floats: boolean | undefined;
}

/**
 * Reads a thread's registers from where a switch has saved them. A stack that can't be read, or that fits none or several of
 * the forms that the kernel's ports have, leaves them out, with a note.
 */
export async function savedRegisters(memory: KernelMemory, stack: SavedStack): Promise<SavedRegisters> {
  const saved = await unlessUnreadable(() => (stack.kind === "each" ? each(memory, stack.at) : stacked(memory, stack)));
  return saved ?? { registers: {}, note: `what was saved of the thread can't be read${atWords(stack)}` };
}

const atWords = (stack: SavedStack): string => (stack.kind === "each" ? "" : ` at ${address32(stack.pointer)}`);

async function each(memory: KernelMemory, at: { readonly [name in RegisterName]?: number }): Promise<SavedRegisters> {
  const entries = Object.entries(at) as readonly (readonly [RegisterName, number])[];
  const addresses = entries.map(([, address]) => address);
  const [first, last] = [Math.min(...addresses), Math.max(...addresses)];
  if (entries.length === 0 || last - first > MOST_APART) return { registers: {}, note: NOT_A_SAVED_SET };
  const block = await blockAt(memory, first, last - first + 4);
  const registers = Object.fromEntries(entries.map(([name, address]) => [name, block.word(address - first)] as const));
  const { PC: pc = 0, SP: sp = 0, XPSR: xpsr = 0 } = registers;
  if (!isThreadXpsr(xpsr)) return { registers: {}, note: NOT_A_SAVED_SET };
  return { registers: { ...registers, PC: (pc & ~1) >>> 0, PSP: sp } };
}

/** Registers of one thread stand no further apart, in bytes. */
const MOST_APART = 0x400;

const NOT_A_SAVED_SET = "the kernel has no thread's registers where its own offsets lead";

type OnStack = Exclude<SavedStack, { readonly kind: "each" }>;

async function stacked(memory: KernelMemory, stack: OnStack): Promise<SavedRegisters> {
  const fitting: { places: Places; core: Uint32Array }[] = [];
  for (const places of await placesOf(memory, stack)) {
    const core = await unlessUnreadable(async () => wordsOf(await memory.bytes(places.frame, CORE_FRAME)));
    if (core && (core[7] & THREAD_XPSR.mask) >>> 0 === THREAD_XPSR.value) fitting.push({ places, core });
  }
  const [only, ...more] = fitting;
  if (!only || more.length > 0)
    return { registers: {}, note: `how registers were saved at ${address32(stack.pointer)} can't be told` };
  return fromFrame(memory, only.places, only.core);
}

async function fromFrame(memory: KernelMemory, places: Places, core: Uint32Array): Promise<SavedRegisters> {
  const callee = wordsOf(await memory.bytes(places.callee, CALLEE));
  const [r0, r1, r2, r3, r12, lr, pc, xpsr] = core;
  const registers = {
    ...Object.fromEntries([...callee].map((value, i) => [`R${i + 4}`, value] as const)),
    ...{ R0: r0, R1: r1, R2: r2, R3: r3, R12: r12, LR: lr, PC: (pc & ~1) >>> 0, XPSR: xpsr },
  };
  if (places.floats === undefined)
    return { registers, note: "whether the thread has used the FPU is not in this image, so its SP is unknown" };
  const sp = (places.frame + CORE_FRAME + (places.floats ? FLOAT_FRAME : 0) + (xpsr & PADDED ? 4 : 0)) >>> 0;
  return { registers: { ...registers, SP: sp, PSP: sp } };
}

/** The forms that the stack of a kernel's thread can have on this core; the core's frame tells them apart. */
async function placesOf(memory: KernelMemory, stack: OnStack): Promise<readonly Places[]> {
  const { pointer } = stack;
  if (stack.kind === "split") return [{ callee: stack.callee, frame: pointer, floats: stack.floats }];
  if (stack.form === "floats-first") {
    const floats = stack.excReturn !== undefined && hasFloats(stack.excReturn) && memory.core.hasFpu;
    const callee = pointer + (floats ? HIGH_FLOATS : 0);
    return [{ callee, frame: callee + CALLEE, floats }];
  }
  const bare: Places = { callee: pointer, frame: pointer + CALLEE, floats: false };
  const { core } = memory;
  if (stack.form === "exc-return-behind" && core.isV8) return limitsFirst(memory, pointer);
  const at = stack.form === "exc-return-first" ? pointer : pointer + CALLEE;
  const word = core.hasFpu || core.isV8 ? await memory.word(at) : 0;
  if (!isExcReturn(core, word)) return [bare];
  const high = hasFloats(word) ? HIGH_FLOATS : 0;
  const callee = stack.form === "exc-return-first" ? pointer + 4 + high : pointer;
  return [{ callee, frame: pointer + 4 + CALLEE + high, floats: high > 0 }, bare];
}

const isExcReturn = ({ isV8, hasFpu }: KernelCore, word: number): boolean =>
  (isV8 ? V8_EXC_RETURNS : EXC_RETURNS).includes(word) && (hasFpu || !hasFloats(word));

/**
 * FreeRTOS's ports for ARMv8-M: PSPLIM, with TrustZone the secure context before it and with an MPU CONTROL behind it, then
 * EXC_RETURN, R4 to R11, and S16 to S31 where used.
 */
async function limitsFirst(memory: KernelMemory, pointer: number): Promise<readonly Places[]> {
  const words = wordsOf(await memory.bytes(pointer, 0x10));
  return [1, 2, 3].flatMap((index): readonly Places[] => {
    if (!isExcReturn(memory.core, words[index])) return [];
    const callee = pointer + 4 + index * 4;
    const floats = hasFloats(words[index]);
    return [{ callee, frame: callee + CALLEE + (floats ? HIGH_FLOATS : 0), floats }];
  });
}
