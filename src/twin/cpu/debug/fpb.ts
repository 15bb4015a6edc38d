import { attention, type Core } from "../core.ts";
import { FPB_COMPARATORS, type State } from "../state.ts";

/** FP_CTRL without ENABLE: six code and two literal comparators, revision 1 (ARMv7-M ARM C1.11.3). */
const FP_CTRL_FIXED = 0x260;
const KEY = 2;

/** Reads FP_CTRL, FP_REMAP or FP_COMPn (0xE0002000 to 24). */
export function readFpb(s: State, address: number): number {
  const offset = address - 0xe0002000;
  if (offset === 0) return FP_CTRL_FIXED | s.fpbEnable;
  if (offset === 4) return (0x20000000 | s.fpRemap) >>> 0;
  return (s.fpComp[(offset - 8) >> 2] ?? 0) >>> 0;
}

/** Writes an FPB register; FP_CTRL only with its KEY bit. Every change makes decoded instructions stale. */
export function writeFpb(core: Core, address: number, value: number): void {
  const s = core.state;
  const offset = address - 0xe0002000;
  const comparator = (offset - 8) >> 2;
  if (offset === 0) {
    if (value & KEY) s.fpbEnable = value & 1;
  } else if (offset === 4) s.fpRemap = value & 0x1fffffe0;
  else if (comparator < FPB_COMPARATORS) s.fpComp[comparator] = value & 0xdffffffd;
  core.decodeEpoch++;
  attention(core);
}

/**
 * Whether a breakpoint comparator (REPLACE 01 lower halfword, 10 upper, 11 both) sits on the halfword at `address`.
 * Only code below 0x20000000 can match (ARMv7-M ARM C1.11.5).
 */
export function breakpointAt(s: State, address: number): boolean {
  if (!s.fpbEnable || address >= 0x20000000) return false;
  for (let n = 0; n < 6; n++) {
    const comp = s.fpComp[n];
    const replace = (comp >>> 30) & ((address & 2) !== 0 ? 2 : 1);
    if (comp & 1 && replace && (comp & 0x1ffffffc) === (address & 0x1ffffffc)) return true;
  }
  return false;
}

/** Whether a code comparator remaps the word at `address` (REPLACE 00), which is not modelled; nor are literals' remaps. */
export function remappedAt(s: State, address: number): boolean {
  if (!s.fpbEnable || address >= 0x20000000) return false;
  return s.fpComp.subarray(0, 6).some((comp) => (comp & 0xdffffffd) === ((address & 0x1ffffffc) | 1));
}
