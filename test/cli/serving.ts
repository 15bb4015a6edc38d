import { until } from "../support/sockets.ts";
import type { Run, Workspace } from "./workspace.ts";

/** A verb that serves until it is ended. */
export interface Serving {
  /** The port behind a word of its `listening WORD 127.0.0.1:PORT` lines. */
  port(word: string): number;
  /** What it has printed so far. */
  printed(): string;
  /** Ends it as Ctrl-C does, and answers what it did. */
  end(): Promise<Run>;
}

/** Starts a verb that serves, and waits until it has printed a line. */
export async function serving(workspace: Workspace, ready: RegExp, ...argv: readonly string[]): Promise<Serving> {
  const stop = new AbortController();
  let text = "";
  let failed: Run | undefined;
  const take = (more: string) => {
    text += more;
  };
  workspace.terminal = { signal: stop.signal, out: take, err: take };
  const running = workspace.fp(...argv);
  workspace.terminal = {};
  void running.then((run) => {
    failed = run;
  });
  await until(() => ready.test(text) || failed !== undefined);
  if (failed && !ready.test(text)) throw new Error(`it has ended with ${failed.exit}: ${text}`);
  return {
    printed: () => text,
    port: (word) => Number(new RegExp(`listening ${word} 127\\.0\\.0\\.1:(\\d+)`).exec(text)?.[1]),
    end: async () => {
      stop.abort();
      return running;
    },
  };
}
