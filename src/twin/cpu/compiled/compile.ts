import { load, store } from "../access.ts";
import type { Core } from "../core.ts";
import { FAULT } from "../system/faults.ts";
import { COLD } from "../ops/cold-ops.ts";
import { FIRST_COLD } from "../ops/hot-ops.ts";
import { multiplyHighSigned, multiplyHighUnsigned } from "../ops/ops-alu.ts";
import { divide } from "../ops/ops-inline.ts";
import type { CodeRegion } from "../regions.ts";
import { type Block, blocksFrom } from "./blocks.ts";
import { branchText, conditionText, type Goto, MOST_BRANCH_CYCLES } from "./branch-texts.ts";
import type { LoopHead, Run, Unit } from "./loop-heads.ts";
import { multipleText, singleText } from "./memory-texts.ts";
import { functionOf } from "./permission.ts";
import { helperText } from "./helper-texts.ts";
import { divisionText, leaveBefore, type Place, registerText } from "./step-texts.ts";
import { HOT } from "../ops/hot-ops.ts";
import { branches, type Step, targetOf } from "./steps.ts";

/** What one instruction becomes; one that names the PC as a register is the interpreter's. */
function stepText(place: Place, goto: Goto): string {
  const text = plainText(place, goto);
  return text === undefined || /\br15\b/.test(text) ? leaveBefore(place) : text;
}

function plainText(place: Place, goto: Goto): string | undefined {
  const { step } = place;
  if (step.op >= FIRST_COLD) return helperText(place);
  if (step.op === HOT.UDIV || step.op === HOT.SDIV) return divisionText(place);
  return registerText(step) ?? singleText(place) ?? branchText(place, goto) ?? multipleText(place);
}

/** An instruction in an IT block: one cycle where its condition fails. */
function conditionalText(step: Step, cycles: number, goto: Goto): string {
  const more = step.cycles === 1 ? "" : `n=n+${step.cycles - 1}|0;`;
  return `if(${conditionText(step.it >> 4)}){${more}${stepText({ step, cycles }, goto)}}`;
}

/** A block as the statements of its case; `ahead` is the block that stands behind it. */
function blockText(block: Block, goto: Goto, ahead: Block | undefined): string {
  const loops = block.steps.some((step) => targetOf(step) === block.pc);
  const inner: Goto = (pc) => (pc === block.pc ? "continue" : goto(pc));
  let cycles = 0;
  const texts = block.steps.map((step) => {
    cycles += step.it === 0 ? step.cycles : 1;
    return step.it === 0 ? stepText({ step, cycles }, inner) : conditionalText(step, cycles, inner);
  });
  const last = block.steps.at(-1)!;
  const behind = last.itAfter !== 0 ? `{p=${block.next};it=${last.itAfter};break d}` : goto(block.next);
  const end = last.itAfter === 0 && ahead?.pc === block.next ? "" : behind;
  const most = block.steps.slice(0, -1).reduce((sum, step) => sum + step.cycles + mostMore(step), 0);
  const check = `if(n+${most}>=limit){p=${block.pc};it=0;break d}`;
  const once = `${check}${texts.join("")}n=n+${cycles}|0;`;
  return loops ? `for(;;){${once}break}${end}` : `${once}${end}`;
}

/** Cycles that a step may take beyond those that are known: a branch in an IT block that is taken. */
const mostMore = (step: Step): number => (branches(step) ? MOST_BRANCH_CYCLES : 0);

/** The whole unit; its blocks are numbered from 1, 0 is what lies outside. */
function unitText(blocks: readonly Block[], first: number): string {
  const numbers = new Map(blocks.map(({ pc }, n) => [pc, n + 1]));
  const goto: Goto = (pc) => {
    const number = numbers.get(pc);
    return number === undefined ? `{p=${pc};it=0;break d}` : `{b=${number};continue d}`;
  };
  const cases = blocks.map((block, n) => `case ${n + 1}:${blockText(block, goto, blocks[n + 1])}`).join("\n");
  const used = [...Array(15).keys()].filter((n) => new RegExp(`\\br${n}\\b`).test(cases));
  const spill = used.map((n) => `R[${n}]=r${n};`).join("");
  const flags = "s.nf=nf;s.zf=zf;s.cf=cf;s.vf=vf;";
  const fill = used.map((n) => `r${n}=R[${n}];`).join("");
  const body = cases.replaceAll("SPILL;", spill).replaceAll("FILL;", fill);
  return `"use strict";
const {core,u,blockOf,COLD,FAULT,load,store,divide,multiplyHighSigned,multiplyHighUnsigned}=env;
return function(n,epoch){
const s=core.state,R=s.r,limit=core.limit,data=core.data,code=core.codeMemory;
const base=data.base|0,size=core.watching?0:data.length,writable=data.memory.writable?size:0,decoded=data.decodedPages;
const d8=data.u8,d16=data.u16,d32=data.i32,codeBase=code.base|0,codeSize=core.watching?0:code.length;
const c8=code.u8,c16=code.u16,c32=code.i32,first=${first};
let ${used
    .map((n) => `r${n}=R[${n}]`)
    .concat("nf=s.nf|0", "zf=s.zf|0", "cf=s.cf|0", "vf=s.vf|0")
    .join(",")};
let p=0,it=0,m=n,b=u.entry,c=0,a=0,t=0,o=0;
try{d:for(;;){switch(b){
${body}
default:break d}}}catch(thrown){
if(thrown!==FAULT||core.epoch!==epoch)throw thrown;
n=m;core.left.fault=true;
}
core.left.pc=p;core.left.it=it;
if(core.epoch!==epoch)return n;
if(c===0){${spill}}
${flags}
return n}`;
}

/** The halfwords that a unit's blocks are made of. */
function codeOf(blocks: readonly Block[], from: number, base: number): Uint8Array {
  const ends = blocks.map(({ next }) => (next - base) >> 1);
  const code = new Uint8Array(Math.max(...ends) - from);
  for (const { steps } of blocks) {
    for (const { pc, next } of steps) code.fill(1, ((pc - base) >> 1) - from, ((next - base) >> 1) - from);
  }
  return code;
}

/** Compiles what is reached from a loop's head, and lets the head run it. */
export function compileLoop(core: Core, code: CodeRegion, head: LoopHead): void {
  const blocks = blocksFrom(core, code, head.at);
  const entry = 1 + blocks.findIndex(({ pc }) => pc === ((code.base + 2 * head.at) | 0));
  if (entry === 0) {
    head.worth = Number.POSITIVE_INFINITY;
    return;
  }
  const base = code.base | 0;
  const first = blocks[0].pc;
  const from = (first - base) >> 1;
  const blockOf = new Uint16Array(((blocks.at(-1)!.pc - first) >> 1) + 1);
  for (const [n, { pc }] of blocks.entries()) blockOf[(pc - first) >> 1] = n + 1;
  const unit: Unit & { readonly entry: number } = { head, from, code: codeOf(blocks, from, base), stale: false, entry };
  const env = { core, u: unit, blockOf, COLD, FAULT, load, store, divide, multiplyHighSigned, multiplyHighUnsigned };
  code.heads.add(unit, functionOf("env", unitText(blocks, first))(env) as Run);
}
