import type { Core } from "../core.ts";
import { readDhcsr, writeDcrsr, writeDemcr, writeDhcsr } from "../debug/debug.ts";
import { advanceCyccnt } from "../debug/dwt.ts";
import { readPriorities, writePriorities } from "./nvic.ts";
import type { State } from "../state.ts";
import {
  CFSR_MASK,
  HFSR_MASK,
  readAircr,
  readIcsr,
  readShcsr,
  writeAircr,
  writeIcsr,
  writeShcsr,
  writeStir,
} from "./system-control.ts";

/** Who makes an access: the core's own instructions, or the debugger through the AHB-AP. */
export type Master = "core" | "debug";

/** One word register of the system control space. What it cannot do is absent. */
export interface ScsRegister {
  readonly read?: (core: Core, master: Master) => number;
  readonly write?: (core: Core, value: number) => void;
  /** Only the debugger reaches `write`. */
  readonly debugOnly?: true;
  /** A narrow write must not bring back the bytes beside it: ones clear, or a key is needed. */
  readonly strobes?: true;
}

type WordField = {
  [K in keyof State]: State[K] extends number ? K : never;
}[keyof State];

const constant = (value: number): ScsRegister => ({ read: () => value });

const field = (name: WordField, mask: number): ScsRegister => ({
  read: ({ state }) => (state[name] as number) >>> 0,
  write: ({ state }, value) => {
    (state as unknown as Record<WordField, number>)[name] = (value & mask) >>> 0;
  },
});

/** Status bits that a written 1 clears. */
const onesClear = (name: WordField, mask: number): ScsRegister => ({
  ...field(name, mask),
  write: ({ state }, value) => {
    (state as unknown as Record<WordField, number>)[name] = ((state[name] as number) & ~(value & mask)) >>> 0;
  },
  strobes: true,
});

const priorities = (first: number): ScsRegister => ({
  read: ({ state }) => readPriorities(state, first),
  write: ({ state }, value) => {
    writePriorities(state, first, value);
    if (first === 4) state.priority[7] = 0;
  },
});

/** SHPR2: only SVCall's byte exists; SHPR3: DebugMonitor, PendSV, SysTick. */
const systemPriorities = (first: number, mask: number): ScsRegister => ({
  read: ({ state }) => readPriorities(state, first),
  write: ({ state }, value) => writePriorities(state, first, value & mask),
});

/** CPACR: CP10 and CP11 go together here; the other coprocessors do not exist. */
const CPACR_MASK = 0x00f00000;

/**
 * The system control space by address: values of a Cortex-M4 r0p1 with FPU, without MPU (ARMv7-M ARM B3.2 and B4;
 * ID registers from the Cortex-M4 TRM, table 4-1; ISAR0 and MMFR0 unsure).
 */
export const SCS_REGISTERS: ReadonlyMap<number, ScsRegister> = new Map<number, ScsRegister>([
  [0xe000e004, constant(2)],
  [0xe000ed00, constant(0x410fc241)],
  [0xe000ed04, { read: ({ state }) => readIcsr(state), write: ({ state }, v) => writeIcsr(state, v), strobes: true }],
  [0xe000ed08, field("vtor", 0xffffff80)],
  [0xe000ed0c, { read: ({ state }) => readAircr(state), write: writeAircr, strobes: true }],
  [0xe000ed10, field("scr", 0x16)],
  [0xe000ed14, field("ccr", 0x31b)],
  [0xe000ed18, priorities(4)],
  [0xe000ed1c, systemPriorities(8, 0xff000000)],
  [0xe000ed20, systemPriorities(12, 0xffff00ff)],
  [0xe000ed24, { read: ({ state }) => readShcsr(state), write: ({ state }, v) => writeShcsr(state, v) }],
  [0xe000ed28, onesClear("cfsr", CFSR_MASK)],
  [0xe000ed2c, onesClear("hfsr", HFSR_MASK)],
  [0xe000ed30, onesClear("dfsr", 0x1f)],
  [0xe000ed34, field("mmfar", 0xffffffff)],
  [0xe000ed38, field("bfar", 0xffffffff)],
  [0xe000ed40, constant(0x00000030)],
  [0xe000ed44, constant(0x00000200)],
  [0xe000ed48, constant(0x00100000)],
  [0xe000ed50, constant(0x00100030)],
  [0xe000ed58, constant(0x01000000)],
  [0xe000ed60, constant(0x01141110)],
  [0xe000ed64, constant(0x02112000)],
  [0xe000ed68, constant(0x21232231)],
  [0xe000ed6c, constant(0x01111131)],
  [0xe000ed70, constant(0x01310132)],
  [0xe000ed88, field("cpacr", CPACR_MASK)],
  [
    0xe000edf0,
    { read: (core, master) => readDhcsr(core, master === "debug"), write: writeDhcsr, debugOnly: true, strobes: true },
  ],
  [0xe000edf4, { write: writeDcrsr, debugOnly: true, strobes: true }],
  [0xe000edf8, field("dcrdr", 0xffffffff)],
  [
    0xe000edfc,
    {
      read: ({ state }) => state.demcr,
      write: (core, value) => {
        advanceCyccnt(core.state);
        writeDemcr(core, value);
      },
    },
  ],
  [0xe000ef00, { write: ({ state }, v) => writeStir(state, v) }],
  [0xe000ef34, field("fpccr", 0xc000017b)],
  [0xe000ef38, field("fpcar", 0xfffffff8)],
  [0xe000ef3c, field("fpdscr", 0x07c00000)],
  [0xe000ef40, constant(0x10110021)],
  [0xe000ef44, constant(0x11000011)],
]);
