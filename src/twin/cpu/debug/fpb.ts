import { attention, type Core } from "../core.ts";
import type { CpuProfile } from "../profiles/profile.ts";

/** FP_CTRL without ENABLE: REV 31:28, NUM_LIT 11:8, NUM_CODE 14:12 and 7:4 (ARMv7-M ARM C1.11.3). */
function control({ fpb }: CpuProfile): number {
  const code = ((fpb.code & 0x70) << 8) | ((fpb.code & 15) << 4);
  return ((fpb.rev - 1) << 28) | (fpb.literal << 8) | code;
}

const KEY = 2;

/** Reads FP_CTRL, FP_REMAP or FP_COMPn (0xE0002000 to 24). */
export function readFpb({ state: s, profile }: Core, address: number): number {
  const offset = address - 0xe0002000;
  if (offset === 0) return control(profile) | s.fpbEnable;
  if (offset === 4) return remaps(profile) ? (0x20000000 | s.fpRemap) >>> 0 : 0;
  return (s.fpComp[(offset - 8) >> 2] ?? 0) >>> 0;
}

/** Writes an FPB register; FP_CTRL only with its KEY bit. Every change makes decoded instructions stale. */
export function writeFpb(core: Core, address: number, value: number): void {
  const s = core.state;
  const offset = address - 0xe0002000;
  const comparator = (offset - 8) >> 2;
  if (offset === 0) {
    if (value & KEY) s.fpbEnable = value & 1;
  } else if (offset === 4) s.fpRemap = remaps(core.profile) ? value & 0x1fffffe0 : 0;
  else if (comparator < s.fpComp.length) s.fpComp[comparator] = value & writable(core.profile);
  core.decodeEpoch++;
  attention(core);
}

/** Only ARMv7-M's revision 1 patches code and literals; ARMv6-M's unit and revision 2 break only. */
const remaps = ({ fpb }: CpuProfile): boolean => fpb.rev === 1 && fpb.literal > 0;

/** A comparator's bits: address, REPLACE and ENABLE in revision 1, address 31:1 and BE in revision 2. */
const writable = ({ fpb }: CpuProfile): number => (fpb.rev === 1 ? 0xdffffffd : 0xffffffff);

/**
 * Whether a breakpoint comparator sits on the halfword at `address`. Revision 1: REPLACE 01 lower halfword, 10 upper, 11
 * both, and only code below 0x20000000 (ARMv7-M ARM C1.11.5); revision 2: any address.
 */
export function breakpointAt({ state: s, profile }: Core, address: number): boolean {
  if (!s.fpbEnable) return false;
  if (profile.fpb.rev === 2) return s.fpComp.includes(address | 1);
  if (address >= 0x20000000) return false;
  for (let n = 0; n < profile.fpb.code; n++) {
    const comp = s.fpComp[n];
    const replace = (comp >>> 30) & ((address & 2) !== 0 ? 2 : 1);
    if (comp & 1 && replace && (comp & 0x1ffffffc) === (address & 0x1ffffffc)) return true;
  }
  return false;
}

/** Whether a code comparator remaps the word at `address` (REPLACE 00), which is not modelled; nor are literals' remaps. */
export function remappedAt({ state: s, profile }: Core, address: number): boolean {
  if (!s.fpbEnable || address >= 0x20000000 || !remaps(profile)) return false;
  return s.fpComp.subarray(0, profile.fpb.code).some((comp) => (comp & 0xdffffffd) === ((address & 0x1ffffffc) | 1));
}
