import { describe, expect, it } from "vitest";
import { createCortexM } from "../../../../src/twin/cpu/cortex-m.ts";
import { decoderOf } from "../../../../src/twin/cpu/decode/instruction-set.ts";
import { isWide } from "../../../../src/twin/cpu/decode/decode16.ts";
import { HOT } from "../../../../src/twin/cpu/ops/hot-ops.ts";
import { M4F } from "../../../../src/twin/cpu/profiles/v7m.ts";
import { BUS_FAULT } from "../../../../src/twin/cpu/seam.ts";
import { DCRDR, DCRSR, DEMCR, DHCSR, KEY } from "./test-board.ts";

const RAM = 0x20000000;
const CODE = 0x200;
/** Encodings that are tried of each operation, more of them by FLASHPROOF_CPU_SAMPLES, and the cycles of a slice. */
const SAMPLES = Number(process.env.FLASHPROOF_CPU_SAMPLES ?? 3);
const CYCLES = 200;
/** Wide encodings that are drawn to find some of every operation. */
const DRAWS = 150_000;

/** A repeatable generator of 32-bit numbers. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

const random = generator(1);
const decode = decoderOf(M4F);

/** Up to SAMPLES encodings of each operation. */
function encodings(): ReadonlyMap<number, readonly (readonly number[])[]> {
  const found = new Map<number, number[][]>();
  const take = (code: readonly number[]) => {
    const { op } = decode(code[0], () => code[1], CODE, false);
    const list = found.get(op) ?? found.set(op, []).get(op)!;
    if (list.length < SAMPLES) list.push([...code]);
  };
  for (let n = 0; n < 0x10000; n++) {
    const half = (n * 0x9e3d) & 0xffff;
    if (!isWide(half)) take([half]);
  }
  take([0xea6f, 0x0001]); // mvn.w r0, r1: too rare to be drawn
  for (let n = 0; n < DRAWS; n++) take([[0xe800, 0xf000, 0xf800][n % 3] | (random() & 0x7ff), random() & 0xffff]);
  return found;
}

/** The state after some slices of a loop around one instruction. */
function trace(code: readonly number[], registers: readonly number[], compileAfter: number): unknown {
  const [flash, ram] = [new Uint8Array(0x400), new Uint8Array(0x1000)];
  const view = new DataView(flash.buffer);
  view.setUint32(0, RAM + 0x800, true);
  for (let n = 1; n < 64; n++) view.setUint32(4 * n, (n === 1 ? CODE : 0x1c0) | 1, true);
  view.setUint16(0x1c0, 0xe7fe, true); // every handler stays
  [...code, 0xe000 | (-(code.length + 2) & 0x7ff)].forEach((half, n) => void view.setUint16(CODE + 2 * n, half, true));
  for (let n = 0; n < ram.length; n++) ram[n] = n * 7;
  const memories = [
    { base: 0, bytes: flash, writable: false, direct: true },
    { base: RAM, bytes: ram, writable: true, direct: true },
  ];
  const bus = { memories, read: () => BUS_FAULT, write: () => BUS_FAULT, stableUntil: () => 0 };
  const hooks = { resetRequested: () => {}, unimplemented: () => {} };
  // A poll would be let pass and never compiled.
  const cpu = createCortexM(M4F, bus, hooks, { compileAfter, skipPolls: false });
  const write = (address: number, value: number) => void cpu.ppbWrite(address, 4, value >>> 0, "debug");
  cpu.powerOn();
  write(DHCSR, KEY | 1);
  write(DEMCR, 0x01000001);
  cpu.leaveReset();
  write(0xe000ed88, 0x00f00000);
  for (const [n, value] of registers.entries()) {
    write(DCRDR, value);
    write(DCRSR, 0x10000 | n);
  }
  write(DHCSR, KEY | 1);
  return [1, CYCLES, 7, 1, CYCLES].map((budget) => [
    cpu.run(budget),
    Buffer.from(cpu.save()).toString("hex"),
    Buffer.from(ram).toString("base64"),
  ]);
}

/** R0 to R14, flags: addresses in RAM that are multiples of four, small numbers and any. */
const anyRegisters = (): readonly number[] => [
  ...Array.from({ length: 13 }, () => [RAM + 0x400 + (random() & 0x3fc), random() & 0x1f, random()][random() % 3]),
  RAM + 0x700,
  (CODE + 4) | 1,
  CODE,
  0x01000000 | (random() & 0xf0000000),
];

describe("compiled operations", () => {
  const all = encodings();

  it("are tried with encodings of every operation that the interpreter has inline", () => {
    const missing = Object.entries(HOT).filter(([, op]) => !all.has(op));
    expect(missing.map(([name]) => name)).toEqual(["UNDECODED", "LOOP", "BACK"]);
  });

  const names = Object.keys(HOT);
  const named = [...all].map(([op, list]) => [names[op] ?? `helper ${op}`, list] as const);

  it.each(named)("%s leaves the same state compiled as interpreted", (_name, list) => {
    for (const code of list) {
      for (let n = 0; n < 2; n++) {
        const registers = anyRegisters();
        const known = [code.map((half) => half.toString(16)), registers];
        expect([known, trace(code, registers, 1)]).toEqual([known, trace(code, registers, Number.POSITIVE_INFINITY)]);
      }
    }
  });
});
