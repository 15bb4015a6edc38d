import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** Where a process is ended by SIGKILL: before one of its operations on files of a folder, from 1; 0 lets it come to its end. */
export interface KilledAt {
  /** The folder whose files count. */
  readonly folder: string;
  readonly at: number;
  /** A write gets half of its bytes before. */
  readonly half?: boolean;
}

/** What became of a process. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The operations that it came to, the one before which it ended included. */
  readonly operations: readonly string[];
  readonly out: string;
  readonly err: string;
}

const HOOK = pathToFileURL(resolve("test/support/killed/kill-at.mjs")).href;
/** Longer than any of them takes on a busy machine, in milliseconds. */
const PATIENCE_MS = 60_000;

/** Runs Node with these words and the hook that ends it. */
export function killedNode(words: readonly string[], at: KilledAt, env: NodeJS.ProcessEnv = {}): Ended {
  const { status, signal, output } = spawnSync(process.execPath, ["--import", HOOK, ...words], {
    encoding: "utf8",
    env: { ...process.env, ...env, KILL_AT: JSON.stringify(at), FLASHPROOF_NO_BUILD: "1" },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    timeout: PATIENCE_MS,
  });
  const [, out, err, operations] = output.map((text) => text ?? "");
  return { status, signal, operations: operations.split("\n").slice(0, -1), out, err };
}

/** Each place at which a process with these operations can be ended: before one, and with half of a write written. */
export const placesToKill = (operations: readonly string[]): readonly Omit<KilledAt, "folder">[] =>
  operations.flatMap((name, i) => [{ at: i + 1 }, ...(name === "write" ? [{ at: i + 1, half: true }] : [])]);
