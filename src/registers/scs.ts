import { register } from "./register.ts";

/** CPUID: implementer, part and revision of the processor. */
export const CPUID = register({
  name: "CPUID",
  address: 0xe000ed00,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), B3.2.3",
  fields: { Implementer: [31, 24], Variant: [23, 20], Architecture: [19, 16], PartNo: [15, 4], Revision: [3, 0] },
});

/** AIRCR: resets, from the processor's side. Writes need VECTKEY 0x05FA. */
export const AIRCR = register({
  name: "AIRCR",
  address: 0xe000ed0c,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), B3.2.6",
  fields: { VECTKEY: [31, 16], ENDIANNESS: 15, PRIGROUP: [10, 8], SYSRESETREQ: 2, VECTCLRACTIVE: 1, VECTRESET: 0 },
});

/** CFSR: why the last fault happened; UFSR, BFSR and MMFSR in one word. */
export const CFSR = register({
  name: "CFSR",
  address: 0xe000ed28,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), B3.2.15",
  fields: { UFSR: [31, 16], BFSR: [15, 8], MMFSR: [7, 0] },
});

/** DFSR: why the core halted; each bit is cleared by writing 1. */
export const DFSR = register({
  name: "DFSR",
  address: 0xe000ed30,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.6.1",
  fields: { EXTERNAL: 4, VCATCH: 3, DWTTRAP: 2, BKPT: 1, HALTED: 0 },
});

/** MVFR0: what the floating-point unit can do; 0 without one. */
export const MVFR0 = register({
  name: "MVFR0",
  address: 0xe000ef40,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), B4.7.1",
  fields: { SinglePrecision: [7, 4], DoublePrecision: [11, 8] },
});

/** DHCSR as it reads: what the core does. Reading clears S_RETIRE_ST and S_RESET_ST. */
export const DHCSR = register({
  name: "DHCSR",
  address: 0xe000edf0,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.6.2",
  fields: {
    S_RESET_ST: 25,
    S_RETIRE_ST: 24,
    S_LOCKUP: 19,
    S_SLEEP: 18,
    S_HALT: 17,
    S_REGRDY: 16,
    C_SNAPSTALL: 5,
    C_MASKINTS: 3,
    C_STEP: 2,
    C_HALT: 1,
    C_DEBUGEN: 0,
  },
});

/** The key in DHCSR[31:16] without which a write is ignored (ARMv7-M ARM, C1.6.2). */
export const DHCSR_DBGKEY = 0xa05f0000;

/** The key in AIRCR[31:16] without which a write is ignored (ARMv7-M ARM, B3.2.6). */
export const AIRCR_VECTKEY = 0x05fa0000;

/** DCRSR: which core register to transfer, and in which direction. */
export const DCRSR = register({
  name: "DCRSR",
  address: 0xe000edf4,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.6.3",
  fields: { REGWnR: 16, REGSEL: [6, 0] },
});

/** DCRDR: the value that goes to or came from the core register. */
export const DCRDR = register({
  name: "DCRDR",
  address: 0xe000edf8,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.6.4",
  fields: {},
});

/** Where the vector table stands; on an ARMv6-M core without it, 0 (DDI 0419C, B3.2.5). */
export const VTOR = register({
  name: "VTOR",
  address: 0xe000ed08,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), B3.2.5",
  fields: { TBLOFF: [31, 7] },
});

/** SysTick's control: whether it counts; COUNTFLAG stays where a debugger reads it as such (MasterType). */
export const SYST_CSR = register({
  name: "SYST_CSR",
  address: 0xe000e010,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), B3.3.3",
  fields: { COUNTFLAG: 16, CLKSOURCE: 2, TICKINT: 1, ENABLE: 0 },
});

/** The core's own memory protection unit; 0 where there is none. */
export const MPU_CTRL = register({
  name: "MPU_CTRL",
  address: 0xe000ed94,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), B3.5.5",
  fields: { PRIVDEFENA: 2, HFNMIENA: 1, ENABLE: 0 },
});

/** DEMCR: vector catches, and the switch of DWT and ITM. */
export const DEMCR = register({
  name: "DEMCR",
  address: 0xe000edfc,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.6.5",
  fields: {
    TRCENA: 24,
    MON_REQ: 19,
    MON_STEP: 18,
    MON_PEND: 17,
    MON_EN: 16,
    VC_HARDERR: 10,
    VC_INTERR: 9,
    VC_BUSERR: 8,
    VC_STATERR: 7,
    VC_CHKERR: 6,
    VC_NOCPERR: 5,
    VC_MMERR: 4,
    VC_CORERESET: 0,
  },
});
