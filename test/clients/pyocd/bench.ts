import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { type Served, serveTwins } from "../../../src/node/servers/serve.ts";
import type { Twin, TwinOptions } from "../../../src/twin/usb.ts";

/** What a program printed on both streams, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** A board served to pyOCD in wall time, and pyOCD beside it, independent of this project. */
export interface Bench {
  readonly twin: Twin;
  /** Runs a subcommand for pyOCD's K64F, whose flash is the K24's; connected under reset by default. */
  pyocd(subcommand: string, ...args: readonly string[]): Promise<Ran>;
  /** Starts its GDB server; answers the port once it listens. */
  gdbserver(...args: readonly string[]): Promise<number>;
  /** What the GDB servers have printed so far. */
  printed(): string;
  close(): Promise<void>;
}

/** The longest that one run may take, in milliseconds. */
const RUN_MS = 50_000;

/** A board, and what pyOCD calls its chip: its K64F, whose flash is the K24's, by default. */
export type BoardOptions = Omit<Partial<TwinOptions>, "uart"> & { readonly target?: string };

/** Serves a board; pyOCD looks for its settings in `folder`, and finds none. */
export async function openBench(
  folder: string,
  { target: name = "k64f", ...options }: BoardOptions = {},
): Promise<Bench> {
  const children: ChildProcess[] = [];
  let [at, output] = [0, ""];
  const served: Served = await serveTwins({
    boards: [{ kind: "twin", options: { chip: "MK24FN1M0xxx12", ...options } }],
    ports: { pyocd: 0 },
    pace: "wall",
    onListening: (_, { port }) => {
      at = port;
    },
  });
  const target = ["-u", `remote:127.0.0.1:${at}`, "-t", name];
  return {
    twin: served.twins[0],
    pyocd: (subcommand, ...args) => run([subcommand, ...target, ...args], folder),
    printed: () => output,
    gdbserver: async (...args) => {
      const port = await freePort();
      const ports = ["-p", `${port}`, "-T", `${await freePort()}`];
      const env = { ...process.env, PYTHONUNBUFFERED: "1" };
      const child = spawn("pyocd", ["gdbserver", ...target, ...ports, ...args], { cwd: folder, env });
      children.push(child);
      child.stdout.on("data", (bytes: Buffer) => {
        output += bytes.toString();
      });
      await printed(child, `GDB server listening on port ${port}`);
      return port;
    },
    close: async () => {
      await Promise.all(children.map(ended));
      await served.end();
    },
  };
}

const run = (args: readonly string[], cwd: string): Promise<Ran> =>
  new Promise((resolve) => {
    execFile("pyocd", args, { cwd, timeout: RUN_MS, maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      const code = typeof error?.code === "number" ? error.code : error ? -1 : 0;
      resolve({ code, output: stdout + stderr });
    });
  });

/** Resolves when a program has printed something; rejects with all that it printed when it ends before. */
const printed = (child: ChildProcess, what: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let output = "";
    const collect = (bytes: Buffer) => {
      output += bytes.toString();
      if (output.includes(what)) resolve();
    };
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    child.once("close", () => reject(new Error(output))).once("error", reject);
  });

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("close", () => resolve());
    child.kill();
  });

/** A port that was free a moment ago. */
const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
