import { load, load32, requireAligned, store } from "../access.ts";
import { interwork } from "./branches.ts";
import { coldOp } from "./cold-ops.ts";
import type { Core } from "../core.ts";
import { countOnes, DB_BIT, S_BIT } from "../decode/decoded.ts";
import { setRegister } from "./ops-alu.ts";
import type { AccessSize } from "../seam.ts";

/** A load or store of a cold form: what moves, and how the address is made. Packed into `imm` above its low 16 bits. */
export const ACCESS = {
  store: 1 << 16,
  signed: 1 << 17,
  index: 1 << 18,
  write: 1 << 19,
  negative: 1 << 20,
  register: 1 << 21,
};

/** Bits 23:22 of `imm`: log2 of the size. */
export const accessSize = (log2: number): number => log2 << 22;

const elapsed = (core: Core): number => core.state.cycles - core.sliceStart;

function offsetOf(core: Core, x: number, imm: number): number {
  const amount = imm & ACCESS.register ? core.state.r[(x >> 8) & 15] << ((x >> 16) & 31) : imm & 0xffff;
  return imm & ACCESS.negative ? -amount : amount;
}

function loaded(core: Core, at: number, imm: number): number {
  const size = (1 << ((imm >> 22) & 3)) as AccessSize;
  const value = load(core, at, size, elapsed(core));
  if (!(imm & ACCESS.signed)) return value | 0;
  return size === 1 ? (value << 24) >> 24 : (value << 16) >> 16;
}

/** Rt as loaded: PC branches, with interworking. */
function setLoaded(core: Core, rt: number, value: number): void {
  if (rt === 15) core.state.r[15] = interwork(core, value);
  else setRegister(core.state, rt, value);
}

/** Any single load or store that is not inline in the interpreter: odd indexing, SP or PC as target. */
export const SINGLE = coldOp((core, x, imm) => {
  const { r } = core.state;
  const rn = (x >> 4) & 15;
  const indexed = (r[rn] + offsetOf(core, x, imm)) | 0;
  const at = imm & ACCESS.index ? indexed : r[rn];
  if (imm & ACCESS.store) store(core, at, (1 << ((imm >> 22) & 3)) as AccessSize, r[x & 15], elapsed(core));
  const value = imm & ACCESS.store ? 0 : loaded(core, at, imm);
  if (imm & ACCESS.write) setRegister(core.state, rn, indexed);
  if (!(imm & ACCESS.store)) setLoaded(core, x & 15, value);
});

/** Bits 23:22 of `x` for loads from a constant address: log2 of the size; bit 21: signed. */
export const LITERAL = coldOp((core, x, imm) => {
  const size = (1 << ((x >> 22) & 3)) as AccessSize;
  const value = load(core, imm, size, elapsed(core)) | 0;
  const shift = 32 - 8 * size;
  setLoaded(core, x & 15, x & (1 << 21) ? (value << shift) >> shift : value);
});

/** LDRD and STRD with indexing (flags as for `SINGLE`), Rt2 in 15:12. */
export const DOUBLE = coldOp((core, x, imm) => {
  const { r } = core.state;
  const rn = (x >> 4) & 15;
  const indexed = (r[rn] + offsetOf(core, x, imm)) | 0;
  const at = imm & ACCESS.index ? indexed : r[rn];
  requireAligned(core, at, 4);
  if (imm & ACCESS.store) storePair(core, at, r[x & 15], r[(x >> 12) & 15]);
  const [first, second] = imm & ACCESS.store ? [0, 0] : loadPair(core, at);
  if (imm & ACCESS.write) setRegister(core.state, rn, indexed);
  if (imm & ACCESS.store) return;
  setRegister(core.state, x & 15, first);
  setRegister(core.state, (x >> 12) & 15, second);
});

const loadPair = (core: Core, at: number): readonly [number, number] => [
  load32(core, at, elapsed(core)),
  load32(core, at + 4, elapsed(core)),
];

function storePair(core: Core, at: number, first: number, second: number): void {
  store(core, at, 4, first, elapsed(core));
  store(core, at + 4, 4, second, elapsed(core));
}

/** LDRD of a literal; imm is its address. */
export const DOUBLE_LITERAL = coldOp((core, x, imm) => {
  requireAligned(core, imm, 4);
  const [first, second] = loadPair(core, imm);
  setRegister(core.state, x & 15, first);
  setRegister(core.state, (x >> 12) & 15, second);
});

const lowestAddress = (base: number, x: number, list: number): number =>
  x & DB_BIT ? (base - 4 * countOnes(list)) | 0 : base;

const written = (base: number, x: number, list: number): number => (base + (x & DB_BIT ? -4 : 4) * countOnes(list)) | 0;

/** Loads a list; nothing changes until the last word is there, so that the instruction can be repeated after a fault. */
function loadList(core: Core, at: number, list: number): number {
  const { r } = core.state;
  const values = [];
  for (let n = 0, from = at; n < 16; n++) {
    if (!((list >> n) & 1)) continue;
    values.push(load32(core, from, elapsed(core)));
    from += 4;
  }
  let next = 0;
  for (let n = 0; n < 15; n++) if ((list >> n) & 1) r[n] = n === 13 ? values[next++] & ~3 : values[next++];
  return values[next] ?? 0;
}

/** LDM and POP, any form; PC in the list branches. */
export const LOAD_MULTIPLE = coldOp((core, x, list) => {
  const { r } = core.state;
  const rn = (x >> 4) & 15;
  const base = r[rn];
  const at = lowestAddress(base, x, list);
  requireAligned(core, at, 4);
  const pc = loadList(core, at, list);
  if (x & S_BIT && !((list >> rn) & 1)) setRegister(core.state, rn, written(base, x, list));
  if (list & 0x8000) r[15] = interwork(core, pc);
});

/** STM and PUSH, any form. */
export const STORE_MULTIPLE = coldOp((core, x, list) => {
  const { r } = core.state;
  const rn = (x >> 4) & 15;
  const base = r[rn];
  let at = lowestAddress(base, x, list);
  requireAligned(core, at, 4);
  for (let n = 0; n < 15; n++) {
    if (!((list >> n) & 1)) continue;
    store(core, at, 4, r[n], elapsed(core));
    at = (at + 4) | 0;
  }
  if (x & S_BIT) setRegister(core.state, rn, written(base, x, list));
});

/** LDREX, LDREXB, LDREXH: size in bits 23:22 of `x`, offset in imm. */
export const LOAD_EXCLUSIVE = coldOp((core, x, imm) => {
  const s = core.state;
  const size = (1 << ((x >> 22) & 3)) as AccessSize;
  const at = (s.r[(x >> 4) & 15] + imm) | 0;
  requireAligned(core, at, size);
  s.r[x & 15] = load(core, at, size, elapsed(core));
  s.exclusive = 1;
  s.exclusiveAddress = at;
});

/** STREX, STREXB, STREXH: Rt in 3:0, Rd (0: stored) in 15:12. */
export const STORE_EXCLUSIVE = coldOp((core, x, imm) => {
  const s = core.state;
  const size = (1 << ((x >> 22) & 3)) as AccessSize;
  const at = (s.r[(x >> 4) & 15] + imm) | 0;
  const passes = s.exclusive === 1 && s.exclusiveAddress === at;
  if (passes) requireAligned(core, at, size);
  if (passes) store(core, at, size, s.r[x & 15], elapsed(core));
  s.r[(x >> 12) & 15] = passes ? 0 : 1;
  s.exclusive = 0;
});

/** CLREX. */
export const CLREX = coldOp(({ state }) => {
  state.exclusive = 0;
});
