import { address32 } from "../../base/u32.ts";
import { CFSR_BITS, HFSR } from "../../registers/faults.ts";

/** The fault registers, and what the exception's frame holds, as far as it could be read. */
export interface FaultEvidence {
  readonly cfsr: number;
  readonly hfsr: number;
  /** The address of the bus error; undefined unless CFSR.BFARVALID is set: BFAR keeps the one before. */
  readonly bfar: number | undefined;
  readonly frame?: { readonly lr: number; readonly pc: number; readonly xpsr: number };
  /** Whether the frame would lie in one of the chip's memories; absent without a chip. */
  readonly isStackInRam?: boolean;
}

/** A pointer to a member of a structure at address 0 is rarely larger. */
const NEAR_NULL = 0x1000;

type Cause = (evidence: FaultEvidence) => string;

const busCause: Cause = ({ bfar }) => {
  if (bfar === undefined) return "a pointer to where no memory is; BFAR does not have the address";
  if (bfar < NEAR_NULL) return "a null pointer, or a member of a structure at one";
  if (bfar >= 0x40000000 && bfar < 0x60000000)
    return "a peripheral without its clock, or a register that the chip does not have";
  return "a pointer that was never set, was freed or runs beyond its array: no memory is there";
};

/** The caller, where the frame's LR is a return address. */
const from = ({ frame }: FaultEvidence): string =>
  frame && frame.lr < 0xf0000000 ? `; LR says that the call came from before ${address32((frame.lr & ~1) >>> 0)}` : "";

const stack: Cause = ({ isStackInRam }) =>
  isStackInRam === false
    ? "the stack has overflowed, or SP was never set: it points outside of RAM"
    : "the stack has overflowed into where nothing is, or SP was overwritten";

/** Likely causes by CFSR's bits, from the one that tells most. */
const BY_BIT: readonly (readonly [bit: keyof typeof CFSR_BITS.fields & string, cause: Cause])[] = [
  ["STKERR", stack],
  ["MSTKERR", stack],
  ["UNSTKERR", () => "SP was changed within a handler, or the stack it returns to was overwritten"],
  ["MUNSTKERR", () => "SP was changed within a handler, or the stack it returns to was overwritten"],
  ["PRECISERR", busCause],
  [
    "IMPRECISERR",
    () =>
      "a store through a wrong pointer some instructions before; with ACTLR.DISDEFWBUF set (0xE000E008 bit 1) the next one is precise",
  ],
  ["IBUSERR", (e) => `a call through a wrong function pointer, or a return address that was overwritten${from(e)}`],
  ["IACCVIOL", (e) => `a call through a wrong function pointer, or a return address that was overwritten${from(e)}`],
  ["DACCVIOL", () => "an access that the MPU's regions forbid"],
  [
    "INVSTATE",
    (e) =>
      `a function pointer without its lowest bit, a vector without it, or a return address that was overwritten${from(e)}`,
  ],
  ["INVPC", () => "a handler has returned by a value that is no EXC_RETURN: LR or the stack was overwritten"],
  ["NOCP", () => "the FPU is off: CPACR (0xE000ED88) enables it before the first float, 0x00F00000"],
  ["UNDEFINSTR", () => "data or blank flash run as code, code for another core, or __builtin_trap"],
  [
    "UNALIGNED",
    () => "a pointer cast to a wider type: LDRD, LDM and STM need words, all accesses do while CCR.UNALIGN_TRP is set",
  ],
  ["DIVBYZERO", () => "a divisor that is 0, and CCR.DIV_0_TRP makes a fault of it"],
  ["LSPERR", stack],
  ["MLSPERR", stack],
];

/** The likely cause of a fault in words; undefined where the registers tell none. */
export function likelyCause(evidence: FaultEvidence): string | undefined {
  const { cfsr, hfsr } = evidence;
  if (HFSR.field(hfsr, "VECTTBL")) return "VTOR (0xE000ED08) points to where no memory is, or the vectors were erased";
  if (HFSR.field(hfsr, "DEBUGEVT")) return "a BKPT ran while no debugger was there";
  return BY_BIT.find(([bit]) => CFSR_BITS.field(cfsr, bit))?.[1](evidence);
}

/** Whether the stacked PC is the instruction that failed, the place that was jumped to, or only near it. */
export function placeWords(cfsr: number, pc: number): string {
  const at = address32(pc);
  if (CFSR_BITS.field(cfsr, "IMPRECISERR") && !CFSR_BITS.field(cfsr, "PRECISERR"))
    return `the store was some instructions before ${at}`;
  const jumped = (["INVSTATE", "IBUSERR", "IACCVIOL"] as const).some((bit) => CFSR_BITS.field(cfsr, bit));
  return jumped ? `the jump went to ${at}` : `the instruction was at ${at}`;
}
