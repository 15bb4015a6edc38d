import { FlashproofError } from "../base/errors.ts";
import type { CommandLineFault, CommanderOptions } from "./command-line.ts";
import { logged, type LoggedHost } from "./console-log.ts";
import { Connection } from "./connection.ts";
import { type Context, print } from "./context.ts";
import { CommandSignal } from "./command-signal.ts";
import { isCalledOff } from "./failure.ts";
import type { ScriptLine } from "./lexer.ts";
import type { Outcome } from "./handler.ts";
import type { CommanderHost } from "./host.ts";
import { CommandInput } from "./input.ts";
import { Notes } from "./notes.ts";
import { runCommand } from "./run-command.ts";
import { initialSettings } from "./settings.ts";
import * as texts from "./texts/v7-86e/banner.ts";

/** J-Link's exit codes: 1 only where an error ended the run (public logs of tools that run it). */
export type CommanderExit = 0 | 1;

/**
 * Runs the Commander: the script that the options name, or the host's prompt.
 *
 * Answers 0, or 1 where a command failed under ExitOnError (or `--strict`), and where the script couldn't be read.
 * Throws `WaitError` `aborted` when the signal calls it off; probe and target are closed in any case.
 */
export async function runCommander(
  options: CommanderOptions,
  outside: CommanderHost,
  signal?: AbortSignal,
): Promise<CommanderExit> {
  const host = logged(outside);
  if (options.log !== undefined) host.log.start(options.log);
  const notes = new Notes(options.quiet ? () => {} : (line) => host.note(line), options.verbose);
  openRun(options, host, notes);
  const input = openInput(options, host, notes);
  if (!input) return 1;
  const calls = new CommandSignal(host, signal);
  const context = { host, notes, settings: initialSettings(options), input, io: calls.io };
  const connection = new Connection(context, options);
  try {
    const failures = await runAll(context, connection, options, calls);
    return failures.ended || (options.strict && failures.any) ? 1 : 0;
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

function openRun(options: CommanderOptions, host: CommanderHost, notes: Notes): void {
  notes.greet();
  print({ host }, texts.banner(texts.V7_86E));
  if (options.exitOnError) print({ host }, texts.bannerExitOnError());
  const ignored = WITHOUT_EFFECT.filter((option) => options[option] !== undefined);
  notes.say(...ignored.map((option) => `the command line's ${option} is taken, and has no effect here`));
}

/** Options that would change what J-Link does, and that nothing here looks at. */
const WITHOUT_EFFECT = ["projectFile", "jlinkScriptFile", "devicesXml"] as const;

/** What a command line with a fault prints in place of a run; no script line is run. */
export function printFault(host: CommanderHost, fault: CommandLineFault): CommanderExit {
  const { kind, option } = fault;
  print({ host }, texts.banner(texts.V7_86E));
  print({ host }, kind === "unknown-option" ? texts.unknownOption(option) : texts.missingOptionValue(option));
  return 1;
}

function openInput({ script }: CommanderOptions, host: CommanderHost, notes: Notes): CommandInput | undefined {
  if (script === undefined) return new CommandInput(host);
  try {
    return new CommandInput(host, new TextDecoder().decode(host.readFile(script)));
  } catch (error) {
    if (!(error instanceof FlashproofError)) throw error;
    print({ host }, texts.scriptUnreadable(script));
    notes.error(error);
    return undefined;
  }
}

/** Whether any command failed, and whether one of them ended the run. */
interface Failures {
  any: boolean;
  ended: boolean;
}

async function runAll(
  context: Context,
  connection: Connection,
  options: CommanderOptions,
  calls: CommandSignal,
): Promise<Failures> {
  const failures = { any: false, ended: false };
  const { isScript } = context.input;
  if (isScript) print(context, texts.scriptStart());
  else await greet(context, connection);
  if (options.autoConnect) await connectFirst(context, connection, failures);
  while (!failures.ended) {
    const line = await context.input.nextCommand();
    if (!line || note(await runOne(context, connection, line, calls), context, failures)) break;
  }
  if (isScript) print(context, texts.scriptEnd());
  return failures;
}

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

/** Answers whether the run ends here. */
function note(outcome: Outcome, { settings }: Context, failures: Failures): boolean {
  if (outcome === "failed") failures.any = true;
  if (outcome === "failed" && settings.exitOnError) failures.ended = true;
  return outcome === "quit" || failures.ended;
}

/** A prompt has its probe first. */
async function greet(context: Context, connection: Connection): Promise<void> {
  await connection.openProbe();
  print(context, texts.interactiveStart());
}

async function connectFirst(context: Context, connection: Connection, failures: Failures): Promise<void> {
  const connected = (await connection.openProbe()) && (await connection.connectTarget());
  if (!connected) note("failed", context, failures);
}
