import { createCortexM4 } from "../../../src/twin/cpu/cortex-m4.ts";
import type { Cpu, CpuMemory } from "../../../src/twin/cpu/seam.ts";
import { codeAddress, encodeVectors, type Result, SCRATCH_AT, STACK_AT, type Vector, VECTORS_AT } from "./vector.ts";

const DHCSR = 0xe000edf0;
const HANDLER = 0x100;
const BKPT = 0xbe00;
/** Offset of the code in a vector. */
const SLOT = 264;
/** Enough for any vector, and an end for those that would loop. */
const CYCLES = 2000;

/** The twin's counterpart of the QEMU harness: the same memories, and a BKPT as handler of everything. */
export class TwinHarness {
  private readonly low = new Uint8Array(0x1000);
  private readonly ram = new Uint8Array(0x40000);
  private readonly slots = new Uint8Array(0x800000);
  readonly unknown: string[] = [];
  private readonly cpu: Cpu;

  constructor() {
    const memories: CpuMemory[] = [
      { base: 0, bytes: this.low, writable: true, direct: true },
      { base: 0x20000000, bytes: this.ram, writable: true, direct: true },
      { base: VECTORS_AT, bytes: this.slots, writable: true, direct: true },
    ];
    const bus = { memories, read: () => -1, write: () => -1, stableUntil: () => 0 };
    const hooks = {
      resetRequested: (kind: string) => void this.unknown.push(kind),
      unimplemented: (opcode: number, pc: number) =>
        void this.unknown.push(`${opcode.toString(16)} at ${pc.toString(16)}`),
    };
    const view = new DataView(this.low.buffer);
    for (let n = 1; n < 16; n++) view.setUint32(4 * n, HANDLER + 1, true);
    view.setUint32(0, 0x20040000, true);
    view.setUint16(HANDLER, BKPT, true);
    this.cpu = createCortexM4(bus, hooks);
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

  private load(vector: Vector, index: number): void {
    for (const at of [STACK_AT, SCRATCH_AT]) this.ram.fill(0, at - 0x20000000 - 1024, at - 0x20000000 + 1024);
    this.ram.set(vector.scratch, SCRATCH_AT - 0x20000000);
    this.pushFrame(vector, index);
    this.slots.set(encodeVectors([vector]).subarray(64), codeAddress(index) - SLOT - VECTORS_AT);
    this.cpu.invalidate(codeAddress(index), 64);
    this.setRegister(20, 0x02000000);
    for (const [n, value] of vector.r.entries()) this.setRegister(n, value);
    this.setRegister(18, vector.psp);
    this.setRegister(14, vector.lr);
    this.setRegister(15, codeAddress(index));
    this.setRegister(16, vector.xpsr);
    this.setRegister(33, vector.fpscr);
    for (const [n, value] of vector.floats.entries()) this.setRegister(64 + n, value);
  }

  /** What the harness's exception return leaves below the stack, where a vector may find it. */
  private pushFrame(vector: Vector, index: number): void {
    const view = new DataView(this.ram.buffer);
    const { r, lr, xpsr } = vector;
    const frame = [...r.slice(0, 4), r[12], lr, codeAddress(index), xpsr];
    for (const [n, value] of frame.entries()) view.setUint32(vector.psp - 32 + 4 * n - 0x20000000, value, true);
  }

  /** Runs one vector, as number `index` of its batch, and answers what the harness would have stored. */
  run(vector: Vector, index: number): Result {
    this.start();
    this.load(vector, index);
    this.write(DHCSR, 0xa05f0001);
    this.cpu.run(CYCLES);
    if (this.cpu.state !== "halted") this.write(DHCSR, 0xa05f0003);
    return this.result(index);
  }

  private result(index: number): Result {
    const frame = this.register(18);
    const view = new DataView(this.ram.buffer);
    const inRam = frame - 0x20000000 >= 0 && frame - 0x20000000 + 32 <= this.ram.length;
    const stacked = (n: number) => (inRam ? view.getUint32(frame - 0x20000000 + 4 * n, true) : 0);
    const xpsr = stacked(7);
    const scratchAt = SCRATCH_AT - 0x20000000;
    return {
      r: Array.from({ length: 13 }, (_, n) => (n < 4 ? stacked(n) : n === 12 ? stacked(4) : this.register(n))),
      psp: frame + 32 + (xpsr & 0x200 ? 4 : 0),
      lr: stacked(5),
      pc: (stacked(6) - codeAddress(index)) | 0,
      xpsr: (xpsr & ~0x200) >>> 0,
      fpscr: this.register(33),
      floats: Array.from({ length: 32 }, (_, n) => this.register(64 + n)),
      scratch: this.ram.slice(scratchAt, scratchAt + 64),
      cfsr: this.read(0xe000ed28),
      exception: this.register(16) & 0x1ff,
    };
  }
}
