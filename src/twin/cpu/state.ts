import type { CpuProfile } from "./profiles/profile.ts";

/** What the core does, as the number kept in its state. The numbers index `MODE_NAMES`. */
export const MODE = { reset: 0, halted: 1, running: 2, sleeping: 3, lockup: 4 } as const;

/** The seam's words for `MODE`. */
export const MODE_NAMES = ["reset", "halted", "running", "sleeping", "lockup"] as const;

/**
 * All that the core remembers, and nothing else: numbers and typed arrays only, so that `save-state.ts` needs no list of
 * fields. Names are the ARMv7-M manual's. Words are signed 32-bit where they are data (`| 0`), as V8 likes them. Fields
 * of other architectures come last, and a core that lacks them saves none.
 */
export class State {
  /** R0 to R12, the current SP, LR, and the address of the next instruction. */
  readonly r = new Int32Array(16);
  /** S0 to S31 as bits. */
  readonly s = new Int32Array(32);
  /** The stack pointer that is not in R13 now: PSP when MSP is in use, MSP when PSP is. */
  bankedSp = 0;

  /** N is the sign of `nf`, Z is `zf === 0`, C is 0 or 1, V is the sign of `vf`. */
  nf = 0;
  zf = 1;
  cf = 0;
  vf = 0;
  q = 0;
  /** APSR.GE, four bits. */
  ge = 0;
  /** ITSTATE as EPSR holds it, for the next instruction. */
  it = 0;
  /** EPSR.T. */
  thumb = 1;
  ipsr = 0;
  primask = 0;
  faultmask = 0;
  basepri = 0;
  /** nPRIV bit 0, SPSEL bit 1, FPCA bit 2. */
  control = 0;
  fpscr = 0;

  mode: number = MODE.reset;
  cycles = 0;
  eventRegister = 0;
  exclusive = 0;
  exclusiveAddress = 0;

  /** DHCSR bits 0 to 3 and 5 as written. */
  dhcsr = 0;
  regReady = 0;
  resetSticky = 0;
  retireSticky = 0;
  dcrdr = 0;
  demcr = 0;
  dfsr = 0;

  vtor = 0;
  prigroup = 0;
  scr = 0;
  ccr: number;
  /** SHCSR's three enable bits, 18:16. */
  shcsrEnables = 0;
  cfsr = 0;
  hfsr = 0;
  mmfar = 0;
  bfar = 0;
  cpacr = 0;
  fpccr: number;
  fpcar = 0;
  fpdscr = 0;

  /** By exception number. */
  readonly pending: Uint8Array;
  readonly active: Uint8Array;
  readonly enabled: Uint8Array;
  readonly priority: Uint8Array;
  /** Level of the external lines, by exception number. */
  readonly asserted: Uint8Array;

  /** SYST_CSR bits 1:0, and COUNTFLAG on its own. */
  systCsr = 0;
  systCountFlag = 0;
  systRvr = 0;
  /** SYST_CVR as it was at cycle `systAt`. */
  systCvr = 0;
  systAt = 0;

  fpbEnable = 0;
  fpRemap = 0;
  readonly fpComp: Int32Array;

  dwtCtrl = 0;
  /** CYCCNT as it was at cycle `cyccntAt`. */
  cyccnt = 0;
  cyccntAt = 0;
  readonly dwtComp: Int32Array;
  readonly dwtMask: Int32Array;
  readonly dwtFunction: Int32Array;
  /** FUNCTIONn.MATCHED, cleared on read. */
  readonly dwtMatched: Uint8Array;

  itmTcr = 0;
  itmTer = 0;
  itmTpr = 0;
  itmUnlocked = 0;

  /** MSPLIM and PSPLIM (ARMv8-M). */
  msplim = 0;
  psplim = 0;

  /** MPU_CTRL, MPU_RNR and the regions' two words; kept for the program, they guard nothing. */
  mpuCtrl = 0;
  mpuRnr = 0;
  readonly mpuBase: Int32Array;
  readonly mpuAttributes: Int32Array;
  /** MPU_MAIR0 and MPU_MAIR1 (ARMv8-M). */
  readonly mpuMair = new Int32Array(2);
  /** CSSELR: which cache CCSIDR describes. */
  csselr = 0;

  constructor(profile: CpuProfile) {
    const exceptions = 16 + profile.interruptLines;
    this.ccr = profile.ccr.reset;
    this.fpccr = profile.fpu === "none" ? 0 : 0xc0000000;
    this.pending = new Uint8Array(exceptions);
    this.active = new Uint8Array(exceptions);
    this.enabled = new Uint8Array(exceptions);
    this.priority = new Uint8Array(exceptions);
    this.asserted = new Uint8Array(exceptions);
    this.fpComp = new Int32Array(profile.fpb.code + profile.fpb.literal);
    this.dwtComp = new Int32Array(profile.dwt.comparators);
    this.dwtMask = new Int32Array(profile.dwt.comparators);
    this.dwtFunction = new Int32Array(profile.dwt.comparators);
    this.dwtMatched = new Uint8Array(profile.dwt.comparators);
    this.mpuBase = new Int32Array(profile.mpuRegions);
    this.mpuAttributes = new Int32Array(profile.mpuRegions);
  }
}

type Field = keyof State;

const LIMITS: readonly Field[] = ["msplim", "psplim"];
const MPU: readonly Field[] = ["mpuCtrl", "mpuRnr", "mpuBase", "mpuAttributes", "mpuMair"];
const CACHES: readonly Field[] = ["csselr"];

/** What a core without these features does not have, and so does not save. */
const absentFields = (profile: CpuProfile): readonly Field[] => [
  ...(profile.faults === "v8" ? [] : LIMITS),
  ...(profile.mpuRegions > 0 ? [] : MPU),
  ...(profile.caches.length > 0 ? [] : CACHES),
];

/** Debug logic: what a system reset leaves alone (ARMv7-M ARM C1.6, "reset by power-on only"). */
const SURVIVES_RESET: ReadonlySet<Field> = new Set([
  "cycles", "dhcsr", "resetSticky", "retireSticky", "dcrdr", "demcr", "dfsr", "asserted",
  "fpbEnable", "fpRemap", "fpComp", "dwtCtrl", "cyccnt", "cyccntAt", "dwtComp", "dwtMask", "dwtFunction", "dwtMatched",
  "itmTcr", "itmTer", "itmTpr", "itmUnlocked",
] as const); // biome-ignore format: a table

function copyField(from: State, to: State, field: Field): void {
  const value = from[field];
  if (typeof value === "number") (to as unknown as Record<Field, number>)[field] = value;
  else (to[field] as Uint8Array).set(value as Uint8Array);
}

/** The fields of a state in their saved order. */
export function stateFields(profile: CpuProfile): readonly Field[] {
  const absent = new Set(absentFields(profile));
  return (Object.keys(new State(profile)) as Field[]).filter((field) => !absent.has(field));
}

/** Everything back to power-on values. */
export function resetPower(state: State, profile: CpuProfile): void {
  const fresh = new State(profile);
  for (const field of Object.keys(fresh) as Field[]) copyField(fresh, state, field);
}

/** A state at power-on, and what a system reset takes from it: numbers, and arrays, which are then all zero. */
interface ResetValues {
  readonly fresh: State;
  readonly numbers: readonly Field[];
  readonly arrays: readonly Field[];
}

/** By profile: a chip without firmware is reset some ten thousand times a second, until a probe holds its core. */
const RESET_VALUES = new WeakMap<CpuProfile, ResetValues>();

function resetValues(profile: CpuProfile): ResetValues {
  const known = RESET_VALUES.get(profile);
  if (known) return known;
  const fresh = new State(profile);
  const fields = (Object.keys(fresh) as Field[]).filter((field) => !SURVIVES_RESET.has(field));
  const isNumber = (field: Field) => typeof fresh[field] === "number";
  const values = { fresh, numbers: fields.filter(isNumber), arrays: fields.filter((field) => !isNumber(field)) };
  RESET_VALUES.set(profile, values);
  return values;
}

/** System registers back to reset values; debug enables, catches, breakpoints and watchpoints stay. */
export function resetSystem(state: State, profile: CpuProfile): void {
  const { fresh, numbers, arrays } = resetValues(profile);
  for (const field of numbers) copyField(fresh, state, field);
  for (const field of arrays) (state[field] as Uint8Array).fill(0);
  state.systAt = state.cycles;
  state.demcr &= ~0x000f0000; // the monitor's bits are the system's
}
