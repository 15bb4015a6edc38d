import { createCortexM } from "../../../src/twin/cpu/cortex-m.ts";
import { type CpuProfile, isMain } from "../../../src/twin/cpu/profiles/profile.ts";
import type { Cpu, CpuMemory } from "../../../src/twin/cpu/seam.ts";
import { CODE_AT, encodeVectors, type Result, SCRATCH_AT, STACK_AT, type Vector } from "./vector.ts";

const DHCSR = 0xe000edf0;
const HANDLER = 0x100;
const BKPT = 0xbe00;
const RAM = 0x20000000;
/** Offset of the code in a vector. */
const CODE_OFFSET = 264;
const CODE_BYTES = 56;
/** Enough for any vector, and an end for those that would loop. */
const CYCLES = 2000;

/** DCRSR's selectors. */
const SELECT = { lr: 14, pc: 15, xpsr: 16, psp: 18, masks: 20, psplim: 0x1d, fpscr: 33, floats: 64 } as const;

/** The twin's counterpart of the QEMU harness: the same memories, and a BKPT as handler of everything. */
export class TwinHarness {
  private readonly low = new Uint8Array(0x1000);
  private readonly ram = new Uint8Array(0x4000);
  private readonly view = new DataView(this.ram.buffer);
  private readonly profile: CpuProfile;
  readonly unknown: string[] = [];
  private readonly cpu: Cpu;

  constructor(profile: CpuProfile) {
    this.profile = profile;
    const memories: CpuMemory[] = [
      { base: 0, bytes: this.low, writable: true, direct: true },
      { base: RAM, bytes: this.ram, writable: true, direct: true },
    ];
    const bus = { memories, read: () => -1, write: () => -1, stableUntil: () => 0 };
    const hooks = {
      resetRequested: (kind: string) => void this.unknown.push(kind),
      unimplemented: (opcode: number, pc: number) =>
        void this.unknown.push(`${opcode.toString(16)} at ${pc.toString(16)}`),
    };
    const view = new DataView(this.low.buffer);
    for (let n = 1; n < 16; n++) view.setUint32(4 * n, HANDLER + 1, true);
    view.setUint32(0, RAM + 0x3f00, true);
    view.setUint16(HANDLER, BKPT, true);
    this.cpu = createCortexM(profile, bus, hooks);
  }

  private write(address: number, value: number): void {
    this.cpu.ppbWrite(address, 4, value >>> 0, "debug");
  }

  private read(address: number): number {
    return this.cpu.ppbRead(address, 4, "debug");
  }

  private setRegister(selector: number, value: number): void {
    this.write(0xe000edf8, value);
    this.write(0xe000edf4, 0x10000 | selector);
  }

  private register(selector: number): number {
    this.write(0xe000edf4, selector);
    return this.read(0xe000edf8);
  }

  private start(): void {
    this.cpu.powerOn();
    this.write(DHCSR, 0xa05f0001);
    this.write(0xe000edfc, 0x01000001);
    this.cpu.leaveReset();
    this.write(0xe000ed88, 0x00f00000);
    this.write(0xe000ef34, 0);
    this.write(0xe000ed24, 0x70000);
  }

  private load(vector: Vector): void {
    for (const at of [STACK_AT, SCRATCH_AT]) this.ram.fill(0, at - RAM - 1024, at - RAM + 1024);
    this.ram.set(vector.scratch, SCRATCH_AT - RAM);
    this.pushFrame(vector);
    const code = encodeVectors([vector]).subarray(CODE_OFFSET, CODE_OFFSET + CODE_BYTES);
    this.ram.set(code, CODE_AT - RAM);
    this.cpu.invalidate(CODE_AT, CODE_BYTES);
    this.setRegister(SELECT.masks, 0x02000000);
    for (const [n, value] of vector.r.entries()) this.setRegister(n, value);
    this.setRegister(SELECT.psp, vector.psp);
    this.setRegister(SELECT.psplim, vector.psplim);
    this.setRegister(SELECT.lr, vector.lr);
    this.setRegister(SELECT.pc, CODE_AT);
    this.setRegister(SELECT.xpsr, vector.xpsr);
    this.setRegister(SELECT.fpscr, vector.fpscr);
    for (const [n, value] of vector.floats.entries()) this.setRegister(SELECT.floats + n, value);
  }

  /** What the harness's exception return leaves below the stack, where a vector may find it. */
  private pushFrame(vector: Vector): void {
    const { r, lr, xpsr } = vector;
    const frame = [...r.slice(0, 4), r[12], lr, CODE_AT, xpsr];
    for (const [n, value] of frame.entries()) this.view.setUint32(vector.psp - 32 + 4 * n - RAM, value, true);
  }

  /** Runs one vector and answers what the harness would have stored. */
  run(vector: Vector): Result {
    this.start();
    this.load(vector);
    this.write(DHCSR, 0xa05f0001);
    this.cpu.run(CYCLES);
    if (this.cpu.state !== "halted") this.write(DHCSR, 0xa05f0003);
    return this.result();
  }

  private stacked(frame: number, n: number): number {
    const at = frame - RAM + 4 * n;
    return at >= 0 && at + 4 <= this.ram.length ? this.view.getUint32(at, true) : 0;
  }

  /** CONTROL is a handler's: SPSEL and FPCA are 0 there. */
  private result(): Result {
    const frame = this.register(SELECT.psp);
    const xpsr = this.stacked(frame, 7);
    const main = isMain(this.profile);
    return {
      r: Array.from({ length: 13 }, (_, n) => {
        if (n < 4) return this.stacked(frame, n);
        return n === 12 ? this.stacked(frame, 4) : this.register(n);
      }),
      psp: frame + 32 + (xpsr & 0x200 ? 4 : 0),
      lr: this.stacked(frame, 5),
      pc: (this.stacked(frame, 6) - CODE_AT) | 0,
      xpsr: (xpsr & ~0x200) >>> 0,
      fpscr: this.register(SELECT.fpscr),
      floats: Array.from({ length: 32 }, (_, n) => this.register(SELECT.floats + n)),
      scratch: this.ram.slice(SCRATCH_AT - RAM, SCRATCH_AT - RAM + 64),
      cfsr: this.read(0xe000ed28),
      exception: this.register(SELECT.xpsr) & 0x1ff,
      masks: this.register(SELECT.masks),
      hfsr: this.read(0xe000ed2c),
      bfar: main ? this.read(0xe000ed38) : 0,
    };
  }
}
