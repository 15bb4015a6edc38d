import fc from "fast-check";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { board } from "../support/board.ts";
import { BoardModel, FLASH } from "./model/board-model.ts";
import { type Bench, COMMANDS } from "./model/commands.ts";

/** Commands of one sequence at most. */
const MOST = 20;

const PROBES = ["jlink", "jlink-hs", "cmsis-dap-hs"] as const;

/**
 * Random sequences of connect, flash, verify, erase, read, unlock, reset, power cut, unplug, signal and kill on a board,
 * against a model of what its flash may hold and whether it may be locked. One contradiction ends the run, made small.
 */
export async function run({ count, seed, out }: SoakOptions): Promise<number> {
  const { failure, sequences, ends } = await contradictionIn({ count, seed, shrink: true });
  const all = Object.values(ends).reduce((sum, n) => sum + n, 0);
  const codes = Object.entries(ends).map(([code, n]) => `${code} ${n}`);
  out(
    `${sequences} sequences, contradictions ${failure === undefined ? 0 : 1}; ${all} commands ended: ${codes.join(", ")}`,
  );
  if (failure !== undefined) console.error(failure);
  return failure === undefined ? 0 : 1;
}

/** What a run of the model has found. */
export interface ModelRun {
  /** The contradiction, and the commands that lead to it; undefined where there is none. */
  readonly failure: string | undefined;
  readonly sequences: number;
  /** How often commands ended with each code, the most frequent first. */
  readonly ends: Readonly<Record<string, number>>;
}

/** Runs the model until its first contradiction, which is made small where that is wanted. */
export async function contradictionIn({
  count,
  seed,
  shrink,
}: Pick<SoakOptions, "count" | "seed"> & { readonly shrink: boolean }): Promise<ModelRun> {
  const ends = new Map<string, number>();
  let sequences = 0;
  const property = fc.asyncProperty(fc.commands(COMMANDS, { maxCommands: MOST, size: "max" }), async (commands) => {
    const twin = board({ flash: "zero", probe: PROBES[sequences++ % PROBES.length] });
    const bench: Bench = { twin, ends };
    await fc.asyncModelRun(() => ({ model: new BoardModel(twin.peekFlash(0, FLASH)), real: bench }), commands);
  });
  const result = await fc.check(property, { numRuns: count, seed, endOnFailure: !shrink });
  return {
    failure: result.failed
      ? errorText(result.errorInstance) + (shrink ? fc.defaultReportMessage(result) : "")
      : undefined,
    sequences,
    ends: Object.fromEntries([...ends].sort(([, a], [, b]) => b - a)),
  };
}

const errorText = (error: unknown): string => (error instanceof Error ? `${error.message}\n` : `${String(error)}\n`);
