import type { Core } from "../core.ts";
import { type CpuProfile, isMain } from "../profiles/profile.ts";
import type { State } from "../state.ts";

/** APSR's flags N Z C V Q in bits 31:27 and GE in 19:16 (ARMv7-M ARM B1.4.2). */
export function apsr(s: State): number {
  const nzcv = (s.nf & 0x80000000) | (s.zf === 0 ? 0x40000000 : 0) | (s.cf << 29) | ((s.vf >>> 31) << 28);
  return (nzcv | (s.q << 27) | (s.ge << 16)) >>> 0;
}

/** Sets N, Z, C, V and Q from bits 31:27. */
export function setFlags(s: State, value: number): void {
  s.nf = value | 0;
  s.zf = value & 0x40000000 ? 0 : 1;
  s.cf = (value >>> 29) & 1;
  s.vf = value << 3;
  s.q = (value >>> 27) & 1;
}

/** Sets the four GE bits from bits 19:16. */
export function setGe(s: State, value: number): void {
  s.ge = (value >>> 16) & 15;
}

/** The whole xPSR: APSR, EPSR (T and ITSTATE) and IPSR. */
export function xpsr(s: State): number {
  const it = ((s.it & 3) << 25) | ((s.it >>> 2) << 10);
  return (apsr(s) | (s.thumb << 24) | it | s.ipsr) >>> 0;
}

/** xPSR's bits of a core: ITSTATE with the Main Extension, GE with DSP. */
const xpsrMask = (profile: CpuProfile): number =>
  0xf90001ff | (isMain(profile) ? 0x0600fc00 : 0) | (profile.dsp ? 0x000f0000 : 0);

/** Sets the whole xPSR, IPSR included; the caller sees to the stack pointers. */
export function setXpsr({ state: s, profile }: Core, word: number): void {
  const value = word & xpsrMask(profile);
  setFlags(s, value);
  setGe(s, value);
  s.thumb = (value >>> 24) & 1;
  s.it = ((value >>> 25) & 3) | ((value >>> 8) & 0xfc);
  s.ipsr = value & 0x1ff;
}

/** Whether R13 is PSP now: thread mode with CONTROL.SPSEL. */
export const usesPsp = (s: State): boolean => s.ipsr === 0 && (s.control & 2) !== 0;

/** MSP, wherever it is kept. */
export const msp = (s: State): number => (usesPsp(s) ? s.bankedSp : s.r[13]) >>> 0;

/** PSP, wherever it is kept. */
export const psp = (s: State): number => (usesPsp(s) ? s.r[13] : s.bankedSp) >>> 0;

/** Sets both stack pointers; bits 1:0 of each are always 0. */
export function setStackPointers(s: State, main: number, process: number): void {
  s.r[13] = (usesPsp(s) ? process : main) & ~3;
  s.bankedSp = (usesPsp(s) ? main : process) & ~3;
}

/** Runs a change of IPSR or CONTROL, keeping MSP and PSP where the outcome wants them. */
export function switchStacks(s: State, change: () => void): void {
  const main = msp(s);
  const process = psp(s);
  change();
  setStackPointers(s, main, process);
}

/** The limit of the stack in use: 0 where nothing limits it (ARMv8-M Mainline). */
export const stackLimit = (s: State): number => (usesPsp(s) ? s.psplim : s.msplim);

/** CONTROL's bits: SPSEL, nPRIV where there is an unprivileged mode, FPCA with an FPU. */
export const controlMask = ({ type, fpu }: CpuProfile): number => (type === "M0" ? 2 : 3) | (fpu === "none" ? 0 : 4);

/** Whether the core runs privileged: handler mode, or CONTROL.nPRIV clear. */
export const privileged = (s: State): boolean => s.ipsr !== 0 || (s.control & 1) === 0;
