/** What the core does, as the number kept in its state. The numbers index `MODE_NAMES`. */
export const MODE = { reset: 0, halted: 1, running: 2, sleeping: 3, lockup: 4 } as const;

/** The seam's words for `MODE`. */
export const MODE_NAMES = ["reset", "halted", "running", "sleeping", "lockup"] as const;

/** External interrupt lines of the K24 (K24P144M120SF5RM: 102 vectors, 16 of them the core's). */
export const INTERRUPT_LINES = 86;

/** Exceptions 0 to 15 plus the external lines. */
export const EXCEPTIONS = 16 + INTERRUPT_LINES;

/** Comparators of the flash patch unit: six for code, two for literals (ARMv7-M ARM C1.11). */
export const FPB_COMPARATORS = 8;

/** Comparators of the data watchpoint unit (Cortex-M4 TRM, 9). */
export const DWT_COMPARATORS = 4;

/**
 * All that the core remembers, and nothing else: numbers and typed arrays only, so that `save-state.ts` needs no list of
 * fields. Names are the ARMv7-M manual's. Words are signed 32-bit where they are data (`| 0`), as V8 likes them.
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
  ccr = 0x200;
  /** SHCSR's three enable bits, 18:16. */
  shcsrEnables = 0;
  cfsr = 0;
  hfsr = 0;
  mmfar = 0;
  bfar = 0;
  cpacr = 0;
  fpccr = 0xc0000000;
  fpcar = 0;
  fpdscr = 0;

  /** By exception number. */
  readonly pending = new Uint8Array(EXCEPTIONS);
  readonly active = new Uint8Array(EXCEPTIONS);
  readonly enabled = new Uint8Array(EXCEPTIONS);
  readonly priority = new Uint8Array(EXCEPTIONS);
  /** Level of the external lines, by exception number. */
  readonly asserted = new Uint8Array(EXCEPTIONS);

  /** SYST_CSR bits 1:0, and COUNTFLAG on its own. */
  systCsr = 0;
  systCountFlag = 0;
  systRvr = 0;
  /** SYST_CVR as it was at cycle `systAt`. */
  systCvr = 0;
  systAt = 0;

  fpbEnable = 0;
  fpRemap = 0;
  readonly fpComp = new Int32Array(FPB_COMPARATORS);

  dwtCtrl = 0;
  /** CYCCNT as it was at cycle `cyccntAt`. */
  cyccnt = 0;
  cyccntAt = 0;
  readonly dwtComp = new Int32Array(DWT_COMPARATORS);
  readonly dwtMask = new Int32Array(DWT_COMPARATORS);
  readonly dwtFunction = new Int32Array(DWT_COMPARATORS);
  /** FUNCTIONn.MATCHED, cleared on read. */
  readonly dwtMatched = new Uint8Array(DWT_COMPARATORS);

  itmTcr = 0;
  itmTer = 0;
  itmTpr = 0;
  itmUnlocked = 0;
}

type Field = keyof State;

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

/** A core as it comes up; read-only. */
const FRESH = new State();

/** The fields of a state in their saved order. */
export const STATE_FIELDS = Object.keys(FRESH) as readonly Field[];

const SYSTEM_FIELDS = STATE_FIELDS.filter((field) => !SURVIVES_RESET.has(field));

/** Everything back to power-on values. */
export function resetPower(state: State): void {
  for (const field of STATE_FIELDS) copyField(FRESH, state, field);
}

/** System registers back to reset values; debug enables, catches, breakpoints and watchpoints stay. */
export function resetSystem(state: State): void {
  for (const field of SYSTEM_FIELDS) copyField(FRESH, state, field);
  state.systAt = state.cycles;
  state.demcr &= ~0x000f0000; // the monitor's bits are the system's
}
