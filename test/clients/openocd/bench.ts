import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { TwinOptions } from "../../../src/twin/usb.ts";
import type { BenchCalls, Ran } from "./bench-program.ts";
import { spawnApart } from "./namespace.ts";

/** A board served as J-Link in a network of its own, and programs beside it independent of this project. */
export interface Bench {
  /** Asks the bench for one thing; rejects with the bench's words. */
  ask<Name extends keyof BenchCalls>(
    call: Name,
    ...args: Parameters<BenchCalls[Name]>
  ): Promise<Awaited<ReturnType<BenchCalls[Name]>>>;
  /** Runs OpenOCD once, with these Tcl commands after its configuration for the chip. */
  openocd(commands: readonly string[], options?: OpenocdOptions): Promise<Ran>;
  /** Starts OpenOCD to be asked by `tcl`, with GDB's port open. */
  startOpenocd(options?: OpenocdOptions): Promise<void>;
  close(): Promise<void>;
}

/** What a run of OpenOCD may want else. */
export interface OpenocdOptions {
  /** The board's reset line is connected. */
  readonly reset?: boolean;
  readonly timeoutMs?: number;
  /** OpenOCD's configuration of the chip; the K24's by default. */
  readonly config?: string;
}

/** The board that most tests begin with: as delivered, flash commands in their typical times. */
export const BOARD: TwinOptions = { chip: "MK24FN1M0xxx12" };

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Opens a bench; the caller closes it. */
export async function openBench(): Promise<Bench> {
  const loader = new URL("../../../tools/lib/ts-loader.mjs", import.meta.url).href;
  const child = spawnApart(["--import", loader, pathOf("bench-program.ts")]);
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const ended = new Promise<void>((resolve) => void child.once("close", () => resolve()));
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { id, value, error } = JSON.parse(line) as { id: number; value?: unknown; error?: string };
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new Error(error));
  });
  void ended.then(() => waiting.forEach(({ reject }) => void reject(new Error("the bench has ended"))));
  let calls = 0;
  const ask: Bench["ask"] = (call, ...args) =>
    new Promise((resolve, reject) => {
      const id = ++calls;
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      child.stdin.write(`${JSON.stringify({ id, call, args })}\n`);
    });
  return {
    ask,
    openocd: (commands, options = {}) =>
      untilFound(() => ask("run", "openocd", openocdArguments(commands, options), options.timeoutMs ?? 30_000)),
    startOpenocd: (options = {}) => untilStarted(() => ask("start", openocdArguments(null, options))),
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/** OpenOCD listens for the beacon for 20 ms, in which a busy machine may not get round to sending it. */
async function untilFound(run: () => Promise<Ran>): Promise<Ran> {
  for (let tries = 1; ; tries++) {
    const ran = await run();
    if (tries === MOST_TRIES || !ran.output.includes("No J-Link device found")) return ran;
  }
}

async function untilStarted(start: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    const refused = await start().then(
      () => undefined,
      (error: Error) => error,
    );
    if (refused === undefined) return;
    if (tries === MOST_TRIES || !refused.message.includes("No J-Link device found")) throw refused;
  }
}

const MOST_TRIES = 10;

/** OpenOCD's own configuration for the chip, our probe by its serial, and no other ports. */
function openocdArguments(
  commands: readonly string[] | null,
  { reset = false, config = "target/kx.cfg" }: OpenocdOptions,
): readonly string[] {
  const ports = commands === null ? [] : ["gdb_port disabled", "tcl_port disabled"];
  const before = ["adapter driver jlink", "adapter serial 59304712", "transport select swd", "telnet_port disabled"];
  const line = reset ? ["reset_config srst_only srst_nogate"] : [];
  const after = ["adapter speed 4000", ...line, ...(commands === null ? ["init"] : [...commands, "shutdown"])];
  const words = (list: readonly string[]) => list.flatMap((command) => ["-c", command]);
  return [...words([...before, ...ports]), "-f", config, ...words(after)];
}
