import { createCortexM } from "../../../../src/twin/cpu/cortex-m.ts";
import { MK24_CORE } from "../../../../src/twin/families/kinetis-ftfe/mk24-core.ts";
import type { CpuProfile } from "../../../../src/twin/cpu/profiles/profile.ts";
import { BUS_FAULT, type Cpu, type CpuBus, type CpuMemory } from "../../../../src/twin/cpu/seam.ts";

/** Flash at 0 and RAM at 0x20000000 around one core, with everything that left the core written down. */
export interface TestBoard {
  readonly cpu: Cpu;
  readonly flash: Uint8Array;
  readonly ram: Uint8Array;
  readonly resets: string[];
  readonly unknown: number[];
  /** Reads and writes that reached the bus. */
  readonly accesses: string[];
  read(address: number): number;
  write(address: number, value: number): void;
  register(selector: number): number;
  setRegister(selector: number, value: number): void;
  start(): void;
}

/** The SCS registers that tests name. */
export const DHCSR = 0xe000edf0;
export const DCRSR = 0xe000edf4;
export const DCRDR = 0xe000edf8;
export const DEMCR = 0xe000edfc;
export const DFSR = 0xe000ed30;
export const KEY = 0xa05f0000;

export function testBoard(
  options: {
    profile?: CpuProfile;
    before?: (flash: Uint8Array) => void;
    execute?: boolean;
    bus?: Partial<CpuBus>;
    onReset?: (cpu: Cpu) => void;
  } = {},
): TestBoard {
  const flash = new Uint8Array(0x4000).fill(0xff);
  const ram = new Uint8Array(0x8000);
  const memories: CpuMemory[] = [
    { base: 0, bytes: flash, writable: false, direct: true },
    { base: 0x20000000, bytes: ram, writable: true, direct: true },
  ];
  const resets: string[] = [];
  const unknown: number[] = [];
  const accesses: string[] = [];
  const bus: CpuBus = {
    memories,
    read: (address) => {
      accesses.push(`read ${address.toString(16)}`);
      return BUS_FAULT;
    },
    write: (address) => {
      accesses.push(`write ${address.toString(16)}`);
      return BUS_FAULT;
    },
    stableUntil: () => 0,
    ...options.bus,
  };
  const hooks = {
    resetRequested: (kind: string) => {
      resets.push(kind);
      options.onReset?.(cpu);
    },
    unimplemented: (opcode: number) => unknown.push(opcode),
  };
  const cpu = createCortexM(options.profile ?? MK24_CORE, bus, hooks, { execute: options.execute ?? true });
  const read = (address: number) => cpu.ppbRead(address, 4, "debug");
  const write = (address: number, value: number) => void cpu.ppbWrite(address, 4, value >>> 0, "debug");
  return {
    cpu, flash, ram, resets, unknown, accesses, read, write,
    register: (selector) => {
      write(DCRSR, selector);
      return read(DCRDR);
    },
    setRegister: (selector, value) => {
      write(DCRDR, value);
      write(DCRSR, 0x10000 | selector);
    },
    start: () => {
      cpu.powerOn();
      cpu.leaveReset();
    },
  }; // biome-ignore format: one line of names
}

/** A board whose core is halted by the reset catch, as every debugger's "reset and halt" leaves it. */
export function haltedBoard(options: Parameters<typeof testBoard>[0] = {}): TestBoard {
  const board = testBoard(options);
  options.before?.(board.flash);
  board.cpu.powerOn();
  board.write(DHCSR, KEY | 1);
  board.write(DEMCR, 0x01000001);
  board.cpu.leaveReset();
  return board;
}
