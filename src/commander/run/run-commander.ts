import { FlashproofError } from "../../base/errors.ts";
import type { CommandLineFault, CommanderOptions } from "../language/command-line.ts";
import { logged, type LoggedHost } from "../console/console-log.ts";
import { Connection } from "../target/connection.ts";
import { type Context, print } from "../console/context.ts";
import { findCommand } from "../language/command.ts";
import { COMMANDS } from "../language/command-list.ts";
import { CommandSignal } from "../console/command-signal.ts";
import { isCalledOff } from "./failure.ts";
import type { ScriptLine } from "../language/lexer.ts";
import type { Outcome } from "./handler.ts";
import type { CommanderHost } from "../host.ts";
import { CommandInput } from "../console/input.ts";
import { Notes } from "../console/notes.ts";
import { runCommand } from "./run-command.ts";
import { initialSettings } from "../language/settings.ts";
import { type ConsoleForm, formOf } from "../texts/forms.ts";
import * as texts from "../texts/v7-86e/banner.ts";

/** J-Link's exit codes: 1 only where an error ended the run (public logs of tools that run it). */
export type CommanderExit = 0 | 1;

/**
 * Runs the Commander: the script that the options name, or the host's prompt.
 *
 * Answers 0, or 1 where a command failed under ExitOnError (or `--strict`), and where the script couldn't be read.
 * Throws `WaitError` `aborted` when the signal calls it off; probe and target are closed in any case. Throws `usage` for
 * a version whose console is not known.
 */
export async function runCommander(
  options: CommanderOptions,
  outside: CommanderHost,
  signal?: AbortSignal,
): Promise<CommanderExit> {
  const form = formOf(options.compat);
  const host = logged(outside);
  if (options.log !== undefined) host.log.start(options.log);
  const printNote = (line: string) => host.note(line);
  const notes = new Notes(options.quiet ? () => {} : printNote, options.verbose, printNote);
  openRun(options, { host, notes, form });
  const input = openInput(options, { host, notes, form });
  if (!input) return 1;
  const calls = new CommandSignal(host, signal);
  const context = { host, notes, settings: initialSettings(options), texts: form.texts, input, io: calls.io };
  const connection = new Connection(context, options, rttPortOf(options, notes));
  try {
    const { ended, failed } = await runAll(context, connection, options, calls);
    return ended || (options.strict && failed) ? 1 : 0;
  } finally {
    await connection.close();
    finishLog(host, notes);
  }
}

/** The run is over: a log that can't be written changes nothing about how it ended. */
function finishLog({ log }: LoggedHost, notes: Notes): void {
  try {
    log.finish();
  } catch (error) {
    notes.error(error);
  }
}

/** What a run prints through, before its first line. */
interface Opening {
  readonly host: CommanderHost;
  readonly notes: Notes;
  readonly form: ConsoleForm;
}

function openRun(options: CommanderOptions, { host, notes, form }: Opening): void {
  notes.printBanner();
  print({ host }, form.texts.banner());
  if (options.exitOnError) print({ host }, texts.bannerExitOnError());
  const ignored = WITHOUT_EFFECT.filter((option) => options[option] !== undefined);
  notes.add(...ignored.map((option) => `the command line's ${option} is taken, and has no effect here`));
}

/** Options that would change what J-Link does, and that nothing here looks at. */
const WITHOUT_EFFECT = ["projectFile", "jlinkScriptFile", "devicesXml"] as const;

/** What a command line with a fault prints in place of a run; no script line is run. */
export function printFault(host: CommanderHost, fault: CommandLineFault): CommanderExit {
  const { kind, option } = fault;
  print({ host }, formOf().texts.banner());
  print({ host }, kind === "unknown-option" ? texts.unknownOption(option) : texts.missingOptionValue(option));
  return 1;
}

function openInput({ script }: CommanderOptions, { host, notes, form }: Opening): CommandInput | undefined {
  if (script === undefined) return new CommandInput(host, form);
  try {
    return new CommandInput(host, form, new TextDecoder().decode(host.readFile(script)));
  } catch (error) {
    if (!(error instanceof FlashproofError)) throw error;
    print({ host }, texts.scriptUnreadable(script));
    notes.error(error);
    return undefined;
  }
}

/** How far a run has come. */
interface Progress {
  /** A command failed. */
  failed: boolean;
  /** One of them, or the loss of what the run was for, ended the run. */
  ended: boolean;
  /** A command asked for the end. */
  quit: boolean;
  /** The last command, by the name that its table has. */
  last: string | undefined;
}

async function runAll(
  context: Context,
  connection: Connection,
  options: CommanderOptions,
  calls: CommandSignal,
): Promise<Progress> {
  const progress: Progress = { failed: false, ended: false, quit: false, last: undefined };
  const run = { context, connection, calls, progress };
  const { isScript } = context.input;
  if (isScript) print(context, texts.scriptStart());
  else await startInteractive(context, connection);
  if (options.autoConnect) await connectFirst(run);
  await runLines(run);
  if (isScript) print(context, texts.scriptEnd());
  if (!progress.ended && !progress.quit) await continueAfterScript(run, options);
  return progress;
}

/** What every step of a run works with. */
interface Run {
  readonly context: Context;
  readonly connection: Connection;
  readonly calls: CommandSignal;
  readonly progress: Progress;
  /** The run is there for its connection, and ends with it. */
  readonly stays?: true;
}

/** Runs lines until they end, or one of them ends the run. */
async function runLines(run: Run): Promise<void> {
  const { context, connection, calls, progress } = run;
  while (!progress.ended && !progress.quit) {
    const line = await nextLine(run);
    if (!line) return;
    note(await runOne(context, connection, line, calls), context, progress);
    progress.last = findCommand(COMMANDS, line.name)?.names[0] ?? progress.last;
  }
}

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
 * keeps it, and RTT with it, until the process is told to end (RIOT's term_rtt); any other ends (docs/commander.md).
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
async function runOne(
  context: Context,
  connection: Connection,
  line: ScriptLine,
  calls: CommandSignal,
): Promise<Outcome> {
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

function note(outcome: Outcome, { settings }: Context, progress: Progress): void {
  if (outcome === "quit") progress.quit = true;
  if (outcome === "failed") progress.failed = true;
  if (outcome === "failed" && settings.exitOnError) progress.ended = true;
}

/** A prompt has its probe first. */
async function startInteractive(context: Context, connection: Connection): Promise<void> {
  await connection.openProbe();
  print(context, texts.interactiveStart());
}

async function connectFirst({ context, connection, progress }: Run): Promise<void> {
  const connected = (await connection.openProbe()) && (await connection.connectTarget());
  progress.last = "connect";
  if (!connected) note("failed", context, progress);
}

/** J-Link's own port for RTT (wiki.segger.com/J-Link_RTT_TELNET_Channel). */
const RTT_PORT = 19021;

function rttPortOf({ rttTelnetPort }: CommanderOptions, notes: Notes): number {
  const port = Number(rttTelnetPort ?? RTT_PORT);
  if (Number.isInteger(port) && port >= 0 && port <= 0xffff) return port;
  notes.add(`-RTTTelnetPort ${rttTelnetPort} names no TCP port: RTT is served at ${RTT_PORT}`);
  return RTT_PORT;
}
