import type { Chip } from "../../src/chips/chip.ts";
import type { FlashAlgorithm } from "../../src/chips/flash-algorithm.ts";
import { readFlm } from "../../src/packs/flm/read-flm.ts";
import { packChip } from "../../src/packs/pack-chip.ts";
import { cmsisPack } from "../../src/packs/pdsc/cmsis-pack.ts";
import { type ALGORITHMS, buildFlm, ownFlm, ownPdsc } from "../../tools/make-pack.mjs";
import { inProject } from "../../tools/lib/project.mjs";

/** Built once a process: each takes the compiler a third of a second. */
const BUILT = new Map<string, FlashAlgorithm>();

/** One of our own algorithms, as its FLM is read. */
export function ownAlgorithm(name: (typeof ALGORITHMS)[number]): FlashAlgorithm {
  const known = BUILT.get(name) ?? readFlm(ownFlm(name), `${name}.FLM`);
  BUILT.set(name, known);
  return known;
}

/** The K24's algorithm with a fault that a definition switches on. */
export const faultyAlgorithm = (fault: string): FlashAlgorithm =>
  readFlm(buildFlm(inProject("test", "support", "faulty-algorithm.c"), [`-D${fault}`]), `${fault}.FLM`);

/**
 * A device of our own pack as a chip, with this algorithm in place of the one that it names; `beside` programs other memory,
 * as its name tells.
 */
export function ownChip(device: string, algorithm: FlashAlgorithm, beside?: FlashAlgorithm): Chip {
  const pack = cmsisPack(new TextEncoder().encode(ownPdsc()));
  const name = pack.devices.find((one) => one.name === device);
  if (!name) throw new Error(`our pack has no ${device}`);
  const described = pack.device(name);
  const [use] = described.algorithms;
  const other = beside && { use: { ...use, ...beside.flash, path: beside.name }, algorithm: beside };
  return packChip(pack, described, [{ use, algorithm }, ...(other ? [other] : [])]);
}
