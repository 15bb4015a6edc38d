import { HOT } from "../ops/hot-ops.ts";
import { field, leaveBefore, leaveIfAsked, literal, type Place, note } from "./step-texts.ts";
import { multipleText } from "./memory-texts.ts";

/** Condition codes 0 to 13 over the flags' variables (ARMv7-M ARM A7.3); 14 and 15 always hold. */
const CONDITIONS = [
  "zf===0", "zf!==0", "cf!==0", "cf===0", "nf<0", "nf>=0", "vf<0", "vf>=0", "cf!==0&&zf!==0", "cf===0||zf===0",
  "(nf^vf)>=0", "(nf^vf)<0", "zf!==0&&(nf^vf)>=0", "zf===0||(nf^vf)<0",
]; // biome-ignore format: a table

/** A condition code as an expression. */
export const conditionText = (condition: number): string => CONDITIONS[condition] ?? "true";

/** Goes on at a known address. */
export type Goto = (pc: number) => string;

/** Goes on at the address in `t`. */
const GOTO_T = "{b=blockOf[(t-first|0)>>>1]|0;if(b===0){p=t;it=0;break d}continue d}";

/** A branch to a known address: under what condition, and how many cycles more it takes when it is taken. */
function knownBranch({ step }: Place): { readonly condition: string; readonly more: number } | undefined {
  const { op, x } = step;
  if (op === HOT.B || op === HOT.BL) return { condition: "true", more: 0 };
  if (op >= HOT.BEQ && op <= HOT.BLE) return { condition: conditionText(op - HOT.BEQ), more: 2 };
  if (op === HOT.LOOP || op === HOT.BACK) return { condition: conditionText(x & 15), more: (x >> 4) & 15 };
  if (op === HOT.CBZ) return { condition: `${field(x, 4)}===0`, more: 2 };
  return op === HOT.CBNZ ? { condition: `${field(x, 4)}!==0`, more: 2 } : undefined;
}

/** The most cycles that a branch takes beyond those of its step. */
export const MOST_BRANCH_CYCLES = 2;

/** A branch, or undefined for any other operation; where it is not taken, control goes on behind the text. */
export function branchText(place: Place, goto: Goto): string | undefined {
  const { step, cycles } = place;
  const known = knownBranch(place);
  const link = step.op === HOT.BL || step.op === HOT.BLX ? `r14=${step.next | 1};` : "";
  if (!known) return unknownBranch(place, link);
  const taken = `{${link}n=n+${cycles + known.more}|0;${goto(step.imm)}}`;
  return known.condition === "true" ? taken : `if(${known.condition})${taken}`;
}

function unknownBranch(place: Place, link: string): string | undefined {
  const { op, x } = place.step;
  const pass = `n=n+${place.cycles}|0;`;
  if (op === HOT.POP_PC) return `${multipleText(place)}${pass}${GOTO_T}`;
  if (op === HOT.TBB || op === HOT.TBH) return `${tableText(place)}${pass}${GOTO_T}`;
  if (op !== HOT.BX && op !== HOT.BLX) return undefined;
  return `t=${field(x, 8)};if((t&1)===0||t>>>28===15)${leaveBefore(place)}${link}t&=~1;${pass}${GOTO_T}`;
}

function tableText(place: Place): string {
  const { op, x, imm } = place.step;
  const width = op === HOT.TBB ? 1 : 2;
  const base = ((x >> 4) & 15) === 15 ? literal(imm) : field(x, 4);
  const view = width === 1 ? "c8[o]" : "c16[o>>1]";
  const inCode = `if(o>>>0<codeSize${width === 1 ? "" : "&&(o&1)===0"})a=${view};`;
  const slow = `else{if(t>>>20===0xe00)${leaveBefore(place)}${note(place)}a=load(core,t,${width},m);`;
  // A read that wants a look ends the unit at the target.
  const left = leaveIfAsked(place).replace(`p=${place.step.next};`, `p=(${literal(imm)}+2*a)|0;`);
  return `t=${base}+${width === 1 ? "" : "2*"}${field(x, 8)}|0;o=t-codeBase|0;${inCode}${slow}${left}}t=(${literal(imm)}+2*a)|0;`;
}
