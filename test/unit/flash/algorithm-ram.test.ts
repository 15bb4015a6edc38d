import { expect, it } from "vitest";
import type { Chip } from "../../../src/chips/chip.ts";
import type { FlashAlgorithm } from "../../../src/chips/flash-algorithm.ts";
import type { Range } from "../../../src/chips/flash-bank.ts";
import type { Core } from "../../../src/cortex/core.ts";
import { algorithmLoader } from "../../../src/flash/algorithm/algorithm-runner.ts";
import { wallClock } from "../../../src/host/wall-clock.ts";
import { readFlm } from "../../../src/packs/flm/read-flm.ts";
import { elfWith } from "../packs/made-flm.ts";
import { PAGES } from "./made-up-chips.ts";

const ALGORITHM = readFlm(elfWith(), "made.FLM");

/** Where the first RAM lies that a loader of this algorithm takes. */
async function placeOf(algorithm: FlashAlgorithm, workRam: Chip["workRam"]): Promise<number | undefined> {
  let first: number | undefined;
  const read = async (address: number) => {
    first ??= address;
    throw new Error("nothing more is wanted");
  };
  const core = { memory: { read } } as unknown as Core;
  await algorithmLoader(core, { ...PAGES, workRam }, wallClock, algorithm)
    .start()
    .catch(() => {});
  return first;
}

it.each([
  ["without RAM of its own, at the beginning of the first RAM", undefined, 0x20000000],
  ["with RAM of its own, there, up to that RAM's end", { start: 0x20002000, length: 0x10 }, 0x20002000],
  ["with RAM of its own in the second RAM, there", { start: 0x30001000, length: 0x1000 }, 0x30001000],
  ["with too little RAM behind its own, at that RAM's beginning", { start: 0x30003f00, length: 0x100 }, 0x30000000],
  [
    "with RAM of its own that the chip does not have, in the first RAM",
    { start: 0x40000000, length: 0x1000 },
    0x20000000,
  ],
] as const)("is placed by a loader, %s", async (_, ram: Range | undefined, place) => {
  const workRam = [0x20000000, 0x30000000].map((start) => ({ start, length: 0x4000 }));
  expect(await placeOf(ram ? { ...ALGORITHM, ram } : ALGORITHM, workRam)).toBe(place);
});
