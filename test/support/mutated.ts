import type { Chance } from "./chance.ts";

/** Some bytes changed, some left out, some twice, or the end cut off. */
export function mutated(bytes: Uint8Array, chance: Chance): Uint8Array {
  const copy = bytes.slice();
  for (let i = 0; i <= chance.below(8); i++) copy[chance.below(copy.length)] = chance.below(256);
  const [at, length] = [chance.below(copy.length), chance.below(40)];
  const kind = chance.below(4);
  if (kind === 0) return copy.subarray(0, at);
  if (kind === 1) return new Uint8Array([...copy.subarray(0, at), ...copy.subarray(at + length)]);
  if (kind === 2) return new Uint8Array([...copy.subarray(0, at + length), ...copy.subarray(at)]);
  return copy;
}
