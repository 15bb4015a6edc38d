import type { BatchMemory, MemoryOp } from "../adi/memory.ts";
import type { Io } from "../base/clock.ts";
import type { u32 } from "../base/u32.ts";

/** Names of the registers that DCRSR can select, as the ARMv7-M manual spells them. */
export type RegisterName =
  | "R0"
  | "R1"
  | "R2"
  | "R3"
  | "R4"
  | "R5"
  | "R6"
  | "R7"
  | "R8"
  | "R9"
  | "R10"
  | "R11"
  | "R12"
  | "SP"
  | "LR"
  | "PC"
  | "XPSR"
  | "MSP"
  | "PSP"
  | "CFBP"
  | "FPSCR"
  | `S${number}`;

/** What a core does right now, from DHCSR. */
export type CoreState = "halted" | "running" | "sleeping" | "lockup" | "in-reset";

/** One processor, as seen through its debug registers. */
export interface Core {
  readonly memory: BatchMemory;
  /** What CPUID says: `Cortex-M4`, revision 0, patch 1. */
  readonly identity: CoreIdentity;
  state(io?: Io): Promise<CoreState>;
  halt(io?: Io): Promise<void>;
  /** Lets the core run; `behind` goes out in the same round trip, and its values are the answer. */
  resume(io?: Io, behind?: readonly MemoryOp[]): Promise<Uint32Array>;
  step(io?: Io): Promise<void>;
  /** Waits until the core has halted by itself; throws `core-call-failed` on a lockup and `WaitError`. */
  waitHalted(io?: Io): Promise<void>;
  /** Resets by SYSRESETREQ, VECTRESET or the reset line, and leaves the core running or stopped before its first instruction. */
  reset(how: "system" | "core" | "pin", then: "run" | "halt", io?: Io): Promise<void>;
  readRegisters(names: readonly RegisterName[], io?: Io): Promise<readonly u32[]>;
  writeRegisters(values: Partial<Record<RegisterName, u32>>, io?: Io): Promise<void>;
}

/** A core by its CPUID register (ARMv7-M ARM, B3.2.3). */
export interface CoreIdentity {
  readonly cpuid: u32;
  readonly name: string;
  readonly revision: number;
  readonly patch: number;
  readonly hasFpu: boolean;
  /** Hardware breakpoints for instructions and literals, from FP_CTRL. */
  readonly codeBreakpoints: number;
  readonly literalBreakpoints: number;
  readonly watchpoints: number;
}
