import { type CpuProfile, isMain } from "../profiles/profile.ts";
import { controlMask, msp, psp, setStackPointers, setXpsr, switchStacks, xpsr } from "../system/special-registers.ts";
import type { Core } from "../core.ts";
import { priorityMask } from "../system/nvic.ts";
import type { State } from "../state.ts";

/** One selector of DCRSR: how to read it and how to write it. */
interface Transfer {
  readonly read: (s: State) => number;
  readonly write: (core: Core, value: number) => void;
}

const general = (n: number): Transfer => ({
  read: (s) => s.r[n],
  write: ({ state: s }, value) => {
    s.r[n] = n === 13 ? value & ~3 : n === 15 ? value & ~1 : value;
  },
});

const float = (n: number): Transfer => ({
  read: (s) => s.s[n],
  write: ({ state: s }, value) => {
    s.s[n] = value;
  },
});

/** CONTROL, FAULTMASK, BASEPRI and PRIMASK in bytes 3 to 0; the middle two are the Main Extension's. */
const MASKS: Transfer = {
  read: (s) => (s.control << 24) | (s.faultmask << 16) | (s.basepri << 8) | s.primask,
  write: (core, value) =>
    switchStacks(core.state, () => {
      const s = core.state;
      const main = isMain(core.profile);
      s.control = (value >>> 24) & controlMask(core.profile);
      s.faultmask = main ? (value >>> 16) & 1 : 0;
      s.basepri = main ? (value >>> 8) & priorityMask(core) : 0;
      s.primask = value & 1;
    }),
};

const MSP: Transfer = { read: msp, write: ({ state }, value) => setStackPointers(state, value, psp(state)) };
const PSP: Transfer = { read: psp, write: ({ state }, value) => setStackPointers(state, msp(state), value) };

const limit = (name: "msplim" | "psplim"): Transfer => ({
  read: (s) => s[name],
  write: ({ state }, value) => {
    state[name] = (value & ~7) >>> 0;
  },
});

const COMMON: readonly (readonly [number, Transfer])[] = [
  ...Array.from({ length: 16 }, (_, n) => [n, general(n)] as const),
  [16, { read: xpsr, write: (core, value) => switchStacks(core.state, () => setXpsr(core, value)) }],
  [17, MSP],
  [18, PSP],
  [20, MASKS],
];

const FLOATS: readonly (readonly [number, Transfer])[] = [
  [33, { read: (s) => s.fpscr, write: ({ state: s }, value) => (s.fpscr = value & 0xf7c0009f) }],
  ...Array.from({ length: 32 }, (_, n) => [64 + n, float(n)] as const),
];

/** ARMv8-M Mainline by DCRSR.REGSEL, for a core that is always Secure: the plain names and those with _S. */
const LIMITS: readonly (readonly [number, Transfer])[] = [
  [0x1a, MSP],
  [0x1b, PSP],
  [0x1c, limit("msplim")],
  [0x1d, limit("psplim")],
  [0x22, MASKS],
];

const tableOf = (...rows: (readonly (readonly [number, Transfer])[])[]): ReadonlyMap<number, Transfer> =>
  new Map(rows.flat());

const PLAIN = tableOf(COMMON);
const WITH_FLOATS = tableOf(COMMON, FLOATS);
const WITH_LIMITS = tableOf(COMMON, FLOATS, LIMITS);

function transferOf({ fpu, faults }: CpuProfile, selector: number): Transfer | undefined {
  return (faults === "v8" ? WITH_LIMITS : fpu === "none" ? PLAIN : WITH_FLOATS).get(selector);
}

/** Reads a core register by its DCRSR selector (ARMv7-M ARM C1.6.3); unknown selectors read as 0. */
export const readRegister = ({ state, profile }: Core, selector: number): number =>
  (transferOf(profile, selector)?.read(state) ?? 0) >>> 0;

/** Writes a core register by its DCRSR selector; unknown selectors are ignored. */
export function writeRegister(core: Core, selector: number, value: number): void {
  transferOf(core.profile, selector)?.write(core, value | 0);
}
