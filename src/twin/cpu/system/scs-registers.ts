import type { Core, ScsRegister } from "../core.ts";
import { readDhcsr, writeDcrsr, writeDemcr, writeDhcsr } from "../debug/debug.ts";
import { advanceCyccnt } from "../debug/dwt.ts";
import { CFSR } from "./faults.ts";
import { cacheRegisters, mpuRegisters } from "./memory-registers.ts";
import { readPriorities, writePriorities } from "./nvic.ts";
import { type CpuProfile, isMain, isV8 } from "../profiles/profile.ts";
import { constant, field, onesClear, type Row } from "./register-kinds.ts";
import {
  CFSR_MASK,
  HFSR_MASK,
  readAircr,
  readIcsr,
  readShcsr,
  SHCSR_V6,
  writeAircr,
  writeIcsr,
  writeShcsr,
  writeStir,
} from "./system-control.ts";

const priorities = (first: number): ScsRegister => ({
  read: ({ state }) => readPriorities(state, first),
  write: (core, value) => {
    writePriorities(core, first, value);
    if (first === 4) core.state.priority[7] = 0;
  },
});

/** SHPR2: only SVCall's byte exists; SHPR3: DebugMonitor (ARMv7-M, Mainline), PendSV, SysTick. */
const systemPriorities = (first: number, mask: number): ScsRegister => ({
  read: ({ state }) => readPriorities(state, first),
  write: (core, value) => writePriorities(core, first, value & mask),
});

/** CPACR: CP10 and CP11 go together here; the other coprocessors do not exist. */
const CPACR_MASK = 0x00f00000;

/** What every Cortex-M has (ARMv6-M ARM B3.2, ARMv7-M ARM B3.2). */
const common = (profile: CpuProfile): Row[] => [
  [0xe000ed00, constant(profile.cpuid)],
  [0xe000ed04, { read: (core) => readIcsr(core), write: ({ state }, v) => writeIcsr(state, v), strobes: true }],
  [0xe000ed0c, { read: ({ state }) => readAircr(state), write: writeAircr, strobes: true }],
  [0xe000ed10, field("scr", 0x16)],
  [0xe000ed14, field("ccr", profile.ccr.writable, profile.ccr.reset & ~profile.ccr.writable)],
  [0xe000ed1c, systemPriorities(8, 0xff000000)],
  [0xe000ed20, systemPriorities(12, isMain(profile) ? 0xffff00ff : 0xffff0000)],
  [0xe000ed30, onesClear("dfsr", 0x1f)],
];

const vectorTable = ({ vtor }: CpuProfile): Row[] => (vtor === 0 ? [] : [[0xe000ed08, field("vtor", vtor)]]);

const shcsr = (mask: number): ScsRegister => ({
  read: ({ state }) => readShcsr(state) & mask,
  write: ({ state }, value) => writeShcsr(state, value & mask),
});

/** The Main Extension's faults, priorities and software interrupts. */
const faults = ({ faults: kind }: CpuProfile): Row[] =>
  kind === "v6"
    ? [[0xe000ed24, shcsr(SHCSR_V6)]]
    : [
        [0xe000ed18, priorities(4)],
        [0xe000ed24, shcsr(0xffffffff)],
        [0xe000ed28, onesClear("cfsr", kind === "v8" ? CFSR_MASK | CFSR.STKOF : CFSR_MASK)],
        [0xe000ed2c, onesClear("hfsr", HFSR_MASK)],
        [0xe000ed34, field("mmfar", 0xffffffff)],
        [0xe000ed38, field("bfar", 0xffffffff)],
        [0xe000ef00, { write: ({ state }, v) => writeStir(state, v) }],
      ];

/** ICTR and the feature registers from ID_PFR0 on; ARMv6-M has none of them. */
const identity = (profile: CpuProfile): Row[] => {
  if (profile.architecture === "v6-M") return [];
  const ictr: Row = [0xe000e004, constant(((profile.interruptLines + 31) >> 5) - 1)];
  return [ictr, ...profile.features.map((value, n): Row => [0xe000ed40 + 4 * n, constant(value)])];
};

/** The FPU's control registers and MVFR0 to 2 (ARMv7-M ARM B4.7). */
const floatingPoint = ({ fpu, mvfr }: CpuProfile): Row[] =>
  fpu === "none"
    ? []
    : [
        [0xe000ed88, field("cpacr", CPACR_MASK)],
        [0xe000ef34, field("fpccr", 0xc000017b)],
        [0xe000ef38, field("fpcar", 0xfffffff8)],
        [0xe000ef3c, field("fpdscr", 0x07c00000)],
        ...mvfr.map((value, n): Row => [0xe000ef40 + 4 * n, constant(value)]),
      ];

/** Halting debug (ARMv7-M ARM C1.6). */
const DEBUG: Row[] = [
  [
    0xe000edf0,
    { read: (core, master) => readDhcsr(core, master === "debug"), write: writeDhcsr, debugOnly: true, strobes: true },
  ],
  [0xe000edf4, { write: writeDcrsr, debugOnly: true, strobes: true }],
  [0xe000edf8, field("dcrdr", 0xffffffff)],
  [0xe000edfc, { read: ({ state }) => state.demcr, write: demcr }],
];

function demcr(core: Core, value: number): void {
  advanceCyccnt(core.state);
  writeDemcr(core, value);
}

/** DSCSR (the current domain is Secure) and DAUTHSTATUS (all debug allowed) of ARMv8-M. */
const security = (profile: CpuProfile): Row[] => {
  if (!isV8(profile)) return [];
  const secure = profile.security === "secure-only";
  return [
    [0xe000ee08, constant(secure ? 0x00010000 : 0)],
    [0xe000efb8, constant(secure ? 0xff : 0x0f)],
  ];
};

/** The system control space of a core, by address; what is not listed reads as 0 and ignores writes. */
export const scsRegisters = (profile: CpuProfile): ReadonlyMap<number, ScsRegister> =>
  new Map<number, ScsRegister>([
    ...common(profile),
    ...vectorTable(profile),
    ...faults(profile),
    ...identity(profile),
    ...mpuRegisters(profile),
    ...cacheRegisters(profile),
    ...floatingPoint(profile),
    ...DEBUG,
    ...security(profile),
  ]);
