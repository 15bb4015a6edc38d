import { ownPack } from "./own-loader/own-pack.ts";
import type { Pack } from "./pack.ts";
import { limitedPack } from "./limited-pack.ts";
import { invalidPack } from "./pack-error.ts";
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

/**
 * Reads a description of devices in the format that its name shows. Throws `PackError`; `device` throws `pack-too-large`, as
 * `limitedPack` has it.
 */
export function readPack(path: string, bytes: Uint8Array): Pack {
  const format = FORMATS.find(([suffix]) => suffix.test(path));
  if (!format) throw invalidPack("format", `${path} is no description of a pack (.pdsc, .yaml, .toml)`);
  return limitedPack(format[1](bytes));
}
