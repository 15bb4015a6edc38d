import type { u32 } from "../../base/u32.ts";

/** What a bus access answers when nothing (or nothing willing) lives at the address. */
export const BUS_FAULT = -1;
/** What the CPU's private peripheral bus answers for an address that belongs to the chip, not to the core. */
export const NOT_CPU = -2;

/** Width of one access in bytes. */
export type AccessSize = 1 | 2 | 4;

/** Memory that the core may touch without asking the bus, as long as `direct` is true. */
export interface CpuMemory {
  readonly base: u32;
  readonly bytes: Uint8Array;
  readonly writable: boolean;
  /** Set to false by the chip while reads must go through the bus (flash busy, a phrase with bad ECC). */
  direct: boolean;
}

/** Everything outside the core. Values are unsigned; `BUS_FAULT` (negative) is a precise bus error. */
export interface CpuBus {
  readonly memories: readonly CpuMemory[];
  read(address: u32, size: AccessSize): number;
  /** Answers 0, or `BUS_FAULT`. */
  write(address: u32, size: AccessSize, value: u32): number;
  /**
   * Until when, in `Cpu.cycles`, reads of what has just been read would answer the same and change nothing: the first cycle
   * at which that is not known. 0 where it never is.
   */
  stableUntil(address: u32, size: AccessSize): number;
}

/** A byte that leaves the SWO pin: how many core cycles a bit takes, and in which protocol. */
export interface TracedByte {
  readonly byte: number;
  readonly cyclesPerBit: number;
  readonly protocol: "uart" | "manchester";
}

/** What the core asks of the chip around it. */
export interface CpuHooks {
  /** AIRCR.SYSRESETREQ, AIRCR.VECTRESET, or a lockup (the chip decides what a lockup does). */
  resetRequested(kind: "system" | "core" | "lockup"): void;
  /** An encoding that the model does not know: the board stops and says so. */
  unimplemented(opcode: u32, pc: u32): void;
  /** The instruction at `pc` loaded from or stored to `address`, and the bus refused. */
  refused?(address: u32, pc: u32): void;
  /** A byte leaves the SWO pin. */
  traced?(byte: TracedByte): void;
  /** SEV was executed: a chip with several cores hands it to the others. */
  eventSent?(): void;
}

/** What the core does. */
export type CpuState = "reset" | "halted" | "running" | "sleeping" | "lockup";

/** A Cortex-M core with its private peripheral bus (SCS, NVIC, SysTick, FPB, DWT, ITM). Knows no clock: time is cycles. */
export interface Cpu {
  readonly state: CpuState;
  /** Cycles since power-on that passed while running or asleep, for the chip's clock; exact inside a bus access too. */
  readonly cycles: number;
  /** Power-on: everything at its reset value, debug logic included; the core is held in reset until `leaveReset`. */
  powerOn(): void;
  /** System reset asserted: the core stops, system registers go to reset values, debug enables and catches stay. Sets S_RESET_ST. */
  enterReset(): void;
  /** System reset released: loads SP and PC from the vectors, halts there if VC_CORERESET catches, else runs. */
  leaveReset(): void;
  /** An access to 0xE0000000-0xE00FFFFF, by the core itself or by the debugger (who alone sees DHCSR's keys). */
  ppbRead(address: u32, size: AccessSize, master: "core" | "debug"): number;
  ppbWrite(address: u32, size: AccessSize, value: u32, master: "core" | "debug"): number;
  /** The bus access that the core is in the middle of takes so many further cycles; the slice ends after its instruction. */
  stall(cycles: number): void;
  /** An external interrupt line, from 0; lines that the profile lacks do nothing. */
  setInterrupt(line: number, asserted: boolean): void;
  /** An event of another core: it ends a WFE, now or later. */
  signalEvent(): void;
  /**
   * Runs about `cycles` cycles (the last instruction is finished); answers how many passed. A sleeping core skips them in
   * one step until an exception wakes it. Ends early when halted, locked up or reset, and then stands still: answers 0.
   */
  run(cycles: number): number;
  /** Bytes at `address` changed behind the core's back (debugger, flash controller): decoded copies are stale. */
  invalidate(address: u32, length: number): void;
  /** All state as bytes, for a state file. */
  save(): Uint8Array;
  /** The counterpart of `save`; throws `RangeError` on bytes that no `save` made. */
  restore(bytes: Uint8Array): void;
}
