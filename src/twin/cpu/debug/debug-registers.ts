import { msp, psp, setStackPointers, setXpsr, switchStacks, xpsr } from "../system/special-registers.ts";
import type { State } from "../state.ts";

/** One selector of DCRSR: how to read it and how to write it. */
interface Transfer {
  readonly read: (s: State) => number;
  readonly write: (s: State, value: number) => void;
}

const general = (n: number): Transfer => ({
  read: (s) => s.r[n],
  write: (s, value) => {
    s.r[n] = n === 13 ? value & ~3 : n === 15 ? value & ~1 : value;
  },
});

const float = (n: number): Transfer => ({
  read: (s) => s.s[n],
  write: (s, value) => {
    s.s[n] = value;
  },
});

/** CONTROL, FAULTMASK, BASEPRI and PRIMASK in bytes 3 to 0. */
const masks: Transfer = {
  read: (s) => (s.control << 24) | (s.faultmask << 16) | (s.basepri << 8) | s.primask,
  write: (s, value) =>
    switchStacks(s, () => {
      s.control = (value >>> 24) & 7;
      s.faultmask = (value >>> 16) & 1;
      s.basepri = (value >>> 8) & 0xf0;
      s.primask = value & 1;
    }),
};

const transfers: ReadonlyMap<number, Transfer> = new Map([
  ...Array.from({ length: 16 }, (_, n): [number, Transfer] => [n, general(n)]),
  [16, { read: xpsr, write: (s, value) => switchStacks(s, () => setXpsr(s, value)) }],
  [17, { read: msp, write: (s, value) => setStackPointers(s, value, psp(s)) }],
  [18, { read: psp, write: (s, value) => setStackPointers(s, msp(s), value) }],
  [20, masks],
  [33, { read: (s) => s.fpscr, write: (s, value) => (s.fpscr = value & 0xf7c0009f) }],
  ...Array.from({ length: 32 }, (_, n): [number, Transfer] => [64 + n, float(n)]),
]);

/** Reads a core register by its DCRSR selector (ARMv7-M ARM C1.6.3); unknown selectors read as 0. */
export const readRegister = (s: State, selector: number): number => (transfers.get(selector)?.read(s) ?? 0) >>> 0;

/** Writes a core register by its DCRSR selector; unknown selectors are ignored. */
export function writeRegister(s: State, selector: number, value: number): void {
  transfers.get(selector)?.write(s, value | 0);
}
