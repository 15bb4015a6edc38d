import { type BatchMemory, type MemoryOp, together } from "../../adi/memory.ts";
import type { PatchedFlash } from "./patched-flash.ts";

/** Memory whose reads show the firmware's bytes where breakpoints stand in flash. */
export const concealing = (memory: BatchMemory, flash: PatchedFlash): BatchMemory => ({
  read: async (address, count, width, io) => {
    const bytes = await memory.read(address, count, width, io);
    flash.conceal(address, bytes);
    return bytes;
  },
  write: (address, bytes, width, io) => memory.write(address, bytes, width, io),
  run: async (ops, io) => {
    const values = await memory.run(ops, io);
    return flash.isHidden ? concealValues(ops, values, flash) : values;
  },
  ...(memory.together && {
    together: <T>(accesses: (own: BatchMemory, io: Parameters<BatchMemory["run"]>[1] & {}) => Promise<T>, io = {}) =>
      together(memory, (own, inner) => accesses(concealing(own, flash), inner), io),
  }),
});

function concealValues(ops: readonly MemoryOp[], values: Uint32Array, flash: PatchedFlash): Uint32Array {
  const reads = ops.filter(({ op }) => op !== "write");
  return values.map((value, i) => {
    const { address, width } = reads[i];
    const bytes = Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24).slice(0, width / 8);
    flash.conceal(address, bytes);
    return bytes.reduce((sum, byte, n) => sum + byte * 2 ** (8 * n), 0);
  });
}
