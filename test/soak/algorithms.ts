import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FlashproofError } from "../../src/base/errors.ts";
import type { CoreType } from "../../src/chips/chip.ts";
import type { FlashAlgorithm } from "../../src/chips/flash-algorithm.ts";
import type { Range } from "../../src/chips/flash-bank.ts";
import { checkAlgorithm } from "../../src/node/packs/check-algorithm.ts";
import { readFlm } from "../../src/packs/flm/read-flm.ts";
import { coreTypeOf, workRamOf } from "../../src/packs/pack-chip.ts";
import { pyocdAlgorithms } from "../support/foreign/pyocd-algorithms.ts";
import { targetFile } from "../support/foreign/probe-rs-targets.ts";

/** An algorithm that a tool carries: read, or refused. */
interface Carried {
  readonly name: string;
  readonly core: CoreType;
  readonly rams: readonly Range[];
  read(): FlashAlgorithm | Promise<FlashAlgorithm>;
}

/** The most that an algorithm without a chip is given. */
const SOME_RAM: Range = { start: 0x20000000, length: 0x80000 };

/**
 * Every flash algorithm of other tools, read, placed, and its Init called on a core with RAM and nothing else: `--from pyocd`
 * takes those of the installed pyOCD, `--from FOLDER` the target files of probe-rs and the FLM files in it. None of them may
 * end in an error without a code.
 */
export async function run({ from = "pyocd", out }: { from?: string; out: (line: string) => void }): Promise<number> {
  const counts = new Map<string, number>();
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  let untyped = 0;
  for await (const carried of from === "pyocd" ? fromPyocd() : fromFolder(from)) {
    try {
      const algorithm = await carried.read();
      count("read");
      const { calls, undecoded, placement } = await checkAlgorithm(algorithm, carried.core, carried.rams);
      count("placed");
      const [init] = calls;
      count(`Init ${init.end.how}`);
      if (init.end.how === "returned" || init.end.pc !== placement.blob + (algorithm.entries.init ?? 0))
        count("reached");
      if (undecoded.length === 0) count("all entries decode");
      if (init.end.how !== "returned" || undecoded.length > 0) {
        console.log(`${carried.name}: Init ${init.end.how} at 0x${init.end.pc.toString(16)} ${undecoded.join(",")}`);
      }
      for (const { name, end } of calls.slice(1)) if (/Erase|Program/.test(name)) count(`${name} ${end.how}`);
    } catch (error) {
      if (error instanceof FlashproofError) count(`${error.code} ${JSON.stringify(error.details["reason"])}`);
      else untyped += 1;
      console.log(`${carried.name}: ${error instanceof FlashproofError ? error.message : String(error)}`);
    }
  }
  const figures = [...counts].map(([what, n]) => `${n} ${what}`).join(", ");
  out(`${figures}, ${untyped} errors without a code`);
  return untyped === 0 && (counts.get("read") ?? 0) > 0 ? 0 : 1;
}

function* fromPyocd(): Generator<Carried> {
  const all = pyocdAlgorithms();
  if (!all) throw new Error("there is no pyocd in PATH: pip install pyocd");
  for (const { algorithm, rams } of all) {
    yield { name: algorithm.name, core: "M33", rams, read: () => algorithm };
  }
}

async function* fromFolder(folder: string): AsyncGenerator<Carried> {
  for (const name of readdirSync(folder).sort()) {
    if (/\.flm$/i.test(name)) {
      const bytes = new Uint8Array(readFileSync(join(folder, name)));
      yield { name, core: "M33", rams: [SOME_RAM], read: () => readFlm(bytes, name) };
    } else if (/\.ya?ml$/i.test(name)) yield* ofTargetFile(folder, name);
  }
}

/** The algorithms of a target file, each with the RAM of the first device that has it. */
function* ofTargetFile(folder: string, file: string): Generator<Carried> {
  const pack = targetFile(folder, file);
  const seen = new Set<string>();
  for (const device of pack.devices) {
    const { algorithms, memories, processors } = pack.device(device);
    const rams = workRamOf(memories);
    for (const { path } of algorithms) {
      if (seen.has(path)) continue;
      seen.add(path);
      const read = () => pack.algorithm(path, () => Promise.reject(new Error("has no files")));
      yield { name: `${file} ${path}`, core: coreTypeOf(processors[0]?.core ?? "") ?? "M33", rams, read };
    }
  }
}
