import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { narrowOpcodes, narrowVector, randomProgram, type Seeded } from "./generate.ts";
import { Random, randomVector } from "./random.ts";
import { type Result, type Vector, words } from "./vector.ts";

const FILE = new URL("vectors.json", import.meta.url);

/** How many random vectors are stored, and from which seed they were drawn. */
const COUNT = 6000;
const SEED = 0x5eed;

/** A stored random vector: how to make its state, its code, and every word that QEMU changed. */
interface Stored {
  readonly vector: Vector;
  readonly changes: ReadonlyMap<string, number>;
}

/** What `vectors.json` holds: vectors one a line, and one hash of all words for every 16-bit opcode. */
interface File {
  readonly madeBy: string;
  readonly random: string;
  readonly narrow: string;
}

/** FNV-1a over all words of a result. */
export function hashOf(result: Result): number {
  let hash = 0x811c9dc5;
  for (const value of words(result).values()) hash = Math.imul(hash ^ value, 0x01000193) ^ (value >>> 16);
  return hash >>> 0;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** The words of a result that differ from the state before; PC always, since it starts at 0. */
function changesOf(vector: Vector, result: Result): string[] {
  const before = words({ ...vector, pc: 0 });
  const changed = [...words(result)].filter(([name, value]) => before.get(name) !== value);
  return changed.map(([name, value]) => `${name}=${value.toString(16)}`);
}

const line = ({ seed, vector }: Seeded, result: Result): string =>
  [seed.toString(16), hex(vector.code), ...changesOf(vector, result)].join(" ");

function parseLine(text: string): Stored {
  const [seed, code, ...changes] = text.split(" ") as [string, string, ...string[]];
  const vector = randomVector(new Random(Number.parseInt(seed, 16)), Uint8Array.from(Buffer.from(code, "hex")));
  const pairs = changes.map((change) => change.split("=") as [string, string]);
  return { vector, changes: new Map(pairs.map(([name, value]) => [name, Number.parseInt(value, 16)])) };
}

const pack = (bytes: Uint8Array): string => gzipSync(bytes, { level: 9 }).toString("base64");
const unpack = (text: string): Uint8Array => gunzipSync(Buffer.from(text, "base64"));

const read = (): File => JSON.parse(readFileSync(FILE, "utf8")) as File;

/** The random vectors as QEMU answered them. */
export const storedVectors = (): Stored[] => new TextDecoder().decode(unpack(read().random)).split("\n").map(parseLine);

/** Hashes of QEMU's results for `narrowOpcodes()`, in that order. */
export const storedHashes = (): Uint32Array => new Uint32Array(unpack(read().narrow).slice().buffer);

/** What a vector leaves behind: its state with the stored changes. */
export const expectedWords = ({ vector, changes }: Stored): ReadonlyMap<string, number> =>
  new Map([...words({ ...vector, pc: 0 }), ...changes]);

const BATCH = 20_000;

function hashAll(run: (vectors: readonly Vector[]) => readonly Result[]): Uint32Array {
  const vectors = narrowOpcodes().map(narrowVector);
  const batches = Array.from({ length: Math.ceil(vectors.length / BATCH) }, (_, n) =>
    vectors.slice(n * BATCH, (n + 1) * BATCH),
  );
  return Uint32Array.from(batches.flatMap((batch) => run(batch).map(hashOf)));
}

/** Draws new vectors, has QEMU run them, and stores both. */
export function makeStored(run: (vectors: readonly Vector[]) => readonly Result[], madeBy: string): void {
  const random = new Random(SEED);
  const drawn = Array.from({ length: COUNT }, () => randomProgram(random));
  const results = run(drawn.map(({ vector }) => vector));
  const lines = drawn.map((seeded, n) => line(seeded, results[n] as Result)).join("\n");
  const narrow = pack(new Uint8Array(hashAll(run).buffer));
  writeFileSync(
    FILE,
    `${JSON.stringify({ madeBy, random: pack(new TextEncoder().encode(lines)), narrow }, null, 1)}\n`,
  );
}
