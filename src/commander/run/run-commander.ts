import { FlashproofError } from "../../base/errors.ts";
import type { CommandLineFault, CommanderOptions } from "../language/command-line.ts";
import { logged, type LoggedHost } from "../console/console-log.ts";
import { Connection } from "../target/connection.ts";
import { print } from "../console/context.ts";
import { CommandSignal } from "../console/command-signal.ts";
import { isCalledOff } from "./failure.ts";
import type { CommanderHost } from "../host.ts";
import { CommandInput } from "../console/input.ts";
import { Notes } from "../console/notes.ts";
import { newProgress, type Run, runAll } from "./run-lines.ts";
import { findDevice } from "../language/device-name.ts";
import { deviceInScript } from "../language/script-device.ts";
import { initialSettings } from "../language/settings.ts";
import { type ConsoleForm, formOf } from "../texts/forms.ts";
import { notKnownYet } from "../words/device-words.ts";
import { type CoreAfter, failedButZero, interrupted, type Interruption } from "../words/run-words.ts";
import { IGNORE_SCRIPT_FILE, scriptFileMissing } from "../words/script-file-words.ts";
import * as texts from "../texts/v7-86e/banner.ts";

/** J-Link's exit codes: 1 only where an error ended the run (public logs of tools that run it). */
export type CommanderExit = 0 | 1;

/**
 * Runs the Commander: the script that the options name, or the host's prompt.
 *
 * Answers 0, or 1 where a command failed under ExitOnError (or `--strict`), where the script couldn't be read, and where
 * a J-Link script file is needed that isn't run.
 * Throws `WaitError` `aborted` when the signal calls it off, with what became of the chip; probe and target are closed in any case. Throws `usage` for
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
  if (refusesScriptFile(options, { host, notes, form })) return 1;
  const input = await openInput(options, { host, notes, form });
  if (!input) return 1;
  const calls = new CommandSignal(host, signal);
  const device = options.device === undefined ? undefined : await findDevice(options.device, host);
  const context = { host, notes, settings: initialSettings(options, device), texts: form.texts, input, io: calls.io };
  notes.chip = () => context.settings.device?.chip;
  const connection = new Connection(context, options, rttPortOf(options, notes));
  const run = { context, connection, calls, progress: newProgress() };
  try {
    const ending = await runToItsEnd(run, options);
    const core = await connection.close();
    if (ending.error !== undefined && !isCalledOff(ending.error)) throw ending.error;
    const isLate = input.isScript && calls.isRunStopped;
    if (ending.error !== undefined || isLate) throw interrupted(interruptionOf(run, core), ending.error);
    return exitOf(run, options);
  } finally {
    await connection.close();
    finishLog(host, notes);
  }
}

/** Whatever ends a run, probe and target are closed before the end is reported. */
const runToItsEnd = (run: Run, options: CommanderOptions): Promise<{ readonly error?: Error }> =>
  runAll(run, options).then(
    () => ({}),
    (error: unknown) => ({ error: error instanceof Error ? error : new Error(String(error)) }),
  );

const interruptionOf = ({ context: { input }, progress }: Run, core: CoreAfter): Interruption => ({
  ...progress,
  left: input.linesLeft,
  core,
});

function exitOf({ context: { notes, input }, progress: { ended, failed } }: Run, { strict }: CommanderOptions) {
  if (ended || (strict && failed.length > 0)) return 1;
  if (failed.length > 0 && input.isScript) notes.answer(failedButZero(failed));
  return 0;
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
const WITHOUT_EFFECT = ["projectFile", "devicesXml"] as const;

/** A J-Link script file may be what makes a target work at all: without a word that it isn't needed nothing is run. */
function refusesScriptFile(options: CommanderOptions, { host, notes }: Opening): boolean {
  const { jlinkScriptFile, ignoreScriptFile = false } = options;
  if (jlinkScriptFile === undefined) return false;
  notes.warn(scriptFileMissing(jlinkScriptFile, (path) => host.readFile(path)));
  if (!ignoreScriptFile) notes.answer("refused: no line of the script is run", `hint: ${IGNORE_SCRIPT_FILE}`);
  return !ignoreScriptFile;
}

/** What a command line with a fault prints in place of a run; no script line is run. */
export function printFault(host: CommanderHost, fault: CommandLineFault): CommanderExit {
  const { kind, option } = fault;
  print({ host }, formOf().texts.banner());
  print({ host }, kind === "unknown-option" ? texts.unknownOption(option) : texts.missingOptionValue(option));
  return 1;
}

async function openInput(options: CommanderOptions, opening: Opening): Promise<CommandInput | undefined> {
  const { host, notes, form } = opening;
  const { script } = options;
  if (script === undefined) {
    await noteUnknownDevices([options.device], opening);
    return new CommandInput(host, form);
  }
  try {
    const text = new TextDecoder().decode(host.readFile(script));
    await noteUnknownDevices([options.device, deviceInScript(text)], opening);
    return new CommandInput(host, form, text);
  } catch (error) {
    if (!(error instanceof FlashproofError)) throw error;
    print({ host }, texts.scriptUnreadable(script));
    notes.error(error);
    return undefined;
  }
}

/**
 * Before the first line, and not only when it is connected: which chip is meant, where Flashproof doesn't know it. A name
 * that is near a known one is likely a slip, which the error says.
 */
async function noteUnknownDevices(
  named: readonly (string | undefined)[],
  { host, notes }: Pick<Opening, "host" | "notes">,
): Promise<void> {
  const names = named.filter((name) => name !== undefined);
  const devices = await Promise.all(names.map((name) => findDevice(name, host)));
  notes.add(...devices.filter(({ kind, near }) => kind === "unknown" && near.length === 0).map(notKnownYet));
}

/** J-Link's own port for RTT (wiki.segger.com/J-Link_RTT_TELNET_Channel). */
const RTT_PORT = 19021;

function rttPortOf({ rttTelnetPort }: CommanderOptions, notes: Notes): number {
  const port = Number(rttTelnetPort ?? RTT_PORT);
  if (Number.isInteger(port) && port >= 0 && port <= 0xffff) return port;
  notes.add(`-RTTTelnetPort ${rttTelnetPort} names no TCP port: RTT is served at ${RTT_PORT}`);
  return RTT_PORT;
}
