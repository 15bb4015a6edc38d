import { ownPack } from "./own-loader/own-pack.ts";
import type { Pack } from "./pack.ts";
import { invalidPack, tooLarge } from "./pack-error.ts";
import { cmsisPack } from "./pdsc/cmsis-pack.ts";
import { probeRsPack } from "./probe-rs/probe-rs-pack.ts";

/** Which format a description has, by the end of its name. */
const FORMATS = [
  [/\.pdsc$/i, cmsisPack],
  [/\.ya?ml$/i, probeRsPack],
  [/\.toml$/i, ownPack],
] as const;

/** Whether a file of this name is a description of devices. */
export const isDescription = (path: string): boolean => FORMATS.some(([suffix]) => suffix.test(path));

/** The most algorithms of a device; the most of a real one are about 20 (unsure). */
const MOST_ALGORITHMS = 64;

/** The most memories of a device; the most of a real one are about 30 (unsure). */
const MOST_MEMORIES = 256;

/**
 * Reads a description of devices in the format that its name shows. Throws `PackError`; `device` throws `pack-too-large` for
 * one with more than 64 algorithms or 256 memories, too.
 */
export function readPack(path: string, bytes: Uint8Array): Pack {
  const format = FORMATS.find(([suffix]) => suffix.test(path));
  if (!format) throw invalidPack("format", `${path} is no description of a pack (.pdsc, .yaml, .toml)`);
  const pack = format[1](bytes);
  return {
    ...pack,
    device: (name) => {
      const device = pack.device(name);
      const { length } = device.algorithms;
      if (length > MOST_ALGORITHMS) throw tooLarge("algorithms of a device", length, MOST_ALGORITHMS);
      if (device.memories.length > MOST_MEMORIES)
        throw tooLarge("memories of a device", device.memories.length, MOST_MEMORIES);
      return device;
    },
  };
}
