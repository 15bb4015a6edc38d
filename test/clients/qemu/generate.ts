import { isWide } from "../../../src/twin/cpu/decode/decode16.ts";
import { type CpuProfile, isMain, isV8 } from "../../../src/twin/cpu/profiles/profile.ts";
import { isExcluded, isOutsideIt } from "./exclusions.ts";
import { groupsOf } from "./groups.ts";
import { BASE_BRANCHES, BRANCHES, type Field, MAIN_BRANCHES, type Pattern } from "./patterns.ts";
import { Random, randomVector } from "./random.ts";
import { SCRATCH_AT, type Vector } from "./vector.ts";

/** Halfwords of a slot less the longest branch and the longest pattern. */
const MOST_HALFWORDS = 20;

/** What base registers of 16-bit accesses hold. */
const BASE_VALUE = SCRATCH_AT + 24;

/** Registers for each kind of field: bases and indices keep their values, so that addresses stay in the scratch memory. */
const POOLS: Readonly<Record<string, readonly number[]>> = {
  d: [0, 1, 2, 3, 4, 8, 9, 10, 11, 14],
  e: [0, 1, 2, 3, 4, 8, 9, 10, 11, 14],
  n: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14],
  m: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14],
  a: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14],
  b: [6, 7],
  k: [5, 12],
};

function fieldValue(random: Random, letter: string, width: number): number {
  const pool = POOLS[letter]?.filter((register) => register < 2 ** width);
  return pool && width >= 3 ? random.pick(pool) : random.below(2 ** width);
}

function fieldsOf(random: Random, bits: string): Map<string, number> {
  const letters = new Set(bits.replace(/[01]/g, ""));
  return new Map([...letters].map((letter) => [letter, fieldValue(random, letter, bits.split(letter).length - 1)]));
}

/** Puts fields into a pattern; a letter's bits are taken most significant first. */
function assemble(bits: string, fields: ReadonlyMap<string, number>): string {
  const left = new Map([...fields.keys()].map((letter) => [letter, bits.split(letter).length - 1]));
  return [...bits].map((letter) => (/[01]/.test(letter) ? letter : nextBit(letter, fields, left))).join("");
}

function nextBit(letter: string, fields: ReadonlyMap<string, number>, left: Map<string, number>): string {
  const at = (left.get(letter) ?? 0) - 1;
  left.set(letter, at);
  return String(((fields.get(letter) ?? 0) >> at) & 1);
}

/** A random instance of a pattern, as halfwords. */
function instance(random: Random, pattern: Pattern): number[] {
  const bits = pattern.bits.replaceAll(" ", "");
  for (;;) {
    const fields = fieldsOf(random, bits);
    const field: Field = (letter) => fields.get(letter) ?? 0;
    if (pattern.accepts && !pattern.accepts(field)) continue;
    const text = assemble(bits, fields);
    return Array.from({ length: text.length / 16 }, (_, n) => Number.parseInt(text.slice(16 * n, 16 * n + 16), 2));
  }
}

function branchesOf(profile: CpuProfile): readonly Pattern[] {
  if (isMain(profile)) return MAIN_BRANCHES;
  return isV8(profile) ? BASE_BRANCHES : BRANCHES;
}

/** Draws instructions for one core. */
class Generator {
  private readonly random: Random;
  private readonly groups: readonly (readonly Pattern[])[];
  private readonly profile: CpuProfile;
  private readonly main: boolean;

  constructor(random: Random, profile: CpuProfile) {
    this.random = random;
    this.groups = groupsOf(profile);
    this.profile = profile;
    this.main = isMain(profile);
  }

  /** Up to `count` instructions, as many as fit. */
  private plain(count: number): number[] {
    const code: number[] = [];
    for (let n = 0; n < count && code.length < MOST_HALFWORDS; n++) code.push(...this.instruction());
    return code;
  }

  private instruction(): number[] {
    for (;;) {
      const code = instance(this.random, this.random.pick(this.random.pick(this.groups)));
      if (!isExcluded(this.profile, code)) return code;
    }
  }

  /** One instruction; a pattern of several would be torn apart. */
  private single(): number[] {
    for (;;) {
      const code = this.instruction();
      if (code.length === (isWide(code[0] as number) ? 2 : 1) && !isOutsideIt(code)) return code;
    }
  }

  /** An IT with a condition other than "always" and the instructions under it. */
  private itBlock(count: number): number[] {
    const mask = this.random.below(2 ** (count - 1)) * 2 + 1;
    const it = 0xbf00 | (this.random.below(14) << 4) | ((mask << (4 - count)) & 15);
    return [it, ...Array.from({ length: count }, () => this.single()).flat()];
  }

  /** Code of `count` instructions: plain, under an IT, or with a branch at its end. */
  code(count: number): number[] {
    const kind = this.random.below(5);
    if (kind === 0 && count <= 4 && this.main) return this.itBlock(count);
    const plain = this.plain(count);
    return kind === 1 ? [...plain, ...instance(this.random, this.random.pick(branchesOf(this.profile)))] : plain;
  }
}

/** Halfwords as bytes. */
export const codeBytes = (halfwords: readonly number[]): Uint8Array =>
  Uint8Array.from(halfwords.flatMap((halfword) => [halfword & 0xff, halfword >> 8]));

/** A vector and the seed that its state came from: what a stored vector needs. */
export interface Seeded {
  readonly seed: number;
  readonly vector: Vector;
}

/** A random vector of 1 to 8 instructions for a core. */
export function randomProgram(random: Random, profile: CpuProfile): Seeded {
  const code = codeBytes(new Generator(random, profile).code(1 + random.below(8)));
  const seed = random.word();
  return { seed, vector: randomVector(new Random(seed), code, profile) };
}

/** 16-bit opcodes with an outcome that vectors can show: no SVC, BKPT, hints, branches, CPS, nor QEMU's semihosting HLT. */
function showable(opcode: number): boolean {
  const top = opcode >> 8;
  if (opcode >= 0xe800 || (top >= 0xd0 && top <= 0xdf) || top === 0xbe || top === 0xbf || top >= 0xe0) return false;
  if (top === 0x47 || (opcode >= 0xba80 && opcode <= 0xbabf) || (opcode & 0xffe0) === 0xb660) return false;
  if ((opcode & 0xf500) === 0xb100 || top === 0xbd) return false;
  // Literals beyond the slot; SETEND, which M profile leaves undefined and QEMU 7.2 lets pass.
  if ((opcode >> 11 === 9 && (opcode & 0xff) > 12) || (opcode & 0xfff7) === 0xb650) return false;
  return !unpredictable(opcode);
}

/** MOV, ADD, CMP of SP and PC, empty lists, STM with its base, and what BX and BLX do (ARMv7-M ARM A7.7). */
function unpredictable(opcode: number): boolean {
  const highDestination = ((opcode >> 4) & 8) | (opcode & 7);
  const highSource = (opcode >> 3) & 15;
  if (opcode >> 10 === 0x11 && (highDestination === 13 || highDestination === 15 || highSource === 15)) return true;
  if (opcode >> 8 === 0x45 && highSource < 8 && highDestination < 8) return true;
  if (opcode >> 12 === 0xc)
    return (opcode & 0xff) === 0 || ((opcode & 0x800) === 0 && ((opcode >> ((opcode >> 8) & 7)) & 1) === 1);
  return (opcode >> 9 === 0x5a || opcode >> 9 === 0x5e) && (opcode & 0x1ff) === 0;
}

/** Every 16-bit opcode that a vector can show. */
export const narrowOpcodes = (): number[] => Array.from({ length: 0x10000 }, (_, opcode) => opcode).filter(showable);

/** Where the base register of a 16-bit access stands, or -1 where nothing is accessed. */
function baseOf(opcode: number): number {
  const row = opcode >> 12;
  if (row === 0xc) return (opcode >> 8) & 7;
  return row >= 5 && row <= 8 ? (opcode >> 3) & 7 : -1;
}

/** A vector for one 16-bit opcode; the registers of an access point into cleared memory. */
export function narrowVector(opcode: number, profile: CpuProfile): Vector {
  const vector = randomVector(new Random(opcode), codeBytes([opcode]), profile);
  const base = baseOf(opcode);
  const index = opcode >> 12 === 5 ? (opcode >> 6) & 7 : -1;
  const r = vector.r.map((value, n) => (n === base ? BASE_VALUE : n === index ? value & 31 : value));
  // One register as base and index: its double has to be an address.
  if (base === index && base >= 0) r[base] = BASE_VALUE / 2;
  return { ...vector, r };
}
