import type { MemoryOp } from "../../adi/memory.ts";
import { unsteadyRead } from "../../adi/read-twice.ts";
import { address32, byte8 } from "../../base/u32.ts";
import { coreStateOf } from "../../cortex/core-state.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { DHCSR } from "../../registers/scs.ts";
import { FMC_PFB0CR, SMC_PMSTAT } from "./registers-flash.ts";

/**
 * Throws `flash-core-running` and `flash-power-mode` by the words of `START_LOOKS`: what every loader needs before it
 * begins. Answers what drops the cached flash afterwards.
 */
export function startCheck([, found, mode, ...cache]: Uint32Array): MemoryOp {
  if (coreStateOf(found) !== "halted") {
    throw new FlashError(
      "flash-core-running",
      "The core must be halted while the debug port drives the flash controller",
    );
  }
  if (mode !== RUN_MODE) {
    const details = { register: address32(SMC_PMSTAT.address), value: byte8(mode) };
    throw new FlashError("flash-power-mode", `Flash commands need run mode; SMC_PMSTAT reads ${byte8(mode)}`, {
      details,
    });
  }
  return dropOf(cache);
}

/** SMC_PMSTAT: the chip is in RUN (NXP MK24F12 header, SMC). */
export const RUN_MODE = 0x01;

const cacheLook = { op: "read", address: FMC_PFB0CR.address, width: 32 } as const;

/** The FMC's control register, twice: what dropping its cache keeps of it. */
export const CACHE_LOOKS: readonly MemoryOp[] = [cacheLook, cacheLook];

const stateLook = { op: "read", address: DHCSR.address, width: 32 } as const;

/** What decides whether a loader may begin: the core's state, the chip's mode, the FMC. */
export const START_LOOKS: readonly MemoryOp[] = [
  stateLook,
  stateLook,
  { op: "read", address: SMC_PMSTAT.address, width: 8 },
  ...CACHE_LOOKS,
];

/**
 * Flash lines in the FMC cache are stale after programming: the write that invalidates all ways and the speculation
 * buffer, by the words of `CACHE_LOOKS`. Throws `unsteady-read`.
 */
export function dropOf([value, again]: ArrayLike<number> & Iterable<number>): MemoryOp {
  if (value !== again) throw unsteadyRead("FMC_PFB0CR");
  const drop = FMC_PFB0CR.with(value, { CINV_WAY: 0xf, S_B_INV: 1 });
  return { op: "write", address: FMC_PFB0CR.address, width: 32, value: drop };
}
