import type { Pack } from "./pack.ts";
import { tooLarge } from "./pack-error.ts";

/** The most algorithms of a device; the most of a real one are about 20 (unsure). */
const MOST_ALGORITHMS = 64;

/** The most memories of a device; the most of a real one are about 30 (unsure). */
const MOST_MEMORIES = 256;

/** A pack whose `device` throws `pack-too-large` for one with more than 64 algorithms or 256 memories. */
export const limitedPack = (pack: Pack): Pack => ({
  ...pack,
  device: (name) => {
    const device = pack.device(name);
    const { length } = device.algorithms;
    if (length > MOST_ALGORITHMS) throw tooLarge("algorithms of a device", length, MOST_ALGORITHMS);
    if (device.memories.length > MOST_MEMORIES)
      throw tooLarge("memories of a device", device.memories.length, MOST_MEMORIES);
    return device;
  },
});
