import { compileLoop } from "./compiled/compile.ts";
import { mayGenerateCode } from "./compiled/permission.ts";
import { attention, Core, type Master } from "./core.ts";
import { C_HALT, DFSR_HALTED, DFSR_VCATCH, debugEnabled, halt, VC_CORERESET } from "./debug/debug.ts";
import { TracePort } from "./debug/tpiu.ts";
import { decoderOf } from "./decode/instruction-set.ts";
import { run } from "./execute.ts";
import { fetchVector } from "./memories.ts";
import { driveLine } from "./system/nvic.ts";
import { ppbRead, ppbWrite } from "./system/ppb.ts";
import { lockUp } from "./system/raise.ts";
import { restoreState, saveState } from "./save-state.ts";
import type { CpuProfile } from "./profiles/profile.ts";
import { scsRegisters } from "./system/scs-registers.ts";
import type { AccessSize, Cpu, CpuBus, CpuHooks, CpuState } from "./seam.ts";
import { MODE, MODE_NAMES, resetPower, resetSystem } from "./state.ts";

/** Options of `createCortexM`. */
export interface CortexMOptions {
  /** False: a released core sleeps and fetches nothing; everything a debugger sees works. Default true. */
  readonly execute?: boolean;
  /** False: every round of a polling loop is executed, for comparison. Default true, which has no visible effect. */
  readonly skipPolls?: boolean;
  /**
   * Rounds after which a loop is compiled to JavaScript; infinite: never, for comparison. Default `COMPILE_AFTER` where the
   * host lets text become code, which has no visible effect.
   */
  readonly compileAfter?: number;
}

/** Rounds after which compiling a loop has been worth its time, where it goes on as long again. */
const COMPILE_AFTER = 2000;

const usual = mayGenerateCode() ? COMPILE_AFTER : Number.POSITIVE_INFINITY;

/**
 * The core that a profile describes, with its debug units, over the given bus; held in power-on reset until `leaveReset`.
 * The bus's list of memories is read once; their bytes must be whole words.
 *
 * Not modelled: exact cycles (one table, no wait states, no pipeline), imprecise bus faults (all are precise), FPB remaps
 * (refused by `unimplemented`), DWT comparators for PC, CYCCNT and data values, the PC sample that the core itself reads, DebugMonitor's stepping, the
 * MPU's checks, caches, ARMv8-M's Non-secure state.
 */
export function createCortexM(profile: CpuProfile, bus: CpuBus, hooks: CpuHooks, options: CortexMOptions = {}): Cpu {
  const tables = { decode: decoderOf(profile), scs: scsRegisters(profile), compile: compileLoop };
  return new CortexM(new Core(profile, tables, bus, hooks, { compileAfter: usual, ...options }));
}

class CortexM implements Cpu {
  private readonly core: Core;

  constructor(core: Core) {
    this.core = core;
  }

  get state(): CpuState {
    return MODE_NAMES[this.core.state.mode];
  }

  get cycles(): number {
    return this.core.state.cycles;
  }

  powerOn(): void {
    this.forget();
    resetPower(this.core.state, this.core.profile);
    this.core.trace = new TracePort();
    this.core.state.resetSticky = 1;
  }

  enterReset(): void {
    this.forget();
    resetSystem(this.core.state, this.core.profile);
    // "This bit clears on core reset" (Cortex-M3 TRM DDI 0337G, 10.2, DHCSR); only VC_CORERESET halts out of a reset.
    this.core.state.dhcsr &= ~C_HALT;
    this.core.state.resetSticky = 1;
  }

  leaveReset(): void {
    const { core } = this;
    if (core.state.mode !== MODE.reset) return;
    const loaded = loadVectors(core);
    const s = core.state;
    s.mode = core.executes ? MODE.running : MODE.sleeping;
    // A debugger that waits for the core gets it also where the vectors can't be read (lockup yields to debug state).
    if (debugEnabled(s) && s.demcr & VC_CORERESET) halt(core, DFSR_VCATCH);
    else if (debugEnabled(s) && s.dhcsr & C_HALT) halt(core, DFSR_HALTED);
    else if (!loaded) lockUp(core);
  }

  ppbRead(address: number, size: AccessSize, master: Master): number {
    return ppbRead(this.core, address, size, master);
  }

  ppbWrite(address: number, size: AccessSize, value: number, master: Master): number {
    return ppbWrite(this.core, address, size, value, master);
  }

  stall(cycles: number): void {
    this.core.sliceStart += cycles;
    this.core.state.cycles += cycles;
    attention(this.core);
  }

  setInterrupt(line: number, asserted: boolean): void {
    driveLine(this.core.state, line, asserted);
    attention(this.core);
  }

  signalEvent(): void {
    this.core.state.eventRegister = 1;
    attention(this.core);
  }

  run(cycles: number): number {
    return run(this.core, cycles);
  }

  invalidate(address: number, length: number): void {
    for (const region of this.core.regions) region.forgetRange(address, length);
  }

  save(): Uint8Array {
    return saveState(this.core);
  }

  restore(bytes: Uint8Array): void {
    restoreState(this.core, bytes);
    this.forget();
  }

  /** An instruction under way belongs to the state before and must not write its result. */
  private forget(): void {
    this.core.epoch++;
    this.core.decodeEpoch++;
    this.core.exceptionReturn = 0;
    this.core.catches = 0;
    this.core.watchHit = false;
    attention(this.core);
  }
}

/** TakeReset (ARMv7-M ARM B1.5.5): SP and PC from the vectors at 0; false when the bus refuses them. */
function loadVectors(core: Core): boolean {
  const s = core.state;
  const stack = fetchVector(core, 0);
  const entry = fetchVector(core, 4);
  if (stack < 0 || entry < 0) return false;
  s.r[13] = stack & ~3;
  s.r[14] = -1;
  s.r[15] = entry & ~1;
  s.thumb = entry & 1;
  return true;
}
