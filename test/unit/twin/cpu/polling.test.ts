import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCortexM } from "../../../../src/twin/cpu/cortex-m.ts";
import { M4F } from "../../../../src/twin/cpu/profiles/v7m.ts";
import { BUS_FAULT, type Cpu } from "../../../../src/twin/cpu/seam.ts";

const RAM = 0x20000000;
/** A register that changes at known cycles and stands still between them. */
const STABLE = 0x40000000;
/** A register that counts its reads. */
const COUNTER = 0x40000004;
const STACK = RAM + 0x1000;
const START = 0x200;
const BKPT = 0xbe00;
const SYST_CSR = 0xe000e010;
const DHCSR = 0xe000edf0;

/** A core whose R6 points at the registers and whose R7 points at RAM. */
interface Bench {
  readonly cpu: Cpu;
  readonly flash: Uint8Array;
  readonly ram: Uint8Array;
  /** Reads that reached each register. */
  readonly reads: Map<number, number>;
}

function bench(code: readonly number[], changes: readonly number[], skipPolls: boolean): Bench {
  const flash = new Uint8Array(0x400).fill(0xff);
  const ram = new Uint8Array(0x1000);
  const view = new DataView(flash.buffer);
  view.setUint32(0, STACK, true);
  for (let n = 1; n < 102; n++) view.setUint32(4 * n, (n === 1 ? START : 0x1c0) | 1, true);
  view.setUint16(0x1c0, 0x4770, true); // every handler: bx lr
  // movs r6, #1; lsls r6, #30; movs r7, #1; lsls r7, #29
  [0x2601, 0x07b6, 0x2701, 0x077f, ...code, BKPT].forEach((half, n) => void view.setUint16(START + 2 * n, half, true));
  const reads = new Map<number, number>();
  const past = () => changes.filter((at) => at <= cpu.cycles).length;
  const read = (address: number) => {
    reads.set(address, (reads.get(address) ?? 0) + 1);
    if (address === STABLE) return [0, 0x80, 1, 0xff][past() % 4];
    return address === COUNTER ? reads.get(address)! & 0xff : BUS_FAULT;
  };
  const memories = [
    { base: 0, bytes: flash, writable: false, direct: true },
    { base: RAM, bytes: ram, writable: true, direct: true },
  ];
  const stableUntil = (address: number) =>
    address === STABLE ? (changes.find((at) => at > cpu.cycles) ?? Number.POSITIVE_INFINITY) : 0;
  const hooks = { resetRequested: () => {}, unimplemented: () => {} };
  const cpu: Cpu = createCortexM(M4F, { memories, read, write: () => 0, stableUntil }, hooks, { skipPolls });
  cpu.powerOn();
  cpu.leaveReset();
  return { cpu, flash, ram, reads };
}

/** With a debugger attached: its BKPT halts. */
function halting(cpu: Cpu): Cpu {
  cpu.ppbWrite(DHCSR, 4, 0xa05f0001, "debug");
  return cpu;
}

/** ldrb r0, [r6]; sxtb r0, r0; cmp r0, #0; bge back: how a compiler waits for CCIF. */
const WAIT_FOR_CCIF = [0x7830, 0xb240, 0x2800, 0xdafb];
/** ldr r0, [r7]; cmp r0, #0; beq back: how a loader waits for its mailbox. */
const WAIT_FOR_MAIL = [0x6838, 0x2800, 0xd0fc];
/** b . */
const STAND_STILL = [0xe7fe];

const reg = fc.integer({ min: 0, max: 3 });
const pair = fc.tuple(reg, reg);
/** Thumb instructions over R0 to R3, most of them quiet; R6 and R7 are bases. */
const anyInstruction = fc.oneof(
  reg.map((d) => 0x7830 | d), // ldrb rd, [r6]
  reg.map((d) => 0x6830 | d), // ldr rd, [r6]
  reg.map((d) => 0x6838 | d), // ldr rd, [r7]
  fc.constantFrom(0x6870, 0x7930), // ldr r0, [r6, #4]; ldrb r0, [r6, #4]: the counter
  fc.tuple(reg, fc.integer({ min: 0, max: 255 })).map(([d, imm]) => 0x2000 | (d << 8) | imm), // movs
  fc.tuple(reg, fc.integer({ min: 0, max: 255 })).map(([d, imm]) => 0x2800 | (d << 8) | imm), // cmp
  pair.map(([d, m]) => 0x4200 | (m << 3) | d), // tst
  pair.map(([d, m]) => 0x4000 | (m << 3) | d), // ands
  pair.map(([d, m]) => 0x4040 | (m << 3) | d), // eors
  pair.map(([d, m]) => 0x0600 | (m << 3) | d), // lsls rd, rm, #24
  pair.map(([d, m]) => 0xb240 | (m << 3) | d), // sxtb
  pair.map(([d, m]) => 0xb2c0 | (m << 3) | d), // uxtb
  pair.map(([d, m]) => 0x1c40 | (m << 3) | d), // adds rd, rm, #1
  pair.map(([d, m]) => 0x4140 | (m << 3) | d), // adcs
  reg.map((d) => 0x6038 | d), // str rd, [r7]
  fc.constantFrom(0xbf00, 0x4480, 0x46c0), // nop; add r8, r0; mov r8, r8
  fc.constant(0xd001), // beq over the next one
);

interface Program {
  readonly code: number[];
  readonly changes: number[];
  readonly budgets: number[];
  readonly tick: number;
}

const anyProgram: fc.Arbitrary<Program> = fc.record({
  code: fc
    .tuple(fc.array(anyInstruction, { maxLength: 6 }), fc.integer({ min: 0, max: 14 }))
    .map(([body, condition]) => [...body, backBranch(condition, body.length)]),
  changes: fc
    .array(fc.integer({ min: 1, max: 4000 }), { maxLength: 6 })
    .map((list) => [...new Set(list)].sort((a, b) => a - b)),
  budgets: fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 6 }),
  tick: fc.oneof(fc.constant(0), fc.integer({ min: 20, max: 2000 })),
});

/** b<condition> to `length` halfwords before itself; 14 is always. */
const backBranch = (condition: number, length: number): number =>
  condition === 14 ? 0xe000 | ((-length - 2) & 0x7ff) : 0xd000 | (condition << 8) | ((-length - 2) & 0xff);

/** All observable state of a core after each step of time. */
function trace({ code, changes, budgets, tick }: Program, skipPolls: boolean): unknown {
  const { cpu, ram, reads } = bench(code, changes, skipPolls);
  if (tick > 0) {
    cpu.ppbWrite(SYST_CSR + 4, 4, tick, "debug");
    cpu.ppbWrite(SYST_CSR, 4, 7, "debug");
  }
  const states = budgets.map((budget) => [
    cpu.run(budget),
    cpu.state,
    cpu.cycles,
    Buffer.from(cpu.save()).toString("hex"),
  ]);
  return [states, Buffer.from(ram).toString("hex"), reads.get(COUNTER)];
}

describe("poll loop", () => {
  it("lasts as long and ends the same with executed and with skipped rounds", () => {
    fc.assert(
      fc.property(anyProgram, (program) => {
        expect(trace(program, true)).toEqual(trace(program, false));
      }),
      { numRuns: 600 },
    );
  });

  it("ends in the cycle in which its register changes", () => {
    for (let at = 5000; at < 5020; at++) {
      const [quick, slow] = [true, false].map((skip) => {
        const { cpu } = bench(WAIT_FOR_CCIF, [at], skip);
        halting(cpu).run(10_000);
        return cpu.cycles;
      });
      expect(quick).toBe(slow);
      expect(quick).toBeGreaterThanOrEqual(at);
      expect(quick).toBeLessThan(at + 20);
    }
  });

  it("costs a few reads of a register that does not change, however long it takes", () => {
    const { cpu, reads } = bench(WAIT_FOR_CCIF, [5_000_000], true);
    cpu.run(4_000_000);
    expect(cpu.cycles).toBeGreaterThanOrEqual(4_000_000);
    expect(reads.get(STABLE)).toBeLessThan(10);
  });

  it("is skipped when it reads memory or nothing", () => {
    for (const code of [WAIT_FOR_MAIL, STAND_STILL]) {
      const { cpu } = bench(code, [], true);
      const before = process.cpuUsage();
      cpu.run(20_000_000_000);
      const { user } = process.cpuUsage(before);
      expect(cpu.cycles).toBeGreaterThanOrEqual(20_000_000_000);
      // Executed, it would be minutes.
      expect(user / 1e6).toBeLessThan(10);
    }
  });

  it("is executed when reading changes its register", () => {
    // ldrb r0, [r6, #4]; cmp r0, #200; bne back
    const { cpu, reads } = bench([0x7930, 0x28c8, 0xd1fc], [], true);
    cpu.run(1_000_000);
    expect(reads.get(COUNTER)).toBe(200);
  });

  it("runs the new code when its code is overwritten", () => {
    const { cpu, flash } = bench(WAIT_FOR_MAIL, [], true);
    halting(cpu).run(10_000);
    expect(cpu.state).toBe("running");
    const compare = START + 8 + 2;
    flash[compare] = 1; // cmp r0, #1
    cpu.invalidate(compare, 1);
    cpu.run(100);
    expect(cpu.state).toBe("halted");
  });
});
