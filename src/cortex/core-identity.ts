import type { BatchMemory, MemoryOp } from "../adi/memory.ts";
import { AdiError } from "../adi/adi-error.ts";
import type { Io } from "../base/clock.ts";
import { address32, type u32 } from "../base/u32.ts";
import { DWT_CTRL } from "../registers/dwt.ts";
import { FP_CTRL } from "../registers/fpb.ts";
import { CPUID, MVFR0 } from "../registers/scs.ts";
import type { CoreIdentity } from "./core.ts";
import { CoreError } from "./core-error.ts";

/** CPUID.PartNo of ARM's processors (each one's TRM, CPUID; M23 and M33 (unsure)). */
const PARTS: { readonly [part: number]: string } = {
  0xc20: "Cortex-M0",
  0xc21: "Cortex-M1",
  0xc23: "Cortex-M3",
  0xc24: "Cortex-M4",
  0xc27: "Cortex-M7",
  0xc60: "Cortex-M0+",
  0xd20: "Cortex-M23",
  0xd21: "Cortex-M33",
};

const IDENTITY_REGISTERS = [CPUID, FP_CTRL, DWT_CTRL, MVFR0] as const;

/** Accesses that read who a core is, as a part of a batch; `identityIn` decodes their words. */
export const IDENTITY_LOOKS: readonly MemoryOp[] = IDENTITY_REGISTERS.map(({ address }) => ({
  op: "read",
  address,
  width: 32,
}));

/** Reads who the core is, in one batch; throws `core-not-found` where no processor answers. */
export async function readCoreIdentity(memory: BatchMemory, io: Io): Promise<CoreIdentity> {
  return identityIn(await readIdentityRegisters(memory, io));
}

/** The identity by the words of `IDENTITY_LOOKS`; throws `core-not-found` where no processor has answered. */
export function identityIn(words: Uint32Array): CoreIdentity {
  if (words[0] === 0 || words[0] === 0xffffffff) throw notFound(undefined);
  return decodeIdentity(words);
}

/** The identity from the values of CPUID, FP_CTRL, DWT_CTRL and MVFR0. */
function decodeIdentity([cpuid, fpCtrl, dwtCtrl, mvfr0]: ArrayLike<u32> & Iterable<u32>): CoreIdentity {
  return {
    cpuid,
    name: PARTS[CPUID.field(cpuid, "PartNo")] ?? `unknown core ${address32(cpuid)}`,
    revision: CPUID.field(cpuid, "Variant"),
    patch: CPUID.field(cpuid, "Revision"),
    hasFpu: MVFR0.field(mvfr0, "SinglePrecision") !== 0,
    codeBreakpoints: (FP_CTRL.field(fpCtrl, "NUM_CODE_HIGH") << 4) | FP_CTRL.field(fpCtrl, "NUM_CODE_LOW"),
    literalBreakpoints: FP_CTRL.field(fpCtrl, "NUM_LIT"),
    watchpoints: DWT_CTRL.field(dwtCtrl, "NUMCOMP"),
  };
}

async function readIdentityRegisters(memory: BatchMemory, io: Io): Promise<Uint32Array> {
  try {
    return await memory.run(IDENTITY_LOOKS, io);
  } catch (error) {
    throw error instanceof AdiError && error.code === "memory-fault" ? notFound(error) : error;
  }
}

const notFound = (cause: unknown) =>
  new CoreError("core-not-found", "No Cortex-M core answers behind this access port", { cause });
