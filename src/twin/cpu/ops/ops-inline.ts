import { load32, requireAligned, store } from "../access.ts";
import { interwork } from "./branches.ts";
import type { Core } from "../core.ts";
import { countOnes, S_BIT } from "../decode/decoded.ts";
import { CFSR, usageFault } from "../system/faults.ts";

const DIV_0_TRP = 16;

/** What a division by zero gives: 0, or a UsageFault under CCR.DIV_0_TRP. */
export function divide(core: Core): number {
  return core.state.ccr & DIV_0_TRP ? usageFault(core, CFSR.DIVBYZERO) : 0;
}

/** Whether `bytes` from `at` on lie whole in the memory that the interpreter favours. */
const inData = (core: Core, at: number, bytes: number): boolean => {
  const offset = (at - core.data.base) | 0;
  return !core.watching && (at & 3) === 0 && offset >= 0 && offset + bytes <= core.data.length;
};

/** Fills registers 0 to 14 of a list from ascending words; nothing changes before the last one could be read. */
function loadList(core: Core, at: number, list: number, elapsed: number): void {
  const { r } = core.state;
  const words = countOnes(list);
  if (inData(core, at, 4 * words)) {
    const { i32 } = core.data;
    let from = ((at - core.data.base) | 0) >> 2;
    for (let n = 0, left = list; left !== 0; n++, left >>= 1) if (left & 1) r[n] = i32[from++];
    return;
  }
  requireAligned(core, at, 4);
  const values = Array.from({ length: words }, (_, k) => load32(core, (at + 4 * k) | 0, elapsed));
  for (let n = 0, k = 0; n < 15; n++) if ((list >> n) & 1) r[n] = values[k++];
}

function storeList(core: Core, at: number, list: number, elapsed: number): void {
  const { r } = core.state;
  requireAligned(core, at, 4);
  for (let n = 0, to = at, left = list; left !== 0; n++, left >>= 1) {
    if (!(left & 1)) continue;
    storeWord(core, to, r[n], elapsed);
    to = (to + 4) | 0;
  }
}

function storeWord(core: Core, at: number, value: number, elapsed: number): void {
  const { data } = core;
  const offset = (at - data.base) | 0;
  if (inData(core, at, 4) && data.memory.writable && data.decodedPages[offset >> 8] === 0)
    data.i32[offset >> 2] = value;
  else store(core, at, 4, value, elapsed);
}

/** PUSH of a list without SP and PC. */
export function push(core: Core, list: number, elapsed: number): void {
  const { r } = core.state;
  const at = (r[13] - 4 * countOnes(list)) | 0;
  storeList(core, at, list, elapsed);
  r[13] = at;
}

/** POP of a list without SP and PC. */
export function pop(core: Core, list: number, elapsed: number): void {
  const { r } = core.state;
  const at = r[13];
  loadList(core, at, list, elapsed);
  r[13] = at + 4 * countOnes(list);
}

/** POP of a list (without SP) and PC; answers the next PC. */
export function popToPc(core: Core, list: number, elapsed: number): number {
  const { r } = core.state;
  const at = r[13];
  const bytes = 4 * countOnes(list);
  requireAligned(core, at, 4);
  const target = load32(core, (at + bytes) | 0, elapsed);
  loadList(core, at, list, elapsed);
  r[13] = at + bytes + 4;
  return interwork(core, target);
}

/** LDM upward, base not in the list, S bit: write back. List 0 is LDRD: Rt in 3:0, Rt2 in 15:12. */
export function loadMultiple(core: Core, at: number, list: number, x: number, elapsed: number): void {
  const { r } = core.state;
  if (list === 0) {
    requireAligned(core, at, 4);
    const first = load32(core, at, elapsed);
    r[(x >> 12) & 15] = load32(core, (at + 4) | 0, elapsed);
    r[x & 15] = first;
    return;
  }
  loadList(core, at, list, elapsed);
  if (x & S_BIT) r[(x >> 4) & 15] = at + 4 * countOnes(list);
}

/** STM upward, base not in the list; list 0 is STRD. */
export function storeMultiple(core: Core, at: number, list: number, x: number, elapsed: number): void {
  const { r } = core.state;
  if (list === 0) {
    requireAligned(core, at, 4);
    storeWord(core, at, r[x & 15], elapsed);
    storeWord(core, (at + 4) | 0, r[(x >> 12) & 15], elapsed);
    return;
  }
  storeList(core, at, list, elapsed);
  if (x & S_BIT) r[(x >> 4) & 15] = at + 4 * countOnes(list);
}
