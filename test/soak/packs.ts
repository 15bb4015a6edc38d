import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { FlashproofError } from "../../src/base/errors.ts";
import { checkAlgorithm } from "../../src/node/packs/check-algorithm.ts";
import { deviceChip } from "../../src/node/packs/device-chip.ts";
import { openPack } from "../../src/node/packs/open-pack.ts";
import { openCatalogue } from "../../src/node/packs/store/catalogue-file.ts";
import { PackStore } from "../../src/node/packs/store/pack-store.ts";
import { Chance } from "../support/chance.ts";
import { FLM, packBytes, pdsc, TARGET_FILE } from "../support/made-packs.ts";
import { mutated } from "../support/mutated.ts";

/** Cycles of each call: what a mutated algorithm does is not what is looked for, but that it ends. */
const CYCLES = 2_000;

interface Tally {
  read: number;
  readonly refused: Map<string, number>;
  untyped: number;
  outside: number;
  changed: number;
}

/**
 * Mutated packs, folders with a mutated description or algorithm, and target files are added to a store, found in it, made
 * into chips, and their algorithms called. Nothing but the store may be written, what is refused leaves the store as it was,
 * and every error has a code.
 */
export async function run({ count, seed, out }: SoakOptions): Promise<number> {
  const chance = new Chance(seed);
  const tally: Tally = { read: 0, refused: new Map(), untyped: 0, outside: 0, changed: 0 };
  const pack = await packBytes("One_DFP", "1.0.0", ["A-CHIP", "B-CHIP"]);
  for (let i = 0; i < count; i++) {
    const folder = mkdtempSync(join(tmpdir(), "flashproof-packs-"));
    try {
      await once(folder, layOut(folder, pack, chance), tally);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const { read, refused, untyped, outside, changed } = tally;
  const codes = [...refused].map(([code, n]) => `${n} ${code}`).join(", ");
  out(
    `${read} read, ${codes}, ${outside} wrote outside of the store, ${changed} refused and kept, ${untyped} errors without a code`,
  );
  return untyped + outside + changed === 0 && read > 0 && refused.size > 0 ? 0 : 1;
}

/** One source of a pack, mutated in one of its files; answers its path. */
function layOut(folder: string, pack: Uint8Array, chance: Chance): string {
  const source = join(folder, "source");
  mkdirSync(join(source, "Flash"), { recursive: true });
  const kind = chance.below(4);
  const text = new TextEncoder().encode(pdsc("One_DFP", "1.0.0", ["A-CHIP", "B-CHIP"]));
  if (kind === 0) writeFileSync(join(source, "made.pack"), mutated(pack, chance));
  else if (kind === 1) writeFileSync(join(source, "made.yaml"), mutated(new TextEncoder().encode(TARGET_FILE), chance));
  else {
    writeFileSync(join(source, "Made.pdsc"), kind === 2 ? mutated(text, chance) : text);
    writeFileSync(join(source, "Flash", "made.FLM"), kind === 3 ? mutated(FLM, chance) : FLM);
  }
  return kind === 0 ? join(source, "made.pack") : kind === 1 ? join(source, "made.yaml") : source;
}

async function once(folder: string, source: string, tally: Tally): Promise<void> {
  const store = new PackStore({ XDG_DATA_HOME: join(folder, "data") });
  const before = filesOf(folder);
  const env = { XDG_DATA_HOME: join(folder, "data") };
  const isAdded = await counted(tally, () => store.add(source));
  const { packs } = await openCatalogue(env);
  if (packs.length !== (isAdded ? 1 : 0)) tally.changed += 1;
  for (const one of packs) await counted(tally, () => useAll(store.pathOf(one)));
  const outside = filesOf(folder).filter((file) => !file.startsWith(join("data", "flashproof", "packs")));
  if (outside.join() !== before.join()) tally.outside += 1;
}

/** Every device as a chip, and each of its algorithms on the core with RAM alone. */
async function useAll(path: string): Promise<void> {
  const open = await openPack(path);
  try {
    for (const { name } of open.pack.devices.slice(0, 4)) {
      const chip = await deviceChip(open, name);
      for (const { algorithm } of chip.banks.slice(0, 4))
        if (algorithm) await checkAlgorithm(algorithm, chip.cores[0].type, chip.workRam, { cycles: CYCLES });
    }
  } finally {
    await open.close();
  }
}

/** Whether it ended without an error; an error is counted by its code. */
async function counted(tally: Tally, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    tally.read += 1;
    return true;
  } catch (error) {
    if (error instanceof FlashproofError) tally.refused.set(error.code, (tally.refused.get(error.code) ?? 0) + 1);
    else {
      tally.untyped += 1;
      console.log(error);
    }
    return false;
  }
}

/** Every file beneath a folder, with its length. */
const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => `${name} ${statSync(join(folder, name)).size}`)
    .sort();
