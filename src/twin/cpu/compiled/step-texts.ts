import { HOT } from "../ops/hot-ops.ts";
import { REGISTER_TEXTS } from "./register-texts.ts";
import type { Step } from "./steps.ts";

/** A step within its block: `cycles` of the block have passed when it is done, and how to leave the unit there. */
export interface Place {
  readonly step: Step;
  readonly cycles: number;
}

/** The names of HOT's numbers. */
export const NAME_OF = Object.keys(HOT) as (keyof typeof HOT)[];

/** A register's variable. */
export const register = (n: number): string => `r${n}`;

/** A register field of an operand word: D at 0, N at 4, M at 8, A at 12. */
export const field = (x: number, at: number): string => register((x >> at) & 15);

/** A number as a literal that any operator may stand before. */
export const literal = (value: number): string => (value < 0 ? `(${value})` : `${value}`);

const SHIFTS = ["M<<S", "M>>>S|0", "M>>S", "M>>>S|M<<32-S"];

/** The text of an operation on registers alone, or undefined for any other. */
export function registerText({ op, x, imm }: Step): string | undefined {
  const template = REGISTER_TEXTS[NAME_OF[op]];
  if (template === undefined) return undefined;
  const amount = (x >> 16) & 31;
  const words: Readonly<Record<string, string>> = {
    ...{ D: field(x, 0), N: field(x, 4), M: field(x, 8), A: field(x, 12) },
    ...{ I: literal(imm), S: `${amount}` },
  };
  const unfolded = template.replace(/\bH\b/, SHIFTS[(x >> 21) & 3]);
  return unfolded.replace(/\b[DNMAIS]\b/g, (word) => words[word]);
}

/** Notes where the instruction is for a fault, and the cycles with it, before something that may not return. */
export const note = ({ step, cycles }: Place): string =>
  `p=${step.pc};m=n+${cycles}|0;${step.it === 0 ? "" : `it=${step.it};`}`;

/** Leaves the unit before the instruction. */
export const leaveBefore = ({ step, cycles }: Place): string =>
  `{p=${step.pc};it=${step.it};n=n+${cycles - step.cycles}|0;break d}`;

/** Leaves the unit behind an instruction that made something want a look: `finish` first, what it does besides. */
export const leaveIfAsked = ({ step }: Place, finish = ""): string =>
  `${step.it === 0 ? "" : "it=0;"}if(core.limit<0||u.stale){${finish}p=${step.next};it=${step.itAfter};n=m;break d}`;

/** UDIV and SDIV, which may fault. */
export function divisionText(place: Place): string {
  const { op, x } = place.step;
  const [d, n, m] = [field(x, 0), field(x, 4), field(x, 8)];
  const quotient = op === HOT.UDIV ? `(${n}>>>0)/(${m}>>>0)` : `${n}/${m}`;
  const restore = place.step.it === 0 ? "" : "it=0;";
  return `if(${m}===0){${note(place)}${d}=divide(core);${restore}}else ${d}=${quotient}|0;`;
}
