import { hint } from "./decode16.ts";
import { type Decoded, instruction, registers, signExtend } from "./decoded.ts";
import { HOT } from "../ops/hot-ops.ts";
import { CLREX } from "../ops/ops-memory.ts";
import { MRS, MSR, UNDEFINED } from "../ops/ops-system.ts";

const undefinedEncoding = (): Decoded => instruction(UNDEFINED);

/** B<c>.W: 21 bits of offset, J1 and J2 plain. */
function conditional(hw1: number, hw2: number, pc: number): Decoded {
  const condition = (hw1 >> 6) & 15;
  const high = ((hw1 & 0x400) << 10) | ((hw2 & 0x800) << 8) | ((hw2 & 0x2000) << 5);
  const offset = signExtend(high | ((hw1 & 63) << 12) | ((hw2 & 0x7ff) << 1), 21);
  return instruction(HOT.BEQ + condition, 0, pc + 4 + offset);
}

/** B.W and BL: 25 bits of offset, J1 and J2 crossed with the sign. */
function long(hw1: number, hw2: number, pc: number): Decoded {
  const sign = (hw1 >> 10) & 1;
  const i1 = ((hw2 >> 13) & 1) ^ sign ^ 1;
  const i2 = ((hw2 >> 11) & 1) ^ sign ^ 1;
  const offset = (sign << 24) | (i1 << 23) | (i2 << 22) | ((hw1 & 0x3ff) << 12) | ((hw2 & 0x7ff) << 1);
  return instruction(hw2 & 0x4000 ? HOT.BL : HOT.B, 0, pc + 4 + signExtend(offset, 25), 3);
}

/** CLREX, DSB, DMB, ISB by bits 7:4. The model has neither buffers nor pipeline: barriers only take time. */
function barrier(hw2: number): Decoded {
  const which = (hw2 >> 4) & 15;
  if (which === 2) return instruction(CLREX);
  return which >= 4 && which <= 6 ? instruction(HOT.NOP, 0, 0, 3) : undefinedEncoding();
}

function control(hw1: number, hw2: number): Decoded {
  const which = (hw1 >> 4) & 0x7f;
  if (which === 0x38 || which === 0x39) return instruction(MSR, registers(0, hw1 & 15), hw2 & 0xfff, 2);
  if (which === 0x3a) return hw2 & 0xff ? instruction(HOT.NOP) : hint(hw2 & 0xff);
  if (which === 0x3b) return barrier(hw2);
  return which === 0x3e || which === 0x3f
    ? instruction(MRS, registers((hw2 >> 8) & 15), hw2 & 0xff, 2)
    : undefinedEncoding();
}

/** Branches and miscellaneous control (ARMv7-M ARM A5.3.4); BLX by immediate does not exist in M profile. */
export function branchOrControl(hw1: number, hw2: number, pc: number): Decoded {
  if (hw2 & 0x1000) return long(hw1, hw2, pc);
  if (hw2 & 0x4000) return undefinedEncoding();
  return (hw1 & 0x380) === 0x380 ? control(hw1, hw2) : conditional(hw1, hw2, pc);
}
