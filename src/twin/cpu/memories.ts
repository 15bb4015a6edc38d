import type { Core } from "./core.ts";
import type { AccessSize, CpuMemory } from "./seam.ts";

/** The memory that holds `size` bytes at `address` and may be touched directly, or undefined. */
export function directMemory(core: Core, address: number, size: number): CpuMemory | undefined {
  for (const memory of core.bus.memories) {
    const offset = address - memory.base;
    if (memory.direct && offset >= 0 && offset + size <= memory.bytes.length) return memory;
  }
  return undefined;
}

/** The little-endian value of `size` bytes at `offset`, unsigned. */
export function readBytes(bytes: Uint8Array, offset: number, size: AccessSize): number {
  if (size === 1) return bytes[offset];
  const half = bytes[offset] | (bytes[offset + 1] << 8);
  if (size === 2) return half;
  return (half | (bytes[offset + 2] << 16) | (bytes[offset + 3] << 24)) >>> 0;
}

/** A word as the vector fetch sees it: from memory, or from the bus. Negative is a bus error. */
export function fetchVector(core: Core, address: number): number {
  const memory = directMemory(core, address, 4);
  return memory ? readBytes(memory.bytes, address - memory.base, 4) : core.bus.read(address, 4);
}
