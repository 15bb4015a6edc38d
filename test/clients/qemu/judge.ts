import { randomProgram } from "./generate.ts";
import type { JudgeBoard } from "./boards.ts";
import { Random } from "./random.ts";
import { runInQemu } from "./run-qemu.ts";
import { TwinHarness } from "./run-twin.ts";
import { type Result, type Vector, words } from "./vector.ts";

const SV_CALL = 11;

/** Vectors of one run of QEMU. */
const BATCH = 20_000;

/** Which words of a vector differ, in one line that names the code: enough to look the instruction up. */
export function difference(vector: Vector, got: Result, want: ReadonlyMap<string, number>): string | undefined {
  const found = words(got);
  const wrong = [...want].filter(([name, value]) => found.get(name) !== value);
  if (wrong.length === 0) return undefined;
  const details = wrong.map(([name, value]) => `${name} ${found.get(name)?.toString(16)}, QEMU ${value.toString(16)}`);
  return `code ${Buffer.from(vector.code).toString("hex")}: ${details.join("; ")}`;
}

/** What became of a count of vectors. */
export interface Judgement {
  readonly vectors: number;
  /** How many ended in each exception, by number. */
  readonly exceptions: ReadonlyMap<number, number>;
  readonly differences: readonly string[];
  /** Encodings without a model. */
  readonly unknown: readonly string[];
}

/** Draws vectors for a board's core and has QEMU and the twin run them. */
export function judge(board: JudgeBoard, count: number, seed: number): Judgement {
  const random = new Random(seed);
  const twin = new TwinHarness(board.profile);
  const exceptions = new Map<number, number>();
  const differences: string[] = [];
  for (let done = 0; done < count; done += BATCH) {
    const vectors = Array.from(
      { length: Math.min(BATCH, count - done) },
      () => randomProgram(random, board.profile).vector,
    );
    for (const [n, result] of runInQemu(board, vectors).entries()) {
      exceptions.set(result.exception, (exceptions.get(result.exception) ?? 0) + 1);
      if (board.subset && result.exception !== SV_CALL) continue;
      const wrong = difference(vectors[n] as Vector, twin.run(vectors[n] as Vector), words(result));
      if (wrong !== undefined) differences.push(`vector ${done + n}, ${wrong}`);
    }
  }
  return { vectors: count, exceptions, differences, unknown: twin.unknown };
}
