import type { Io } from "../../base/clock.ts";
import type { Core } from "../../cortex/core.ts";
import { FlashError } from "../../flash/flash-error.ts";

/** Throws `flash-core-running`: the NVMC takes nothing from the debugger while the core runs (erratum 184). */
export async function startChecks(core: Core, io: Io): Promise<void> {
  if ((await core.state(io)) === "halted") return;
  throw new FlashError(
    "flash-core-running",
    "The core must be halted while the debug port drives the flash controller",
  );
}

/** Bytes as little-endian words. */
export function wordsOf(bytes: Uint8Array): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, true));
}
