import type { CpuBus, CpuHooks } from "./seam.ts";
import { State } from "./state.ts";

/**
 * What the model's parts hand to each other: the state, the world outside, and the strings that stop the interpreter.
 * Holds no behaviour; every part is a file of functions over it.
 */
export class Core {
  readonly state = new State();
  readonly bus: CpuBus;
  readonly hooks: CpuHooks;
  /** False: a released core sleeps instead of fetching. */
  readonly executes: boolean;
  /** Cycle count at which the interpreter looks up; lowered by `attention`. */
  limit = 0;
  /** Counts resets and restores, so that an instruction which caused one knows that its world is gone. */
  epoch = 0;
  /** Bumped when every decoded instruction is stale (breakpoints moved, state restored). */
  decodeEpoch = 0;

  constructor(bus: CpuBus, hooks: CpuHooks, executes: boolean) {
    this.bus = bus;
    this.hooks = hooks;
    this.executes = executes;
  }
}

/** Makes the interpreter look up after the current instruction: something pends, halts, or moved. */
export function attention(core: Core): void {
  core.limit = -1;
}
