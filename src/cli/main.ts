import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../node/package-root.ts";
import type { Streams, Terminal } from "./output.ts";
import { printing } from "./printing.ts";

/** The package's version, from its own package.json. */
export function version(): string {
  const text = readFileSync(join(packageRoot(), "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** Runs the program with its arguments; answers the exit code. Loads what it needs and nothing else. */
export async function main(argv: readonly string[], streams: Streams = processTerminal()): Promise<number> {
  const terminal = printing(streams);
  const [first, ...rest] = argv;
  if (first === "--version" || first === "-V") {
    terminal.out(`flashproof ${version()}\n`);
    return 0;
  }
  if (first === "commander") return (await import("./commander/commander-host.ts")).runCommander(rest, terminal);
  return (await import("./program.ts")).runProgram(argv, terminal, version());
}

/** The process as a terminal. */
export function processTerminal(): Terminal {
  return printing({
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    errIsTerminal: process.stderr.isTTY === true,
    outIsTerminal: process.stdout.isTTY === true,
    inIsTerminal: process.stdin.isTTY === true,
    env: process.env,
    folder: process.cwd(),
  });
}
