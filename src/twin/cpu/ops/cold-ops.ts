import type { Core } from "../core.ts";
import { FIRST_COLD } from "./hot-ops.ts";

/**
 * An operation outside the hot switch. The core's state is current when it runs: flags, cycles, and R15 as the address of
 * the next instruction, which it may change.
 */
export type ColdOp = (core: Core, x: number, imm: number) => void;

/** All of them; `COLD[op - FIRST_COLD]`. */
export const COLD: ColdOp[] = [];

/** Registers a cold operation and answers its number, for decoders to emit. Numbers live as long as the process. */
export function coldOp(run: ColdOp): number {
  COLD.push(run);
  return FIRST_COLD + COLD.length - 1;
}
