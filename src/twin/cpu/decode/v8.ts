import { type Decode, type Decoded, instruction, registers, type Wide } from "./decoded.ts";
import { HOT } from "../ops/hot-ops.ts";
import { LOAD_EXCLUSIVE, STORE_EXCLUSIVE } from "../ops/ops-memory.ts";
import { UNDEFINED } from "../ops/ops-system.ts";
import { BRANCH_NONSECURE, LOAD_ACQUIRE, STORE_RELEASE, TEST_TARGET } from "../ops/ops-v8.ts";
import type { CpuProfile } from "../profiles/profile.ts";

const CYCLES = 2;
const SECURE_GATEWAY = 0xe97f;

/** LDA, STL and their exclusives by bits 7:4 of the second halfword: 1xnn, x exclusive, nn the size. */
function acquireRelease(hw1: number, hw2: number): Decoded {
  const log2 = (hw2 >> 4) & 3;
  const exclusive = (hw2 & 0x40) !== 0;
  const x = registers((hw2 >> 12) & 15, hw1 & 15, 0, hw2 & 15) | (log2 << 22);
  if (log2 === 3) return instruction(UNDEFINED);
  if (hw1 & 16) return instruction(exclusive ? LOAD_EXCLUSIVE : LOAD_ACQUIRE, x & ~0xf000, 0, CYCLES);
  return instruction(exclusive ? STORE_EXCLUSIVE : STORE_RELEASE, x, 0, CYCLES);
}

/** TT, TTT, TTA, TTAT: STREX's space with Rt 15. The A forms need the Security Extension. */
function testTarget(hw1: number, hw2: number, secure: boolean): Decoded {
  if (hw2 & 0x3f || (hw2 & 0x80 && !secure)) return instruction(UNDEFINED);
  return instruction(TEST_TARGET, registers((hw2 >> 8) & 15, hw1 & 15), (hw2 >> 6) & 1);
}

const isAcquireRelease = (hw1: number, hw2: number): boolean => (hw1 & 0xffe0) === 0xe8c0 && (hw2 & 0x80) !== 0;

/**
 * ARMv8-M's 32-bit additions over what `wide` decodes (ARMv8-M ARM, C2.4). Where nothing is Non-secure, SG only ends an IT
 * block, as an IT with nothing in it does here; without the Security Extension it does nothing.
 */
export const wideV8 = (wide: Wide, { security }: CpuProfile): Wide => {
  const secure = security !== "absent";
  return (hw1, hw2, pc) => {
    if (hw1 === SECURE_GATEWAY && hw2 === SECURE_GATEWAY) return instruction(secure ? HOT.IT : HOT.NOP);
    if ((hw1 & 0xfff0) === 0xe840 && hw2 >> 12 === 15) return testTarget(hw1, hw2, secure);
    return isAcquireRelease(hw1, hw2) ? acquireRelease(hw1, hw2) : wide(hw1, hw2, pc);
  };
};

const isNonSecureBranch = (hw: number): boolean => (hw & 0xff07) === 0x4704;

/** BXNS and BLXNS over what `decode` decodes: undefined without the Security Extension. */
export const decodeV8 = (decode: Decode, { security }: CpuProfile): Decode => {
  const secure = security !== "absent";
  return (hw1, second, pc, inIt) => {
    if (!isNonSecureBranch(hw1)) return decode(hw1, second, pc, inIt);
    const x = registers(0, 0, (hw1 >> 3) & 15);
    return secure ? instruction(BRANCH_NONSECURE, x, (hw1 >> 7) & 1, 3) : instruction(UNDEFINED);
  };
};
