import type { CommanderOptions } from "../language/command-line.ts";
import type { Connection } from "../target/connection.ts";
import { type Context, print } from "../console/context.ts";
import { findCommand } from "../language/command.ts";
import { COMMANDS } from "../language/command-list.ts";
import type { CommandSignal } from "../console/command-signal.ts";
import { WaitError } from "../../base/errors.ts";
import { isCalledOff } from "./failure.ts";
import type { ScriptLine } from "../language/lexer.ts";
import type { Outcome } from "./handler.ts";
import { runCommand } from "./run-command.ts";
import * as texts from "../texts/v7-86e/banner.ts";

/** How far a run has come. */
export interface Progress {
  /** The lines whose command failed. */
  readonly failed: ScriptLine[];
  /** The lines that programmed or erased, and did all of it. */
  readonly flashed: ScriptLine[];
  /** One of the failures, or the loss of what the run was for, ended the run. */
  ended: boolean;
  /** A command asked for the end. */
  quit: boolean;
  /** The last command, by the name that its table has. */
  last: string | undefined;
  /** The line that is being run. */
  line: ScriptLine | undefined;
  /** Lines that have come to their end. */
  done: number;
}

/** A run that hasn't begun. */
export const newProgress = (): Progress => ({
  failed: [],
  flashed: [],
  ended: false,
  quit: false,
  last: undefined,
  line: undefined,
  done: 0,
});

/** Runs everything: the script, then what comes behind it, or the prompt. Throws `WaitError` `aborted` where it is called off. */
export async function runAll(run: Run, options: CommanderOptions): Promise<void> {
  const { context, connection, progress } = run;
  const { isScript } = context.input;
  if (isScript) print(context, texts.scriptStart());
  else await startInteractive(context, connection);
  if (options.autoConnect) await connectFirst(run);
  await runLines(run);
  if (isScript) print(context, texts.scriptEnd());
  if (!progress.ended && !progress.quit) await continueAfterScript(run, options);
}

/** What every step of a run works with. */
export interface Run {
  readonly context: Context;
  readonly connection: Connection;
  readonly calls: CommandSignal;
  readonly progress: Progress;
  /** The run is there for its connection, and ends with it. */
  readonly stays?: true;
}

/** Runs lines until they end, or one of them ends the run. */
async function runLines(run: Run): Promise<void> {
  const { context, progress, calls } = run;
  while (!progress.ended && !progress.quit) {
    await checkCalledOff(run);
    const line = await nextLine(run);
    if (!line) return;
    progress.line = line;
    note(await runOne(run, line), line, run);
    progress.line = undefined;
  }
  if (context.input.isScript && calls.isRunStopped) throw calledOff();
}

/** A signal that came while a line needed no time counts before the next one. */
async function checkCalledOff({ context, calls }: Run): Promise<void> {
  await context.host.breathe?.();
  if (context.input.isScript && calls.isRunStopped) throw calledOff();
}

const calledOff = (): WaitError => new WaitError("aborted", "Called off between two lines");

/** A script's line is there; for any other the run waits, and lives. */
function nextLine({ context: { input }, connection, calls, stays }: Run): Promise<ScriptLine | undefined> {
  if (input.isScript) return input.nextCommand();
  return connection.during((lost) => {
    const line = calls.unlessEnded(input.nextCommand());
    return stays ? Promise.race([line, aborted(lost)]) : line;
  });
}

/**
 * Behind a script without `exit`: a person has the prompt. Where there is none, a script that was for the connection
 * keeps it, and RTT with it, until a signal ends the process (RIOT's term_rtt); any other ends (docs/commander.md).
 */
async function continueAfterScript(run: Run, options: CommanderOptions): Promise<void> {
  const { context, connection, progress } = run;
  const { host, input } = context;
  if (!host.serveRtt) return;
  const isForConnection = progress.last === "connect" || options.rttTelnetPort !== undefined;
  const stays = isForConnection && connection.isLive && !host.isInteractive;
  if (!stays && !(input.isScript && host.isInteractive)) return;
  input.leaveScript();
  if (stays) await stay(run);
  else await runLines(run);
}

/** Lines may come by stdin; that they end is no reason to go. */
async function stay(run: Run): Promise<void> {
  const { connection, calls, progress } = run;
  try {
    await runLines({ ...run, stays: true });
    if (progress.ended || progress.quit) return;
    if (connection.isLive) await connection.during((lost) => calls.unlessEnded(aborted(lost)));
    progress.ended = true;
  } catch (error) {
    if (!isCalledOff(error)) throw error;
  }
}

const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined), { once: true }));

/** Runs a line; one that a person stops at the prompt fails, and what it was doing is let go of. */
async function runOne({ context, connection, calls }: Run, line: ScriptLine): Promise<Outcome> {
  calls.renew();
  try {
    return await runCommand(context, connection, line);
  } catch (error) {
    if (!isCalledOff(error) || !calls.isOnlyCommandStopped) throw error;
    await connection.disconnect().catch(() => {});
    context.notes.answer("stopped; the next command connects anew");
    return "failed";
  }
}

/** Commands that program or erase. */
const FLASH_COMMANDS: readonly string[] = ["LoadFile", "LoadBin", "erase", "unlock"];

function note(outcome: Outcome, line: ScriptLine, { context: { settings }, progress }: Run): void {
  const name = findCommand(COMMANDS, line.name)?.names[0];
  progress.last = name ?? progress.last;
  if (line.name !== "") progress.done++;
  if (outcome === "quit") progress.quit = true;
  if (outcome === "failed") progress.failed.push(line);
  if (outcome === "failed" && settings.exitOnError) progress.ended = true;
  if (outcome === "ok" && name !== undefined && FLASH_COMMANDS.includes(name)) progress.flashed.push(line);
}

/** A prompt has its probe first. */
async function startInteractive(context: Context, connection: Connection): Promise<void> {
  await connection.openProbe();
  print(context, texts.interactiveStart());
}

async function connectFirst(run: Run): Promise<void> {
  const { connection, progress } = run;
  const line = { number: 0, text: "-AutoConnect 1", name: "connect", args: [], rest: "" };
  progress.line = line;
  const connected = (await connection.openProbe()) && (await connection.connectTarget());
  note(connected ? "ok" : "failed", line, run);
  progress.line = undefined;
}
