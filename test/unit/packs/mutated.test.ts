import { describe, expect, it } from "vitest";
import { codeOf } from "../../../src/base/errors.ts";
import { readFlm } from "../../../src/packs/flm/read-flm.ts";
import type { Pack } from "../../../src/packs/pack.ts";
import { readPack } from "../../../src/packs/read-pack.ts";
import { ownPdsc } from "../../../tools/make-pack.mjs";
import { Chance } from "../../support/chance.ts";
import { elfWith } from "./made-flm.ts";

const YAML = `name: M
variants:
  - name: V
    cores: [{name: main, type: armv7m, core_access_options: !Arm {ap: !v1 0}}]
    memory_map: [!Ram {range: {start: 0x20000000, end: 0x20004000}, cores: [main]}]
    flash_algorithms: [a]
flash_algorithms:
  - {name: a, instructions: AL8AvwC/AL8=, pc_init: 1, pc_program_page: 5, data_section_offset: 8, flash_properties: {address_range: {start: 0, end: 0x1000}, page_size: 4, erased_byte_value: 255, program_page_timeout: 1, erase_sector_timeout: 1, sectors: [{size: 0x100, address: 0}]}}
`;

/** Some bytes changed, some left out, some twice, or the end cut off. */
function mutated(bytes: Uint8Array, chance: Chance): Uint8Array {
  const copy = bytes.slice();
  for (let i = 0; i <= chance.below(8); i++) copy[chance.below(copy.length)] = chance.below(256);
  const [at, length] = [chance.below(copy.length), chance.below(40)];
  const kind = chance.below(4);
  if (kind === 0) return copy.subarray(0, at);
  if (kind === 1) return new Uint8Array([...copy.subarray(0, at), ...copy.subarray(at + length)]);
  if (kind === 2) return new Uint8Array([...copy.subarray(0, at + length), ...copy.subarray(at)]);
  return copy;
}

/** Reads all of it; answers the code of what it was refused with. */
async function outcome(read: () => unknown): Promise<string> {
  try {
    await read();
    return "read";
  } catch (error) {
    return codeOf(error) ?? `untyped: ${String(error)}`;
  }
}

async function readAll(pack: Pack): Promise<void> {
  for (const name of pack.devices) {
    for (const { path } of pack.device(name).algorithms) await pack.algorithm(path, async () => elfWith());
  }
}

const text = (of: string) => new TextEncoder().encode(of);

describe("300 mutated files of each kind", () => {
  it.each([
    ["PDSC", text(ownPdsc()), (bytes: Uint8Array) => readAll(readPack("a.pdsc", bytes))],
    ["FLM", elfWith(), (bytes: Uint8Array) => readFlm(bytes, "a.FLM")],
    ["YAML", text(YAML), (bytes: Uint8Array) => readAll(readPack("a.yaml", bytes))],
  ] as const)("%s are read or refused with a code of Flashproof's", async (_, bytes, read) => {
    const chance = new Chance(19);
    const outcomes = new Map<string, number>();
    for (let i = 0; i < 300; i++) {
      const made = mutated(bytes, chance);
      const found = await outcome(() => read(made));
      outcomes.set(found, (outcomes.get(found) ?? 0) + 1);
    }
    expect([...outcomes.keys()].filter((code) => code.startsWith("untyped"))).toEqual([]);
    expect(outcomes.size).toBeGreaterThan(1);
  });
});
