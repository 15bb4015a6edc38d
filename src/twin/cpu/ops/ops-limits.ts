import { COLD, coldOp } from "./cold-ops.ts";
import type { Core } from "../core.ts";
import { countOnes, DB_BIT } from "../decode/decoded.ts";
import { beginFp } from "../float/fp-context.ts";
import { FIRST_COLD } from "./hot-ops.ts";
import { DP_IMMEDIATE, DP_SHIFTED } from "./ops-alu.ts";
import { VLDM, VSTM } from "./ops-float-transfer.ts";
import { ACCESS, DOUBLE, LOAD_MULTIPLE, SINGLE, STORE_MULTIPLE } from "./ops-memory.ts";
import { CFSR, usageFault } from "../system/faults.ts";
import { stackLimit } from "../system/special-registers.ts";

/** A UsageFault where an address lies below the limit of the stack in use (ARMv8-M ARM, B3.21). */
function checkLimit(core: Core, address: number): void {
  if (address >>> 0 < stackLimit(core.state)) usageFault(core, CFSR.STKOF);
}

/** What a writing access adds to SP. */
type Step = (x: number, imm: number) => number;

const single: Step = (_x, imm) => (imm & ACCESS.negative ? -(imm & 0xffff) : imm & 0xffff);
const list: Step = (x, imm) => (x & DB_BIT ? -4 : 4) * countOnes(imm);
const floats: Step = (x, imm) => (x & DB_BIT ? -imm : imm);

/** A load or store that moves SP: nothing is accessed when its lowest address is beyond the limit. */
const limitedAccess = (op: number, step: Step, begin: (core: Core) => void = () => {}): number =>
  coldOp((core, x, imm) => {
    begin(core);
    checkLimit(core, core.state.r[13] + Math.min(0, step(x, imm)));
    COLD[op - FIRST_COLD](core, x, imm);
  });

/** An operation with SP as its result, which stays as it was beyond the limit. */
const limitedResult = (op: number): number =>
  coldOp((core, x, imm) => {
    const { r } = core.state;
    const before = r[13];
    COLD[op - FIRST_COLD](core, x, imm);
    if (r[13] >>> 0 >= stackLimit(core.state)) return;
    r[13] = before;
    usageFault(core, CFSR.STKOF);
  });

/** The operations that move SP, with what takes their place on a core with stack limits. */
export const LIMITED: ReadonlyMap<number, number> = new Map([
  [SINGLE, limitedAccess(SINGLE, single)],
  [DOUBLE, limitedAccess(DOUBLE, single)],
  [LOAD_MULTIPLE, limitedAccess(LOAD_MULTIPLE, list)],
  [STORE_MULTIPLE, limitedAccess(STORE_MULTIPLE, list)],
  [VLDM, limitedAccess(VLDM, floats, beginFp)],
  [VSTM, limitedAccess(VSTM, floats, beginFp)],
  [DP_IMMEDIATE, limitedResult(DP_IMMEDIATE)],
  [DP_SHIFTED, limitedResult(DP_SHIFTED)],
]);
