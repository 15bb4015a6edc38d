import { decode16, isWide } from "./decode16.ts";
import { branchOrControl } from "./decode32-branch.ts";
import {
  dataImmediate,
  dataPlainImmediate,
  dataRegister,
  dataShifted,
  multiply,
  multiplyLong,
} from "./decode32-data.ts";
import { coprocessor } from "./decode32-float.ts";
import { accessSingle, doubleOrExclusive, multiple } from "./decode32-memory.ts";
import { type Decoded, instruction } from "./decoded.ts";
import { UNDEFINED } from "../ops/ops-system.ts";

/** Decodes a 32-bit instruction at `pc` by the first halfword (ARMv7-M ARM A5.3). */
function decode32(hw1: number, hw2: number, pc: number): Decoded {
  const group = (hw1 >> 9) & 15;
  if ((hw1 & 0x0400) !== 0 && (hw1 & 0x0800) !== 0 && (hw1 & 0x1000) === 0) return coprocessor(hw1, hw2, pc);
  if ((hw1 & 0x1c00) === 0x1c00) return coprocessor(hw1, hw2, pc);
  if (group === 0b0100) return hw1 & 0x40 ? doubleOrExclusive(hw1, hw2, pc) : multiple(hw1, hw2);
  if (group === 0b0101) return dataShifted(hw1, hw2);
  if ((hw1 & 0x1800) === 0x1000) return immediateOrBranch(hw1, hw2, pc);
  if (group === 0b1100) return accessSingle(hw1, hw2, pc);
  if (group === 0b1101) return registerOrMultiply(hw1, hw2);
  return instruction(UNDEFINED);
}

function immediateOrBranch(hw1: number, hw2: number, pc: number): Decoded {
  if (hw2 & 0x8000) return branchOrControl(hw1, hw2, pc);
  return hw1 & 0x200 ? dataPlainImmediate(hw1, hw2, pc) : dataImmediate(hw1, hw2);
}

function registerOrMultiply(hw1: number, hw2: number): Decoded {
  if (!(hw1 & 0x100)) return dataRegister(hw1, hw2);
  return hw1 & 0x80 ? multiplyLong(hw1, hw2) : multiply(hw1, hw2);
}

/** Decodes the instruction at `pc`; `second` fetches the following halfword when there is one. */
export function decode(hw1: number, second: () => number, pc: number, inIt: boolean): Decoded {
  return isWide(hw1) ? decode32(hw1, second(), pc) : decode16(hw1, pc, inIt);
}
