import type { RegisterName } from "../../cortex/core.ts";
import type { KernelMemory, SavedStack } from "./thread.ts";

/** Registers of a thread that doesn't run, as far as they were saved. */
export type SavedRegisters = { readonly [name in RegisterName]?: number };

/** What the core pushes (ARMv7-M ARM (DDI 0403E), B1.5.6), and what it adds for S0 to S15 and FPSCR. */
const CORE_FRAME = 32;
const FLOAT_FRAME = 72;

/** Stacked xPSR bit 9: the core has left out a word before the frame, so that it is aligned. */
const PADDED = 1 << 9;

const isExcReturn = (word: number): boolean => word >>> 8 === 0xffffff;

/** EXC_RETURN bit 4 is 0 where the frame has the FPU's registers. */
const hasFloats = (excReturn: number): boolean => (excReturn & 0x10) === 0;

/** Reads a thread's registers from where a switch has saved them. Throws where memory can't be read. */
export async function savedRegisters(memory: KernelMemory, stack: SavedStack): Promise<SavedRegisters> {
  const { callee, frame, floats } = await placesOf(memory, stack);
  const saved = await wordsAt(memory, callee, 8);
  const core = await wordsAt(memory, frame, 8);
  const [r0, r1, r2, r3, r12, lr, pc, xpsr] = core;
  const sp = frame + CORE_FRAME + (floats ? FLOAT_FRAME : 0) + (xpsr & PADDED ? 4 : 0);
  const names = saved.map((value, i) => [`R${i + 4}`, value] as const);
  return {
    ...Object.fromEntries(names),
    R0: r0,
    R1: r1,
    R2: r2,
    R3: r3,
    R12: r12,
    LR: lr,
    PC: (pc & ~1) >>> 0,
    XPSR: xpsr,
    SP: sp >>> 0,
    PSP: sp >>> 0,
  };
}

interface Places {
  /** R4 to R11. */
  readonly callee: number;
  /** What the core has pushed. */
  readonly frame: number;
  readonly floats: boolean;
}

/** S16 to S31. */
const HIGH_FLOATS = 64;

async function placesOf(memory: KernelMemory, stack: SavedStack): Promise<Places> {
  const { pointer } = stack;
  if (stack.kind === "split") return { callee: stack.callee, frame: pointer, floats: false };
  if (stack.form === "floats-first") {
    const floats = stack.excReturn !== undefined && hasFloats(stack.excReturn);
    const callee = pointer + (floats ? HIGH_FLOATS : 0);
    return { callee, frame: callee + 32, floats };
  }
  const at = stack.form === "exc-return-first" ? pointer : pointer + 32;
  const word = await memory.word(at);
  if (!isExcReturn(word)) return { callee: pointer, frame: pointer + 32, floats: false };
  const high = hasFloats(word) ? HIGH_FLOATS : 0;
  const callee = stack.form === "exc-return-first" ? pointer + 4 + high : pointer;
  return { callee, frame: pointer + 36 + high, floats: high > 0 };
}

async function wordsAt(memory: KernelMemory, address: number, count: number): Promise<readonly number[]> {
  const bytes = await memory.bytes(address, count * 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: count }, (_, i) => view.getUint32(i * 4, true));
}
