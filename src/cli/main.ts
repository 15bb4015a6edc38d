import { fstatSync } from "node:fs";
import { isatty } from "node:tty";
import { HostError } from "../base/errors.ts";
import { printableLine } from "../base/printable.ts";
import type { Spell } from "../doctor/advice-acts.ts";
import { standardStream } from "../node/process/standard-streams.ts";
import type { Streams, Terminal } from "./output.ts";
import { printing } from "./printing.ts";
import { version } from "./version.ts";

/** Runs the program with its arguments; answers the exit code. Loads what it needs and nothing else. */
export async function main(argv: readonly string[], given?: Streams): Promise<number> {
  const terminal = printing(given ?? processTerminal());
  const exit = await run(argv, terminal);
  const why = await terminal.finish?.();
  return why === undefined ? exit : reportUnwritable(exit, why, { terminal, isCommander: argv[0] === "commander" });
}

async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [first, ...rest] = argv;
  if (first === "--version" || first === "-V" || (first === "version" && rest.length === 0)) {
    terminal.out(`flashproof ${version()}\n`);
    return 0;
  }
  if (first === "commander" && HELP.includes(rest[0] ?? ""))
    return (await import("./commander/commander-help.ts")).printHelp(terminal);
  if (first === "commander") return (await import("./commander/commander-host.ts")).runCommander(rest, terminal);
  if (first === "jlink-gdbserver") return (await import("./shims/gdb-server.ts")).runJlinkGdbServer(rest, terminal);
  return (await import("./program.ts")).runProgram(argv, terminal, version());
}

/** What asks for the Commander's help; `-h` is none of J-Link's options. */
const HELP: readonly string[] = ["--help", "-help", "-h", "help", "/?"];

/** The job is over, and its own no counts more than that the result is missing. */
async function reportUnwritable(
  exit: number,
  cause: Error,
  { terminal, isCommander }: { readonly terminal: Terminal; readonly isCommander: boolean },
): Promise<number> {
  const [{ errorLines }, { exitCodeFor }, spell] = await Promise.all([
    import("../report/error-report.ts"),
    import("./exit-codes.ts"),
    spellingOf(isCommander),
  ]);
  const error = new HostError("output-unwritable", "The result can't be written to stdout", { cause });
  for (const line of errorLines(error, spell, false))
    terminal.err(`${isCommander ? "flashproof: " : ""}${printableLine(line)}\n`);
  await terminal.finish?.();
  return exit === 0 ? exitCodeFor(error) : exit;
}

/** The words of the command line that was typed. */
const spellingOf = async (isCommander: boolean): Promise<Spell> =>
  isCommander
    ? (await import("../commander/words/advice-words.ts")).inCommanderWords
    : (await import("../report/advice-words.ts")).inCliWords;

/** The process as a terminal; a stream of it that can't be written ends no job. */
export function processTerminal(): Terminal {
  const [out, err] = [standardStream(process.stdout), standardStream(process.stderr)];
  return printing({
    out: out.write,
    outBytes: out.write,
    err: err.write,
    finish: async () => {
      await err.finish();
      return out.finish();
    },
    errIsTerminal: isatty(2),
    errColumns: () => process.stderr.columns,
    streamsAreOne: isSameFile(1, 2),
    inIsTerminal: isatty(0),
    env: process.env,
    folder: process.cwd(),
  });
}

/** Whether two descriptors lead to the same terminal, pipe or file; one that is closed leads nowhere. */
function isSameFile(one: number, other: number): boolean {
  try {
    const [a, b] = [fstatSync(one), fstatSync(other)];
    return a.dev === b.dev && a.ino === b.ino && a.rdev === b.rdev;
  } catch {
    return false;
  }
}
