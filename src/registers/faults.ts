import { register } from "./register.ts";

const ARM = "ARMv7-M ARM (DDI 0403E)";

/** CFSR bit by bit: why the last faults happened; each bit stays until 1 is written to it. */
export const CFSR_BITS = register({
  name: "CFSR",
  address: 0xe000ed28,
  width: 32,
  section: `${ARM}, B3.2.15`,
  fields: {
    DIVBYZERO: { bits: 25, words: { 1: "a division by zero" } },
    UNALIGNED: { bits: 24, words: { 1: "an unaligned access" } },
    NOCP: {
      bits: 19,
      words: { 1: "a coprocessor instruction: the FPU before CPACR enables it" },
    },
    INVPC: { bits: 18, words: { 1: "an invalid return from an exception" } },
    INVSTATE: { bits: 17, words: { 1: "a jump to an even address (no Thumb code)" } },
    UNDEFINSTR: { bits: 16, words: { 1: "an undefined instruction; blank flash run as code is one" } },
    BFARVALID: 15,
    LSPERR: { bits: 13, words: { 1: "a bus error while the FPU's registers were saved" } },
    STKERR: { bits: 12, words: { 1: "a bus error on the stack, at an exception's entry" } },
    UNSTKERR: { bits: 11, words: { 1: "a bus error on the stack, at an exception's return" } },
    IMPRECISERR: { bits: 10, words: { 1: "a bus error of an earlier store" } },
    PRECISERR: { bits: 9, words: { 1: "a bus error of a load or store" } },
    IBUSERR: { bits: 8, words: { 1: "code fetched from where there is none" } },
    MMARVALID: 7,
    MLSPERR: 5,
    MSTKERR: 4,
    MUNSTKERR: 3,
    DACCVIOL: { bits: 1, words: { 1: "data where the memory map allows none" } },
    IACCVIOL: { bits: 0, words: { 1: "code in a region that must not execute" } },
  },
});

/** HFSR: how a HardFault came about; each bit stays until 1 is written to it. */
export const HFSR = register({
  name: "HFSR",
  address: 0xe000ed2c,
  width: 32,
  section: `${ARM}, B3.2.16`,
  fields: {
    DEBUGEVT: { bits: 31, words: { 1: "a breakpoint instruction without a debugger" } },
    FORCED: { bits: 30, words: { 1: "a fault whose own handler is off or busy" } },
    VECTTBL: { bits: 1, words: { 1: "a vector that could not be read" } },
  },
});

/** ICSR: which exception runs, and what is pending. */
export const ICSR = register({
  name: "ICSR",
  address: 0xe000ed04,
  width: 32,
  section: `${ARM}, B3.2.4`,
  fields: { NMIPENDSET: 31, VECTPENDING: [20, 12], VECTACTIVE: [8, 0] },
});

/** BFAR: the address of the last precise bus error, while CFSR.BFARVALID is set. */
export const BFAR = register({
  name: "BFAR",
  address: 0xe000ed38,
  width: 32,
  section: `${ARM}, B3.2.18`,
  fields: { ADDRESS: [31, 0] },
});
