import { DB_BIT, type Decoded, instruction, registers, S_BIT } from "./decoded.ts";
import { HOT } from "../ops/hot-ops.ts";
import { DP, DP_IMMEDIATE, DP_SHIFTED } from "../ops/ops-alu.ts";
import { VLDM, VSTM } from "../ops/ops-float-transfer.ts";
import { LIMITED } from "../ops/ops-limits.ts";
import { ACCESS, accessSize, DOUBLE, LOAD_MULTIPLE, SINGLE, STORE_MULTIPLE } from "../ops/ops-memory.ts";

const SP = 13;

/** Inline accesses that write their base back: log2 of the size, and the flags of their general form. */
const WRITING: Readonly<Record<number, readonly [log2: number, flags: number]>> = {
  [HOT.LDR_POST]: [2, 0],
  [HOT.LDRB_POST]: [0, 0],
  [HOT.LDRH_POST]: [1, 0],
  [HOT.LDR_PRE]: [2, ACCESS.index],
  [HOT.LDRB_PRE]: [0, ACCESS.index],
  [HOT.STR_POST]: [2, ACCESS.store],
  [HOT.STRB_POST]: [0, ACCESS.store],
  [HOT.STRH_POST]: [1, ACCESS.store],
  [HOT.STR_PRE]: [2, ACCESS.store | ACCESS.index],
  [HOT.STRB_PRE]: [0, ACCESS.store | ACCESS.index],
};

function writingAccess({ x, imm, cycles }: Decoded, [log2, flags]: readonly [number, number]): Decoded {
  const sign = imm < 0 ? ACCESS.negative : 0;
  return instruction(SINGLE, x, accessSize(log2) | flags | ACCESS.write | sign | Math.abs(imm), cycles);
}

const STACK = registers(0, SP) | S_BIT;

/** The general form of an inline operation that moves SP, or the operation as it is. */
function general(decoded: Decoded): Decoded {
  const { op, x, imm, cycles } = decoded;
  if (op === HOT.PUSH) return instruction(STORE_MULTIPLE, STACK | DB_BIT, imm, cycles);
  if (op === HOT.POP) return instruction(LOAD_MULTIPLE, STACK, imm, cycles);
  if (op === HOT.POP_PC) return instruction(LOAD_MULTIPLE, STACK, imm | 0x8000, cycles);
  if (op === HOT.MOV_SP) return instruction(DP_SHIFTED, registers(SP, 15, (x >> 8) & 15, DP.ORR), 0, cycles);
  if (op === HOT.ADD_IMM && (x & 15) === SP)
    return instruction(DP_IMMEDIATE, registers(SP, (x >> 4) & 15, 0, DP.ADD), imm, cycles);
  const writing = WRITING[op];
  return writing && ((x >> 4) & 15) === SP ? writingAccess(decoded, writing) : decoded;
}

/** Whether an operation in its general form leaves another value in SP. */
function movesSp({ op, x, imm }: Decoded): boolean {
  if (op === DP_IMMEDIATE || op === DP_SHIFTED) return (x & 15) === SP;
  if (op === SINGLE || op === DOUBLE) return (imm & ACCESS.write) !== 0 && ((x >> 4) & 15) === SP;
  if (op === VLDM || op === VSTM) return (x & S_BIT) !== 0 && ((x >> 5) & 15) === SP;
  return (op === LOAD_MULTIPLE || op === STORE_MULTIPLE) && (x & S_BIT) !== 0 && ((x >> 4) & 15) === SP;
}

/** An instruction as a core with stack limits decodes it: whatever moves SP looks at MSPLIM or PSPLIM first. */
export function withLimits(decoded: Decoded): Decoded {
  const form = general(decoded);
  return movesSp(form) ? instruction(LIMITED.get(form.op) as number, form.x, form.imm, form.cycles) : decoded;
}
