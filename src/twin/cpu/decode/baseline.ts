import { decode16, isWide } from "./decode16.ts";
import { type Decode, instruction, type Wide } from "./decoded.ts";
import { CPS, UNDEFINED } from "../ops/ops-system.ts";
import type { Architecture } from "../profiles/profile.ts";

/** Encodings by mask and value, first halfword above the second. */
type Encoding = readonly [mask: number, value: number];

/** ARMv6-M's 32-bit instructions (ARMv6-M ARM A5.3): MSR, DSB, DMB, ISB, MRS, BL. */
const V6: readonly Encoding[] = [
  [0xffe0d000, 0xf3808000],
  [0xfff0d0f0, 0xf3b08040],
  [0xfff0d0f0, 0xf3b08050],
  [0xfff0d0f0, 0xf3b08060],
  [0xffe0d000, 0xf3e08000],
  [0xf800d000, 0xf000d000],
];

/** What ARMv8-M Baseline adds (DDI 0553, C1.3.3): MOVW, MOVT, SDIV, UDIV, B.W, CLREX, exclusives, LDA, STL, TT, SG. */
const V8_BASE: readonly Encoding[] = [
  ...V6,
  [0xfbf08000, 0xf2400000],
  [0xfbf08000, 0xf2c00000],
  [0xfff0f0f0, 0xfb90f0f0],
  [0xfff0f0f0, 0xfbb0f0f0],
  [0xf800d000, 0xf0009000],
  [0xffffffff, 0xf3bf8f2f],
  [0xfff00000, 0xe8400000],
  [0xfff00f00, 0xe8500f00],
  [0xfff00fc0, 0xe8d00f40],
  [0xfff00f80, 0xe8d00f80],
  [0xfff00fc0, 0xe8c00f40],
  [0xfff00f80, 0xe8c00f80],
  [0xffffffff, 0xe97fe97f],
];

const within = (encodings: readonly Encoding[], word: number): boolean =>
  encodings.some(([mask, value]) => (word & mask) >>> 0 === value);

const isIfThen = (hw: number): boolean => hw >> 8 === 0xbf && (hw & 15) !== 0;
const isCompareBranch = (hw: number): boolean => (hw & 0xf500) === 0xb100;
const isChangeState = (hw: number): boolean => (hw & 0xffe0) === 0xb660;

/** The cores without the Main Extension: all of Thumb's 16-bit instructions but IT, and the few 32-bit ones listed. */
export function baselineDecoder(architecture: Architecture, wide: Wide): Decode {
  const isV6 = architecture === "v6-M";
  const encodings = isV6 ? V6 : V8_BASE;
  return (hw1, second, pc) => {
    if (isWide(hw1)) {
      const hw2 = second();
      return within(encodings, ((hw1 << 16) | hw2) >>> 0) ? wide(hw1, hw2, pc) : instruction(UNDEFINED);
    }
    if (isIfThen(hw1) || (isV6 && isCompareBranch(hw1))) return instruction(UNDEFINED);
    const decoded = decode16(hw1, pc, false);
    // There is no FAULTMASK: CPS changes PRIMASK only.
    return isChangeState(hw1) && decoded.op === CPS ? instruction(CPS, 0, decoded.imm & ~1) : decoded;
  };
}
