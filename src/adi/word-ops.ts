import type { u32 } from "../base/u32.ts";
import type { MemoryOp } from "./memory.ts";

const WORD = 4;

/** Reads of whole words one behind the other, as a part of a batch; `length` in bytes. */
export const wordReads = (address: u32, length: number): readonly MemoryOp[] =>
  Array.from({ length: length / WORD }, (_, i) => ({ op: "read", address: address + WORD * i, width: 32 }));

/** Writes of whole words one behind the other, as a part of a batch. */
export function wordWrites(address: u32, bytes: Uint8Array): readonly MemoryOp[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / WORD }, (_, i) => {
    return { op: "write", address: address + WORD * i, width: 32, value: view.getUint32(WORD * i, true) };
  });
}
