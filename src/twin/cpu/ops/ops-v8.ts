import { load, requireAligned, store } from "../access.ts";
import { interwork } from "./branches.ts";
import { coldOp } from "./cold-ops.ts";
import type { Core } from "../core.ts";
import { lock } from "./ops-system.ts";
import type { AccessSize } from "../seam.ts";
import { privileged } from "../system/special-registers.ts";

const elapsed = (core: Core): number => core.state.cycles - core.sliceStart;
const sizeOf = (x: number): AccessSize => (1 << ((x >> 22) & 3)) as AccessSize;

/** LDA, LDAB, LDAH: aligned whatever CCR says; the model has no order to keep. Size in bits 23:22 of `x`. */
export const LOAD_ACQUIRE = coldOp((core, x) => {
  const { r } = core.state;
  const at = r[(x >> 4) & 15];
  requireAligned(core, at, sizeOf(x));
  r[x & 15] = load(core, at, sizeOf(x), elapsed(core));
});

/** STL, STLB, STLH. */
export const STORE_RELEASE = coldOp((core, x) => {
  const { r } = core.state;
  const at = r[(x >> 4) & 15];
  requireAligned(core, at, sizeOf(x));
  store(core, at, sizeOf(x), r[x & 15], elapsed(core));
});

/** TT's answer: readable 18, writable 19, Secure 22 (ARMv8-M ARM, D1.2.282). */
const TT_READ_WRITE = 3 << 18;
const TT_SECURE = 1 << 22;

const isPpb = (address: number): boolean => address >>> 20 === 0xe00;

/** TT and TTT (imm bit 0: as unprivileged code): no MPU region is ever valid, so the default map decides. */
export const TEST_TARGET = coldOp((core, x, imm) => {
  const { r } = core.state;
  const allowed = !isPpb(r[(x >> 4) & 15]) || (privileged(core.state) && (imm & 1) === 0);
  r[x & 15] = (allowed ? TT_READ_WRITE : 0) | (core.profile.security === "absent" ? 0 : TT_SECURE);
});

/** BXNS (imm 0) and BLXNS (imm 1) of a Secure core: bit 0 set stays Secure; clear would leave, which is not modelled. */
export const BRANCH_NONSECURE = coldOp((core, x, imm) => {
  const { r } = core.state;
  const target = r[(x >> 8) & 15];
  if (!(target & 1)) lock(core, 0x4704 | (((x >> 8) & 15) << 3) | (imm << 7), 2);
  if (imm & 1) r[14] = r[15] | 1;
  r[15] = imm & 1 ? target & ~1 : interwork(core, target);
});
