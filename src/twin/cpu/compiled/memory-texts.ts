import { countOnes, S_BIT } from "../decode/decoded.ts";
import { HOT } from "../ops/hot-ops.ts";
import { field, leaveBefore, leaveIfAsked, literal, NAME_OF, note, type Place, register } from "./step-texts.ts";
import type { Step } from "./steps.ts";

/** Width and sign of a load or store by its name's letters. */
const WIDTHS = { "": [4, ""], B: [1, ""], H: [2, ""], SB: [1, "<<24>>24"], SH: [2, "<<16>>16"] } as const;

/** A single load or store: LDR or STR, its width, and how its address is made. */
const SINGLE = /^(LDR|STR)(B|H|SB|SH|)_(IMM|REG|LIT|POST|PRE)$/;

const VIEWS = { 1: "8", 2: "16", 4: "32" } as const;

/** The index of byte offset `o` in a view of a width, and what makes it aligned. */
const indexOf = (width: 1 | 2 | 4): string => ({ 1: "o", 2: "o>>1", 4: "o>>2" })[width];
const aligned = (width: 1 | 2 | 4): string => (width === 1 ? "" : `&&(o&${width - 1})===0`);

function addressOf({ x, imm }: Step, mode: string): string {
  const base = field(x, 4);
  if (mode === "LIT") return literal(imm);
  if (mode === "REG") return `${base}+(${field(x, 8)}<<${(x >> 16) & 31})|0`;
  return mode === "POST" ? base : `${base}+${literal(imm)}|0`;
}

/** What writes the base back, from the address in `t`. */
function writeBack({ x, imm }: Step, mode: string): string {
  if (mode === "PRE") return `${field(x, 4)}=t;`;
  return mode === "POST" ? `${field(x, 4)}=t+${literal(imm)}|0;` : "";
}

/** The private peripheral bus knows the core's own registers: the interpreter goes there. */
const notOwn = (place: Place): string => `if(t>>>20===0xe00)${leaveBefore(place)}`;

/** A load or store of one byte, halfword or word, or undefined for any other operation. */
export function singleText(place: Place): string | undefined {
  const { step } = place;
  const parts = SINGLE.exec(NAME_OF[step.op] ?? "");
  if (!parts) return undefined;
  const [, kind, letters, mode] = parts;
  const [width, sign] = WIDTHS[letters as keyof typeof WIDTHS];
  const after = writeBack(step, mode);
  const access = kind === "LDR" ? load(place, width, sign, after) : store(place, width, after);
  return `t=${addressOf(step, mode)};o=t-base|0;${access}${after}`;
}

function load(place: Place, width: 1 | 2 | 4, sign: string, after: string): string {
  const d = field(place.step.x, 0);
  const inData = `if(o>>>0<size${aligned(width)})${d}=d${VIEWS[width]}[${indexOf(width)}]${sign};`;
  const inCode = `else if((o=t-codeBase|0)>>>0<codeSize${aligned(width)})${d}=c${VIEWS[width]}[${indexOf(width)}]${sign};`;
  const slow = `${notOwn(place)}${note(place)}${d}=load(core,t,${width},m)${sign === "" ? "|0" : sign};`;
  return `${inData}${inCode}else{${slow}${leaveIfAsked(place, after)}}`;
}

function store(place: Place, width: 1 | 2 | 4, after: string): string {
  const d = field(place.step.x, 0);
  const inData = `if(o>>>0<writable${aligned(width)}&&decoded[o>>8]===0)d${VIEWS[width]}[${indexOf(width)}]=${d};`;
  const slow = `${notOwn(place)}${note(place)}store(core,t,${width},${d},m);`;
  return `${inData}else{${slow}${leaveIfAsked(place, after)}}`;
}

const registersOf = (list: number): readonly string[] =>
  Array.from({ length: 15 }, (_, n) => n)
    .filter((n) => (list >> n) & 1)
    .map(register);

/** Loads a list of registers from `t` in the data window, or leaves the unit before the instruction. */
const loads = (place: Place, names: readonly string[], words: number): string =>
  `o=t-base|0;if((t&3)!==0||o<0||o+${4 * words}>size)${leaveBefore(place)}o>>=2;${names
    .map((name, n) => `${name}=d32[o${n === 0 ? "" : `+${n}`}];`)
    .join("")}`;

/** Stores a list of registers; as `loads`, and not where something is decoded. */
const stores = (place: Place, names: readonly string[]): string => {
  const bytes = 4 * names.length;
  const decoded = `decoded[o>>8]!==0||decoded[o+${bytes - 1}>>8]!==0`;
  return `o=t-base|0;if((t&3)!==0||o<0||o+${bytes}>writable||${decoded})${leaveBefore(place)}o>>=2;${names
    .map((name, n) => `d32[o${n === 0 ? "" : `+${n}`}]=${name};`)
    .join("")}`;
};

/** PUSH, POP, LDM, STM, LDRD and STRD, or undefined for any other operation; POP to PC leaves its target in `t`. */
export function multipleText(place: Place): string | undefined {
  const { op, x, imm } = place.step;
  const names = registersOf(imm);
  const bytes = 4 * countOnes(imm);
  const base = field(x, 4);
  const after = x & S_BIT ? `${base}=t+${bytes}|0;` : "";
  const pair = [field(x, 0), field(x, 12)];
  switch (op) {
    case HOT.PUSH:
      return `t=r13-${bytes}|0;${stores(place, names)}r13=t;`;
    case HOT.POP:
      return `t=r13;${loads(place, names, names.length)}r13=t+${bytes}|0;`;
    case HOT.POP_PC:
      return popToPc(place, names);
    case HOT.LDM:
      return `t=${base};${loads(place, names, names.length)}${after}`;
    case HOT.STM:
      return `t=${base};${stores(place, names)}${after}`;
    case HOT.LDRD_IMM:
      // The first register is written last.
      return `t=${base}+${literal(imm)}|0;${loads(place, ["a", pair[1]], 2)}${pair[0]}=a;`;
    case HOT.STRD_IMM:
      return `t=${base}+${literal(imm)}|0;${stores(place, pair)}`;
    default:
      return undefined;
  }
}

/** A target that is no plain Thumb address is the interpreter's; see `interwork`. */
function popToPc(place: Place, names: readonly string[]): string {
  const bytes = 4 * names.length;
  const target = `a=d32[o+${bytes}>>2];if((a&1)===0||a>>>28===15)${leaveBefore(place)}`;
  const window = `o=t-base|0;if((t&3)!==0||o<0||o+${bytes + 4}>size)${leaveBefore(place)}`;
  const loaded = names.map((name, n) => `${name}=d32[o+${4 * n}>>2];`).join("");
  return `t=r13;${window}${target}${loaded}r13=t+${bytes + 4}|0;t=a&~1;`;
}
