import type { Core } from "./core.ts";
import { isWide } from "./decode/decode16.ts";
import { debugEnabled } from "./debug/debug.ts";
import { fetchBusFault, fetchViolation, stopHere } from "./system/faults.ts";
import { breakpointAt, remappedAt } from "./debug/fpb.ts";
import { type Decoded, instruction } from "./decode/decoded.ts";
import { regionAt } from "./memories.ts";
import { BKPT, UNIMPLEMENTED } from "./ops/ops-system.ts";
import { asLoop } from "./polling.ts";
import { type CodeRegion, NO_REGION } from "./regions.ts";

/** Peripheral, external device and system space are execute-never (ARMv7-M ARM B3.1). */
export const executeNever = (address: number): boolean =>
  (address >= 0x40000000 && address < 0x60000000) || address >= 0xa0000000;

/** One halfword of code; throws `FAULT`. */
function fetchHalfword(core: Core, address: number): number {
  if (executeNever(address)) fetchViolation(core);
  const region = regionAt(core, address);
  if (region !== NO_REGION) return region.u16[(address - region.base) >> 1];
  const { epoch } = core;
  const value = core.bus.read(address, 2);
  if (core.epoch !== epoch) stopHere(core);
  return value < 0 ? fetchBusFault(core) : value;
}

/** What the breakpoint unit puts in an instruction's place. */
function replacement(core: Core, pc: number, hw1: number): Decoded | undefined {
  if (breakpointAt(core, pc) && debugEnabled(core.state)) return instruction(BKPT);
  return remappedAt(core, pc) ? instruction(UNIMPLEMENTED, 0, hw1) : undefined;
}

/** Decodes halfword `index` of a code region into its arrays; throws `FAULT` when the bytes cannot be had. */
export function decodeInto(core: Core, code: CodeRegion, index: number, inIt: boolean): void {
  const pc = (code.base + 2 * index) >>> 0;
  const hw1 = fetchHalfword(core, pc);
  const { decode } = core.tables;
  const plain = replacement(core, pc, hw1) ?? decode(hw1, () => fetchHalfword(core, (pc + 2) >>> 0), pc, inIt);
  const decoded = inIt ? plain : asLoop(core, code, plain, pc);
  const wide = isWide(hw1) ? 1 << 30 : 0;
  const [ops, xs, imms] = inIt ? [code.itOps, code.itXs, code.itImms] : [code.ops, code.xs, code.imms];
  ops[index] = decoded.op;
  xs[index] = decoded.x | (Math.min(31, decoded.cycles) << 24) | wide;
  imms[index] = decoded.imm;
  const region = regionAt(core, pc);
  region.markDecoded(pc - region.base);
}

/** The decoded code around `pc`: a whole memory's, or one throw-away halfword where nothing may be kept. */
export function codeAt(core: Core, pc: number): CodeRegion {
  const region = regionAt(core, pc);
  core.codeMemory = region;
  if (region !== NO_REGION) return region.code(core.decodeEpoch);
  core.scratch.base = pc;
  core.scratch.forget(0, 1);
  return core.scratch;
}
