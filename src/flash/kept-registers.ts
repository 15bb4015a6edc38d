import type { MemoryOp } from "../adi/memory.ts";
import { unsteadyRead } from "../adi/read-twice.ts";
import type { Io } from "../base/clock.ts";
import type { Core, RegisterName } from "../cortex/core.ts";
import { registerReads, registersIn, registerWords } from "../cortex/core-registers.ts";

/** Registers that code on the target changes; the core gets them back after it. */
const KEPT: readonly RegisterName[] = [
  ...Array.from({ length: 13 }, (_, i) => `R${i}` as RegisterName),
  ...(["MSP", "PSP", "LR", "PC", "XPSR", "CFBP"] as const),
];

/** Values of the registers that are given back, by their names. */
export type KeptRegisters = { readonly [name in RegisterName]?: number };

/** Accesses that read them twice, as a part of a batch. */
export const keptReads = (): readonly MemoryOp[] => [...registerReads(KEPT), ...registerReads(KEPT)];

/**
 * What the words of `keptReads` hold; undefined where the core was slower than the wire. Throws `unsteady-read` and
 * `core-not-halted`.
 */
export function keptIn(words: Uint32Array): KeptRegisters | undefined {
  const count = registerWords(KEPT);
  const first = registersIn(KEPT, words.subarray(0, count));
  const second = registersIn(KEPT, words.subarray(count, 2 * count));
  return first && second && same(first, second);
}

/** Reads them twice, because what is given back at the end has to be right; throws `unsteady-read`. */
export async function keepRegisters(core: Core, io: Io): Promise<KeptRegisters> {
  const [first, second] = [await core.readRegisters(KEPT, io), await core.readRegisters(KEPT, io)];
  return same(first, second);
}

function same(first: readonly number[], second: readonly number[]): KeptRegisters {
  const odd = KEPT.find((_, i) => first[i] !== second[i]);
  if (odd) throw unsteadyRead(`The core's ${odd}`);
  return Object.fromEntries(KEPT.map((name, i) => [name, first[i]]));
}
