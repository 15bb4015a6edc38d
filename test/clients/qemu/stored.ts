import { readFileSync, writeFileSync } from "node:fs";
import type { CpuProfile } from "../../../src/twin/cpu/profiles/profile.ts";
import { BOARDS, type BoardName, type JudgeBoard } from "./boards.ts";
import { gunzipSync, gzipSync } from "node:zlib";
import { narrowOpcodes, narrowVector, randomProgram, type Seeded } from "./generate.ts";
import { Random, randomVector } from "./random.ts";
import { type Result, type Vector, words } from "./vector.ts";

const fileOf = (name: BoardName): URL => new URL(`vectors/${name}.json`, import.meta.url);

/** How many random vectors are stored, and from which seed they were drawn. */
const COUNT = 1500;
const SEED = 0x5eed;

/** A stored random vector: how to make its state, its code, and every word that QEMU changed. */
interface Stored {
  readonly vector: Vector;
  readonly changes: ReadonlyMap<string, number>;
}

/** What `vectors/NAME.json` holds: vectors one a line, and one hash of all words for every block of 16-bit opcodes. */
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

/** 16-bit opcodes whose results share one stored hash. */
export const BLOCK = 32;

/** One hash for each `BLOCK` of hashes. */
export function blockHashes(hashes: readonly number[]): Uint32Array {
  const blocks = new Uint32Array(Math.ceil(hashes.length / BLOCK));
  for (const [n, hash] of hashes.entries())
    blocks[Math.floor(n / BLOCK)] = Math.imul((blocks[Math.floor(n / BLOCK)] as number) ^ hash, 0x01000193);
  return blocks;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** The words of a result that differ from the state before; PC always, since it starts at 0. */
function changesOf(vector: Vector, result: Result): string[] {
  const before = words(vector);
  const changed = [...words(result)].filter(([name, value]) => before.get(name) !== value);
  return changed.map(([name, value]) => `${name}=${value.toString(16)}`);
}

const line = ({ seed, vector }: Seeded, result: Result): string =>
  [seed.toString(16), hex(vector.code), ...changesOf(vector, result)].join(" ");

function parseLine(text: string, profile: CpuProfile): Stored {
  const [seed, code, ...changes] = text.split(" ") as [string, string, ...string[]];
  const vector = randomVector(
    new Random(Number.parseInt(seed, 16)),
    Uint8Array.from(Buffer.from(code, "hex")),
    profile,
  );
  const pairs = changes.map((change) => change.split("=") as [string, string]);
  return { vector, changes: new Map(pairs.map(([name, value]) => [name, Number.parseInt(value, 16)])) };
}

const pack = (bytes: Uint8Array): string => gzipSync(bytes, { level: 9 }).toString("base64");
const unpack = (text: string): Uint8Array => gunzipSync(Buffer.from(text, "base64"));

const read = (name: BoardName): File => JSON.parse(readFileSync(fileOf(name), "utf8")) as File;

/** The random vectors as QEMU answered them. */
export const storedVectors = (name: BoardName): Stored[] =>
  new TextDecoder()
    .decode(unpack(read(name).random))
    .split("\n")
    .map((text) => parseLine(text, BOARDS[name].profile));

/** `blockHashes` of QEMU's results for `narrowOpcodes()`. */
export const storedHashes = (name: BoardName): Uint32Array =>
  new Uint32Array(Uint8Array.from(unpack(read(name).narrow)).buffer);

/** What a vector leaves behind: its state with the stored changes. */
export const expectedWords = ({ vector, changes }: Stored): ReadonlyMap<string, number> =>
  new Map([...words(vector), ...changes]);

const BATCH = 20_000;

/** How a vector ends that no fault ended. */
const SV_CALL = 11;

/** QEMU's answers to some vectors. */
type Answer = (board: JudgeBoard, vectors: readonly Vector[]) => readonly Result[];

function hashAll(board: JudgeBoard, run: Answer): Uint32Array {
  const vectors = narrowOpcodes().map((opcode) => narrowVector(opcode, board.profile));
  const batches = Array.from({ length: Math.ceil(vectors.length / BATCH) }, (_, n) =>
    vectors.slice(n * BATCH, (n + 1) * BATCH),
  );
  return blockHashes(batches.flatMap((batch) => run(board, batch).map(hashOf)));
}

/** Draws new vectors for a board's core, has QEMU run them, and stores both. */
export function makeStored(name: BoardName, run: Answer, madeBy: string): void {
  const board: JudgeBoard = BOARDS[name];
  const random = new Random(SEED);
  const drawn = Array.from({ length: COUNT }, () => randomProgram(random, board.profile));
  const results = run(
    board,
    drawn.map(({ vector }) => vector),
  );
  const judged = [...drawn.entries()].filter(([n]) => !board.subset || results[n]?.exception === SV_CALL);
  const lines = judged.map(([n, seeded]) => line(seeded, results[n] as Result)).join("\n");
  const narrow = board.subset ? "" : pack(new Uint8Array(hashAll(board, run).buffer));
  const text = JSON.stringify({ madeBy, random: pack(new TextEncoder().encode(lines)), narrow }, null, 1);
  writeFileSync(fileOf(name), `${text}\n`);
}
