import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCortexM } from "../../../../src/twin/cpu/cortex-m.ts";
import { M4F } from "../../../../src/twin/cpu/profiles/v7m.ts";
import { BUS_FAULT, type Cpu, type CpuMemory } from "../../../../src/twin/cpu/seam.ts";
import { anyLoops, MAIN } from "./random-loops.ts";
import { DCRDR, DCRSR, DEMCR, DHCSR, KEY } from "./test-board.ts";

const RAM = 0x20000000;
const OTHER_RAM = 0x1fff8000;
const PERIPHERAL = 0x40000000;
/** Where programs stand in the flash, and in RAM. */
const CODE = 0x200;
const STACK = RAM + 0x1000;
const HANDLER = 0x1c0;
/** ldr r0, [sp, #24]; adds r0, #2; str r0, [sp, #24]; bx lr: goes on behind what faulted. */
const HANDLER_CODE = [0x9806, 0x3002, 0x9006, 0x4770];
const FP_CTRL = 0xe0002000;
const DWT_COMP0 = 0xe0001020;
const SYST_CSR = 0xe000e010;

interface Bench {
  readonly cpu: Cpu;
  readonly bytes: readonly Uint8Array[];
  /** Every access that left the core, with its cycle. */
  readonly log: string[];
  readonly start: number;
}

/** A board with a program in flash or RAM, and a chip whose registers do strange things to the core. */
function bench(code: readonly number[], inRam: boolean, compileAfter: number): Bench {
  const [flash, ram, other] = [0x800, 0x1000, 0x400].map((length) => new Uint8Array(length));
  const start = inRam ? RAM + CODE : CODE;
  const vectors = new DataView(flash.buffer);
  vectors.setUint32(0, STACK - 0x100, true);
  for (let n = 1; n < 102; n++) vectors.setUint32(4 * n, (n === 1 ? start + MAIN : HANDLER) | 1, true);
  HANDLER_CODE.forEach((half, n) => void vectors.setUint16(HANDLER + 2 * n, half, true));
  const program = new DataView((inRam ? ram : flash).buffer);
  code.forEach((half, n) => void program.setUint16(CODE + 2 * n, half, true));
  const memories: CpuMemory[] = [
    { base: 0, bytes: flash, writable: false, direct: true },
    { base: OTHER_RAM, bytes: other, writable: true, direct: true },
    { base: RAM, bytes: ram, writable: true, direct: true },
  ];
  const log: string[] = [];
  let reads = 0;
  const open = (address: number) =>
    memories.find(({ base, bytes }) => address >= base && address < base + bytes.length);
  const read = (address: number) => {
    log.push(`r${address.toString(16)} ${cpu.cycles}`);
    const memory = open(address);
    if (memory) return memory.bytes[address - memory.base];
    if (address === PERIPHERAL) return (cpu.cycles >> 9) & 3;
    return address === PERIPHERAL + 4 ? ++reads & 0xff : BUS_FAULT;
  };
  const write = (address: number, _size: number, value: number) => {
    log.push(`w${address.toString(16)} ${value} ${cpu.cycles}`);
    const act = acts[address];
    if (!act) return open(address) ? 0 : BUS_FAULT;
    act(value);
    return 0;
  };
  const acts: Record<number, (value: number) => void> = {
    [PERIPHERAL + 0x08]: (value) => cpu.setInterrupt(value & 15, (value & 16) !== 0),
    [PERIPHERAL + 0x0c]: (value) => cpu.stall(value & 63),
    [PERIPHERAL + 0x10]: (value) => {
      memories[value & 1 ? 0 : 1].direct = (value & 2) === 0;
    },
    [PERIPHERAL + 0x14]: (value) => {
      // The chip writes a nop or an addition into the program, and says so.
      const at = CODE + MAIN + 2 * (value & 15);
      program.setUint16(at, value & 32 ? 0xbf00 : 0x1c40, true);
      cpu.invalidate(start + MAIN + 2 * (value & 15), 2);
    },
    [PERIPHERAL + 0x18]: () => cpu.signalEvent(),
    [PERIPHERAL + 0x1c]: (value) => {
      if ((value & 0xff) !== 0x55) return;
      cpu.enterReset();
      cpu.leaveReset();
    },
  };
  const stableUntil = (address: number) => (address === PERIPHERAL ? ((cpu.cycles >> 9) + 1) << 9 : 0);
  const hooks = {
    resetRequested: (kind: string) => void log.push(kind),
    unimplemented: (opcode: number) => void log.push(`unknown ${opcode}`),
    refused: (address: number, pc: number) => void log.push(`refused ${address} ${pc}`),
  };
  const cpu: Cpu = createCortexM(M4F, { memories, read, write, stableUntil }, hooks, { compileAfter });
  cpu.powerOn();
  cpu.ppbWrite(DHCSR, 4, KEY | 1, "debug");
  cpu.ppbWrite(DEMCR, 4, 0x01000001, "debug");
  cpu.leaveReset();
  return { cpu, bytes: [flash, ram, other], log, start };
}

/** What a debugger does between two slices. */
type Act = { readonly kind: "run" | "step" | "break" | "watch" | "clear" | "patch" | "restore"; readonly at: number };

const anyAct: fc.Arbitrary<Act> = fc.record({
  kind: fc.oneof(
    { weight: 12, arbitrary: fc.constant("run" as const) },
    fc.constantFrom(
      "step" as const,
      "break" as const,
      "watch" as const,
      "clear" as const,
      "patch" as const,
      "restore" as const,
    ),
  ),
  at: fc.integer({ min: 0, max: 40 }),
});

function perform({ cpu, bytes, start }: Bench, { kind, at }: Act): void {
  const write = (address: number, value: number) => void cpu.ppbWrite(address, 4, value >>> 0, "debug");
  if (kind === "step") {
    write(DHCSR, KEY | 3);
    for (let n = 0; n < at; n++) {
      write(DHCSR, KEY | 5);
      cpu.run(1000);
    }
  } else if (kind === "break") {
    const address = start + MAIN + 2 * at;
    write(FP_CTRL + 8, (address & 0x1ffffffc) | (address & 2 ? 0x80000001 : 0x40000001));
    write(FP_CTRL, 3);
  } else if (kind === "watch") {
    write(DWT_COMP0, RAM + 0x100 + at);
    write(DWT_COMP0 + 4, at & 3);
    write(DWT_COMP0 + 8, 5 + (at % 3));
  } else if (kind === "clear") {
    write(FP_CTRL, 2);
    write(DWT_COMP0 + 8, 0);
  } else if (kind === "patch") {
    const program = start === CODE ? bytes[0] : bytes[1];
    program[CODE + MAIN + at] ^= 1;
    cpu.invalidate(start + MAIN + at, 1);
  } else if (kind === "restore") cpu.restore(cpu.save());
  write(DHCSR, KEY | 1);
}

/** Registers that programs use as bases. */
const BASES: readonly (readonly [number, number])[] = [
  [6, PERIPHERAL], [7, RAM + 0x100], [8, 0xe000e000], [9, OTHER_RAM], [10, 0xe0001000],
]; // biome-ignore format: a table

interface Scenario {
  readonly code: readonly number[];
  readonly inRam: boolean;
  readonly close: boolean;
  readonly tick: number;
  readonly slices: readonly (readonly [Act, number])[];
}

const anyScenario: fc.Arbitrary<Scenario> = fc.record({
  code: anyLoops,
  inRam: fc.boolean(),
  close: fc.boolean(),
  tick: fc.oneof(fc.constant(0), fc.integer({ min: 30, max: 3000 })),
  slices: fc.array(fc.tuple(anyAct, fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 100, max: 4000 }))), {
    minLength: 1,
    maxLength: 10,
  }),
});

/** All observable state of a core after each slice. */
function trace({ code, inRam, close, tick, slices }: Scenario, compileAfter: number): readonly unknown[] {
  const board = bench(code, inRam, compileAfter);
  const { cpu, bytes, log } = board;
  const write = (address: number, value: number) => void cpu.ppbWrite(address, 4, value >>> 0, "debug");
  write(0xe000ed88, 0x00f00000);
  write(0xe000e100, 0xffff);
  write(0xe000ed24, 0x70000);
  for (const [n, value] of BASES) {
    // A program in RAM that stores close to itself changes what is compiled.
    write(DCRDR, n === 7 && close ? RAM + CODE + MAIN + 0x10 : value);
    write(DCRSR, 0x10000 | n);
  }
  if (tick > 0) {
    write(SYST_CSR + 4, tick);
    write(SYST_CSR, 7);
  }
  return slices.map(([act, budget]) => {
    perform(board, act);
    const passed = cpu.run(budget);
    const memory = bytes.map((list) => Buffer.from(list).toString("base64"));
    return [passed, cpu.state, cpu.cycles, Buffer.from(cpu.save()).toString("hex"), memory, log.splice(0)];
  });
}

/** How many scenarios the random test compares; more of them by FLASHPROOF_CPU_RUNS. */
const RUNS = Number(process.env.FLASHPROOF_CPU_RUNS ?? 200);

describe("compiled loops", () => {
  it("leave the same registers, flags, memory, cycles, exceptions and accesses as the interpreter", () => {
    fc.assert(
      fc.property(anyScenario, fc.integer({ min: 1, max: 4 }), (scenario, after) => {
        expect(trace(scenario, after)).toEqual(trace(scenario, Number.POSITIVE_INFINITY));
      }),
      { numRuns: RUNS },
    );
  }, 600_000);
});
