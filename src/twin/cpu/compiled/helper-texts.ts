import { FIRST_COLD } from "../ops/hot-ops.ts";
import {
  DP_IMMEDIATE,
  DP_SHIFTED,
  EXTEND,
  PKH,
  RBIT,
  REV16,
  REVSH,
  SHIFT_REGISTER,
  SMLAL,
  UMAAL,
  UMLAL,
} from "../ops/ops-alu.ts";
import {
  DUAL_ADD,
  DUAL_SUBTRACT,
  LONG_DUAL_ADD,
  LONG_DUAL_SUBTRACT,
  LONG_HALVES,
  MULTIPLY_HALVES,
  MULTIPLY_HIGH,
  MULTIPLY_WORD_HALF,
  Q_ARITHMETIC,
  SEL,
  SSAT,
  SSAT16,
  USAD8,
  USAT,
  USAT16,
} from "../ops/ops-dsp.ts";
import { PARALLEL } from "../ops/ops-parallel.ts";
import { field, note, type Place } from "./step-texts.ts";

/** Helpers that read and write N, Z, C and V besides their registers. */
const WITH_FLAGS: ReadonlySet<number> = new Set([DP_IMMEDIATE, DP_SHIFTED, SHIFT_REGISTER]);

/** Helpers that touch the registers of their operand word, Q and GE, and nothing else. */
const ON_REGISTERS: ReadonlySet<number> = new Set([
  ...[PKH, RBIT, REV16, REVSH, EXTEND, UMLAL, SMLAL, UMAAL, PARALLEL, SEL, SSAT, SSAT16, USAT, USAT16, USAD8],
  ...[DUAL_ADD, DUAL_SUBTRACT, LONG_DUAL_ADD, LONG_DUAL_SUBTRACT, LONG_HALVES, Q_ARITHMETIC],
  ...[MULTIPLY_HALVES, MULTIPLY_HIGH, MULTIPLY_WORD_HALF],
]);

const FLAGS_OUT = "s.nf=nf;s.zf=zf;s.cf=cf;s.vf=vf;";
const FLAGS_IN = "nf=s.nf|0;zf=s.zf|0;cf=s.cf|0;vf=s.vf|0;";

/** The register fields of an operand word that name a register; a field that means something else does no harm. */
const fieldsOf = (x: number): readonly number[] => [0, 4, 8, 12].map((at) => (x >> at) & 15).filter((n) => n !== 15);

const callOf = ({ step: { op, x, imm } }: Place): string => `COLD[${op - FIRST_COLD}](core,${x},${imm});`;

/** A helper that only computes: the registers that it may touch go out and come back. */
function quietText(place: Place): string {
  const { op, x } = place.step;
  const names = [...new Set(fieldsOf(x))];
  const flags = WITH_FLAGS.has(op);
  const out = names.map((n) => `R[${n}]=r${n};`).join("");
  const back = [x & 15, (x >> 12) & 15].filter((n) => n !== 15).map((n) => `r${n}=R[${n}];`);
  return `${out}${flags ? FLAGS_OUT : ""}${callOf(place)}${back.join("")}${flags ? FLAGS_IN : ""}`;
}

/** SMULxy and SMLAxy: a sum that does not fit sets Q. */
function multiplyHalves({ step: { x } }: Place): string {
  const half = (name: string, top: number): string => (top === 0 ? `(${name}<<16>>16)` : `(${name}>>16)`);
  const product = `a=Math.imul(${half(field(x, 4), x & 0x20000)},${half(field(x, 8), x & 0x10000)});`;
  if (((x >> 12) & 15) === 15) return `${product}${field(x, 0)}=a;`;
  const addend = field(x, 12);
  return `${product}t=a+${addend}|0;if(((a^t)&(${addend}^t))<0)s.q=1;${field(x, 0)}=t;`;
}

/** SXTH, UXTH, SXTB and UXTB with an addend, unrotated, by their form in bits 14:12. */
const EXTENSIONS: Readonly<Record<number, string>> = { 0: "<<16>>16", 1: "&0xffff", 4: "<<24>>24", 5: "&0xff" };

function extendText(place: Place): string {
  const { x } = place.step;
  const form = EXTENSIONS[(x >> 12) & 7];
  if (form === undefined || ((x >> 16) & 31) !== 0 || ((x >> 4) & 15) === 15) return quietText(place);
  return `${field(x, 0)}=${field(x, 4)}+(${field(x, 8)}${form})|0;`;
}

/**
 * An operation that the interpreter does in a helper: registers and flags go back into the core's state for it. `SPILL` and
 * `FILL` are replaced when the unit's registers are known.
 */
export function helperText(place: Place): string {
  const { op, next, itAfter } = place.step;
  if (op === MULTIPLY_HALVES) return multiplyHalves(place);
  if (op === EXTEND) return extendText(place);
  if (ON_REGISTERS.has(op) || WITH_FLAGS.has(op)) return quietText(place);
  const around = `s.cycles=core.sliceStart+m;R[15]=${next};c=1;${callOf(place)}c=0;it=0;`;
  const moved = `if(R[15]!==${next}||core.limit<0||u.stale){p=R[15];it=${itAfter};n=m;break d}`;
  return `${note(place)}SPILL;${FLAGS_OUT}${around}FILL;${FLAGS_IN}${moved}`;
}
