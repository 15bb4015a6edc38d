import { describe, expect, it } from "vitest";
import { codeOf } from "../../../src/base/errors.ts";
import { readFlm } from "../../../src/packs/flm/read-flm.ts";
import type { Pack } from "../../../src/packs/pack.ts";
import { readPack } from "../../../src/packs/read-pack.ts";
import { ownPdsc } from "../../../tools/make-pack.mjs";
import { Chance } from "../../support/chance.ts";
import { TARGET_FILE } from "../../support/made-packs.ts";
import { mutated } from "../../support/mutated.ts";
import { elfWith } from "./made-flm.ts";

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
    ["YAML", text(TARGET_FILE), (bytes: Uint8Array) => readAll(readPack("a.yaml", bytes))],
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
