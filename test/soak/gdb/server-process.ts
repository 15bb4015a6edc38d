import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { Hang } from "./client.ts";

/** A server in a process of its own, so that it can be killed. */
export interface ServerProcess {
  readonly port: number;
  /** All that it has printed. */
  readonly printed: () => string;
  /** Kills it, and resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts `flashproof gdbserver` on a served board; throws `Hang` where it isn't ready in time. */
export async function startServer(
  board: number,
  chip: string,
  patienceMs: number,
  more: { readonly words: readonly string[]; readonly env: NodeJS.ProcessEnv } = { words: [], env: {} },
): Promise<ServerProcess> {
  const words = ["gdbserver", "--probe", `ip:127.0.0.1:${board}`, "--chip", chip, "--port", "0", ...more.words];
  const child = spawn(process.execPath, [resolve("bin/flashproof.js"), ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...more.env },
  });
  let text = "";
  const ended = new Promise<void>((done) => child.once("close", () => done()));
  const port = await new Promise<number>((found, fail) => {
    const late = setTimeout(() => fail(new Hang(`the server is not ready: ${text}`)), patienceMs);
    const look = (data: Buffer) => {
      text += data.toString();
      const [, number] = /listening gdb 127\.0\.0\.1:(\d+)[\s\S]*Waiting for GDB/.exec(text) ?? [];
      if (number !== undefined) found(Number(number));
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    child.once("close", () => fail(new Error(`the server has ended: ${text}`)));
    void ended.then(() => clearTimeout(late));
  }).catch((error: unknown) => {
    end(child);
    throw error;
  });
  const kill = () => {
    end(child);
    return ended;
  };
  return { port, printed: () => text, kill };
}

const end = (child: ChildProcess): void => void child.kill("SIGKILL");
