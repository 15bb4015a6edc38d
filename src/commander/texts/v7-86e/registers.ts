import { bit, bits, hex32, hex8 } from "../../../base/u32.ts";

/** A halted core's registers as `h` and `regs` print them. */
export interface RegisterDump {
  readonly pc: number;
  readonly cycles: number;
  /** R0 to R12. */
  readonly r: readonly number[];
  /** R13, the stack pointer in use. */
  readonly sp: number;
  readonly msp: number;
  readonly psp: number;
  readonly lr: number;
  readonly xpsr: number;
  /** CONTROL, FAULTMASK, BASEPRI and PRIMASK, from the highest byte to the lowest. */
  readonly cfbp: number;
  /** Absent where the core has no FPU, or it is off. */
  readonly fpu?: { /** S0 to S31. */ readonly s: readonly number[]; readonly fpscr: number };
}

/** The answer to `h` and `regs` [L V7.86e; the empty line before the FPU's from fuller logs]. */
export const registerDump = (dump: RegisterDump): readonly string[] => [
  `PC = ${hex32(dump.pc)}, CycleCnt = ${hex32(dump.cycles)}`,
  ...rows("R", 3, dump.r),
  `SP(R13)= ${hex32(dump.sp)}, MSP= ${hex32(dump.msp)}, PSP= ${hex32(dump.psp)}, R14(LR) = ${hex32(dump.lr)}`,
  xpsrLine(dump.xpsr),
  cfbpLine(dump.cfbp),
  ...(dump.fpu ? fpuLines(dump.fpu) : ["FPU regs: FPU not enabled / not implemented on connected CPU."]),
];

/** Four registers a line; the name fills `width`, so that it is `R9 =` but `R10=`. */
function rows(prefix: string, width: number, values: readonly number[]): readonly string[] {
  const cells = values.map((value, i) => `${`${prefix}${i}`.padEnd(width)}= ${hex32(value)}`);
  return Array.from({ length: Math.ceil(cells.length / 4) }, (_, row) => cells.slice(row * 4, row * 4 + 4).join(", "));
}

function fpuLines({ s, fpscr }: NonNullable<RegisterDump["fpu"]>): readonly string[] {
  return ["", ...rows("FPS", 5, s), `FPSCR= ${hex32(fpscr)}`];
}

function xpsrLine(xpsr: number): string {
  // ICI/IT and T are EPSR's, the exception's number IPSR's (ARMv7-M ARM, B1.4.2).
  const epsr = xpsr & 0x0700fc00;
  const ipsr = bits(xpsr, 8, 0);
  const number = ipsr.toString(16).toUpperCase().padStart(3, "0");
  return `XPSR = ${hex32(xpsr)}: APSR = ${apsrFlags(xpsr)}, EPSR = ${hex32(epsr)}, IPSR = ${number} (${exceptionName(ipsr)})`;
}

/** The flags from bit 31 down, in upper case where they are set: `nZCvq`. */
const apsrFlags = (xpsr: number) =>
  [..."nzcvq"].map((flag, i) => (bit(xpsr, 31 - i) ? flag.toUpperCase() : flag)).join("");

/** Exceptions by number (ARMv7-M ARM, B1.5.2); NoException and HardFault as J-Link writes them, the others (unsure). */
const EXCEPTIONS: Readonly<Record<number, string>> = {
  0: "NoException",
  1: "Reset",
  2: "NMI",
  3: "HardFault",
  4: "MemManage",
  5: "BusFault",
  6: "UsageFault",
  11: "SVCall",
  12: "DebugMonitor",
  14: "PendSV",
  15: "SysTick",
};

/** What J-Link calls an exception; interrupts count from `INTISR0` (unsure). */
const exceptionName = (number: number): string =>
  number >= 16 ? `INTISR${number - 16}` : (EXCEPTIONS[number] ?? "Reserved");

function cfbpLine(cfbp: number): string {
  const [control, faultmask, basepri, primask] = [24, 16, 8, 0].map((shift) => hex8(cfbp >>> shift));
  return `CFBP = ${hex32(cfbp)}, CONTROL = ${control}, FAULTMASK = ${faultmask}, BASEPRI = ${basepri}, PRIMASK = ${primask}`;
}

/** The answer to `rreg` and `wreg` [L V7]. */
export const registerValue = (name: string, value: number): readonly string[] => [`${name} = 0x${hex32(value)}`];

/** The answer to `IsHalted` (from tools that match it). */
export const haltState = (halted: boolean): readonly string[] => [halted ? "CPU is halted." : "CPU is not halted."];

/** The answer to `WaitHalt` (from tools that match it; a timeout's wording is (unsure)). */
export const waitedForHalt = (halted: boolean): readonly string[] => [
  halted ? "CPU halted." : "CPU did not halt before timeout.",
];

/** A command that needs a halted core, on a running one [L V7: `setpc`]. */
export const cpuNotHalted = (): readonly string[] => ["CPU is not halted !"];

/** A breakpoint taken; `handle` counts from 1 [L V7]. */
export const breakpointSet = (address: number, handle: number): readonly string[] => [
  `Breakpoint set @ addr 0x${hex32(address)} (Handle = ${handle})`,
];

/** A breakpoint's handle that nobody knows [L V7]. */
export const breakpointNotCleared = (): readonly string[] => ["Could not clear breakpoint"];

/** No breakpoint unit is free (unsure: logs show only the first words). */
export const breakpointNotSet = (): readonly string[] => ["Could not set breakpoint"];

/** The instruction that `s` executed: address, opcode in halfwords, text (from tools that match it). */
export const stepped = (address: number, opcode: readonly number[], text: string): readonly string[] => [
  `${hex32(address)}:  ${opcode
    .map((half) => half.toString(16).toUpperCase().padStart(4, "0"))
    .join(" ")
    .padEnd(11)}   ${text}`,
];

/** A watchpoint taken (unsure: by analogy with the breakpoint's line). */
export const watchpointSet = (address: number, handle: number): readonly string[] => [
  `Watchpoint set @ addr 0x${hex32(address)} (Handle = 0x${hex32(handle)})`,
];

/** No comparator is free (unsure). */
export const watchpointNotSet = (): readonly string[] => ["Could not set watchpoint"];

/** A watchpoint's handle that nobody knows (unsure). */
export const watchpointNotCleared = (): readonly string[] => ["Could not clear watchpoint"];

/** Why a core halted, by DFSR's bit; J-Link's reasons are numbered 0 to 3 (unsure: no public log shows the words). */
const REASONS = {
  EXTERNAL: "debug request from outside",
  HALTED: "debug request",
  BKPT: "code breakpoint",
  DWTTRAP: "data breakpoint",
  VCATCH: "vector catch",
} as const;

/** The answer to `moe`; without a reason the core isn't halted (unsure). */
export const modeOfEntry = (reason: keyof typeof REASONS | undefined): readonly string[] => [
  reason === undefined ? "CPU is not halted !" : `MOE: ${REASONS[reason]}`,
];
