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
import { accessSingle, doubleOrExclusive, multiple } from "./decode32-memory.ts";
import { type Decode, type Decoded, instruction, type Wide } from "./decoded.ts";
import { UNDEFINED } from "../ops/ops-system.ts";

/** Decodes 32-bit instructions by the first halfword (ARMv7-M ARM A5.3), with an FPU's decoder for its space. */
export const wideDecoder = (coprocessor: Wide): Wide => {
  return (hw1, hw2, pc) => {
    const group = (hw1 >> 9) & 15;
    if ((hw1 & 0x0c00) === 0x0c00) return coprocessor(hw1, hw2, pc);
    if (group === 0b0100) return hw1 & 0x40 ? doubleOrExclusive(hw1, hw2, pc) : multiple(hw1, hw2);
    if (group === 0b0101) return dataShifted(hw1, hw2);
    if ((hw1 & 0x1800) === 0x1000) return immediateOrBranch(hw1, hw2, pc);
    if (group === 0b1100) return accessSingle(hw1, hw2, pc);
    if (group === 0b1101) return registerOrMultiply(hw1, hw2);
    return instruction(UNDEFINED);
  };
};

function immediateOrBranch(hw1: number, hw2: number, pc: number): Decoded {
  if (hw2 & 0x8000) return branchOrControl(hw1, hw2, pc);
  return hw1 & 0x200 ? dataPlainImmediate(hw1, hw2, pc) : dataImmediate(hw1, hw2);
}

function registerOrMultiply(hw1: number, hw2: number): Decoded {
  if (!(hw1 & 0x100)) return dataRegister(hw1, hw2);
  return hw1 & 0x80 ? multiplyLong(hw1, hw2) : multiply(hw1, hw2);
}

/** All 16-bit instructions of ARMv7-M with these 32-bit ones. */
export const mainDecoder =
  (wide: Wide): Decode =>
  (hw1, second, pc, inIt) =>
    isWide(hw1) ? wide(hw1, second(), pc) : decode16(hw1, pc, inIt);
