import fc from "fast-check";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { board } from "../support/board.ts";
import { BoardModel, FLASH } from "./model/board-model.ts";
import { type Bench, COMMANDS } from "./model/commands.ts";

/** Commands of one sequence at most. */
const MOST = 20;

const PROBES = ["jlink", "jlink-hs", "cmsis-dap-hs"] as const;

/**
 * Random sequences of connect, flash, verify, erase, read, unlock, reset, power cut, unplug and interrupt on a board,
 * against a model of what its flash may hold and whether it may be locked. One contradiction ends the run, made small.
 */
export async function run({ count, seed, out }: SoakOptions): Promise<number> {
  const ends = new Map<string, number>();
  let sequences = 0;
  const property = fc.asyncProperty(fc.commands(COMMANDS, { maxCommands: MOST }), async (commands) => {
    const twin = board({ flash: "zero", probe: PROBES[sequences++ % PROBES.length] });
    const bench: Bench = { twin, ends };
    await fc.asyncModelRun(() => ({ model: new BoardModel(twin.peekFlash(0, FLASH)), real: bench }), commands);
  });
  const result = await fc.check(property, { numRuns: count, seed, endOnFailure: false });
  const codes = [...ends].sort(([, a], [, b]) => b - a).map(([code, n]) => `${code} ${n}`);
  out(`${sequences} sequences, contradictions ${result.failed ? 1 : 0}; commands ended: ${codes.join(", ")}`);
  if (result.failed) console.error(fc.defaultReportMessage(result));
  return result.failed ? 1 : 0;
}
