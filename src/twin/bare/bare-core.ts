import type { u32 } from "../../base/u32.ts";
import { createCortexM } from "../cpu/cortex-m.ts";
import { CPU_PROFILES } from "../cpu/profiles/list.ts";
import type { CoreType } from "../cpu/profiles/profile.ts";
import type { Cpu, CpuMemory } from "../cpu/seam.ts";
import { decoderOf } from "../cpu/decode/instruction-set.ts";
import { UNDEFINED, UNIMPLEMENTED } from "../cpu/ops/ops-system.ts";
import { type BareAccess, BareBus, type BareFlash } from "./bare-bus.ts";

export type { BareAccess, BareFlash } from "./bare-bus.ts";

/** A range of RAM, whole words. */
export interface BareRam {
  readonly start: u32;
  readonly length: number;
}

/** A call of a function on the bare core. */
export interface BareCall {
  /** The function's first instruction. */
  readonly pc: u32;
  readonly args: readonly u32[];
  /** R9, and SP. */
  readonly staticBase: u32;
  readonly stack: u32;
  /** Where the function returns to: a BKPT in RAM. */
  readonly returnTo: u32;
  /** After how many cycles it is ended. */
  readonly cycles: number;
}

/** How a call ended, and what it did outside of RAM. */
export interface BareEnd {
  /**
   * `returned`; `limit`: it ran on after its cycles; `fault`: an exception for which there is no handler; `breakpoint`: a
   * BKPT of its own; `undefined`: an encoding that the core lacks; `left`: it ran code outside of RAM; `reset`: it asked
   * for a reset; `asleep`: it waits for an interrupt.
   */
  readonly how: "returned" | "limit" | "fault" | "breakpoint" | "undefined" | "left" | "reset" | "asleep";
  /** R0. */
  readonly result: u32;
  readonly pc: u32;
  readonly staticBase: u32;
  readonly stack: u32;
  readonly accesses: readonly BareAccess[];
  /** Accesses beyond those that are kept. */
  readonly more: number;
}

const [DFSR, DHCSR, DCRSR, DCRDR, DEMCR] = [0xe000ed30, 0xe000edf0, 0xe000edf4, 0xe000edf8, 0xe000edfc];
/** DBGKEY with C_DEBUGEN and C_HALT; C_MASKINTS, since nothing here answers an interrupt. */
const [HALT, RUN] = [0xa05f0003, 0xa05f0009];
/** TRCENA, and all vector catches. */
const CATCH_ALL = 0x010007f1;
const DFSR_ALL = 0x1f;
const DFSR_BKPT = 0x2;
/** DCRSR: REGWnR, and the selectors of xPSR and MSP. */
const [WRITE, XPSR, MSP] = [0x10000, 16, 17];
const THUMB = 0x01000000;
const [SP, LR, PC, R9] = [13, 14, 15, 9];
/** A slice: after each one PC has to be in RAM still. */
const SLICE = 2_000;

/** A core with RAM and nothing else around it, whose functions are called one at a time. It knows no time but cycles. */
export class BareCore {
  private readonly bus: BareBus;
  private readonly cpu: Cpu;
  private readonly decode;
  private wasReset = false;
  private unknown = false;

  constructor(core: CoreType, ram: readonly BareRam[], flash?: BareFlash) {
    const memories = ram.map(({ start, length }): CpuMemory => {
      return { base: start, bytes: new Uint8Array(length), writable: true, direct: true };
    });
    this.bus = new BareBus(memories, flash);
    const profile = CPU_PROFILES[core];
    this.decode = decoderOf(profile);
    const hooks = {
      resetRequested: () => {
        this.wasReset = true;
        this.write32(DHCSR, HALT);
      },
      unimplemented: () => {
        this.unknown = true;
        this.write32(DHCSR, HALT);
      },
    };
    this.cpu = createCortexM(profile, this.bus, hooks, { skipPolls: false });
    this.cpu.powerOn();
    this.write32(DHCSR, HALT);
    this.write32(DEMCR, CATCH_ALL);
    this.cpu.leaveReset();
  }

  /** Bytes of RAM; throws `RangeError` outside of it. */
  read(address: u32, length: number): Uint8Array {
    const { memory, offset } = this.at(address, length);
    return memory.bytes.slice(offset, offset + length);
  }

  /** Puts bytes into RAM; throws `RangeError` outside of it. */
  write(address: u32, bytes: Uint8Array): void {
    const { memory, offset } = this.at(address, bytes.length);
    memory.bytes.set(bytes, offset);
    this.cpu.invalidate(address, bytes.length);
  }

  /** Whether the instruction at an address of RAM is one that the core has. */
  decodes(address: u32): boolean {
    const half = (at: u32) => {
      const [low, high] = this.read(at, 2);
      return low | (high << 8);
    };
    try {
      const { op } = this.decode(half(address), () => half(address + 2), address, false);
      return op !== UNDEFINED && op !== UNIMPLEMENTED;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

  /** Calls a function with interrupts masked, and runs it to its end or its limit. */
  call({ pc, args, staticBase, stack, returnTo, cycles }: BareCall): BareEnd {
    this.wasReset = false;
    this.unknown = false;
    this.bus.take();
    this.write32(DHCSR, HALT);
    this.write32(DFSR, DFSR_ALL);
    for (const [n, value] of args.entries()) this.setRegister(n, value);
    this.setRegister(R9, staticBase);
    this.setRegister(XPSR, THUMB);
    this.setRegister(MSP, stack);
    this.setRegister(LR, returnTo | 1);
    this.setRegister(PC, pc);
    this.write32(DHCSR, RUN);
    const how = this.run(cycles, returnTo);
    this.write32(DHCSR, HALT);
    const [result, at, base, sp] = [0, PC, R9, SP].map((n) => this.register(n));
    return { how, result, pc: at, staticBase: base, stack: sp, ...this.bus.take() };
  }

  private run(cycles: number, returnTo: u32): BareEnd["how"] {
    for (let left = cycles; left > 0; ) {
      const passed = this.cpu.run(Math.min(SLICE, left));
      left -= passed;
      if (this.wasReset) return "reset";
      if (this.unknown) return "undefined";
      if (this.cpu.state === "lockup") return "fault";
      if (this.cpu.state === "halted") return this.halted(returnTo);
      if (this.cpu.state === "sleeping") return "asleep";
      if (passed === 0) return "limit";
      if (!this.isRam(this.programCounter())) return "left";
    }
    return "limit";
  }

  private halted(returnTo: u32): BareEnd["how"] {
    if ((this.cpu.ppbRead(DFSR, 4, "debug") & DFSR_BKPT) === 0) return "fault";
    return this.register(PC) === returnTo ? "returned" : "breakpoint";
  }

  /** PC of a core that runs: it is stopped for that, and runs on. */
  private programCounter(): u32 {
    this.write32(DHCSR, HALT);
    const pc = this.register(PC);
    this.write32(DFSR, DFSR_ALL);
    this.write32(DHCSR, RUN);
    return pc;
  }

  private isRam = (address: u32): boolean =>
    this.bus.memories.some(({ base, bytes }) => address >= base && address - base < bytes.length);

  private at(address: u32, length: number) {
    const memory = this.bus.memories.find(
      ({ base, bytes }) => address >= base && address + length <= base + bytes.length,
    );
    if (!memory) throw new RangeError("outside of the bare core's RAM");
    return { memory, offset: address - memory.base };
  }

  private register(selector: number): u32 {
    this.write32(DCRSR, selector);
    return this.cpu.ppbRead(DCRDR, 4, "debug") >>> 0;
  }

  private setRegister(selector: number, value: u32): void {
    this.write32(DCRDR, value >>> 0);
    this.write32(DCRSR, WRITE | selector);
  }

  private write32(address: u32, value: u32): void {
    this.cpu.ppbWrite(address, 4, value, "debug");
  }
}
