import { Prompt } from "./commander-prompt.ts";
import { isAbsolute, join, resolve } from "node:path";
import { HostError } from "../../base/errors.ts";
import { printableLine } from "../../base/printable.ts";
import type { TraceSink } from "../../base/trace.ts";
import { type CommanderOptions, parseCommandLine } from "../../commander/language/command-line.ts";
import { V7_86E } from "../../commander/texts/v7-86e/banner.ts";
import { formOf } from "../../commander/texts/forms.ts";
import type { CommanderHost, HostProbe, ProbeChoice, SeenProbe, StoredAnswer } from "../../commander/host.ts";
import { printFault, runCommander as run } from "../../commander/run/run-commander.ts";
import { inCommanderWords } from "../../commander/words/advice-words.ts";
import { report } from "../../doctor/report.ts";
import { yieldToEventLoop } from "../../node/event-loop.ts";
import { readWhole } from "../../node/files.ts";
import { listUsb, openProbe } from "../../node/probes.ts";
import { onceEnding } from "../../node/process/signals.ts";
import { wallClock } from "../../host/wall-clock.ts";
import { exitCodeFor } from "../exit-codes.ts";
import type { Streams, Terminal } from "../output.ts";
import { printing } from "../printing.ts";
import { asksForTrace, withTraceLog } from "../trace-log.ts";
import { writeOutput } from "../options/output-options.ts";
import { KeptBoard, lookAtTwin } from "./kept-board.ts";
import { probe, quiet, verbose } from "../options/named.ts";
import { resolveOptions } from "../options/resolve.ts";
import { answerInFile } from "../options/secured-device.ts";
import { readSettings, type SettingsFile } from "../options/settings-files.ts";
import { deviceFinder } from "../packs/device-finder.ts";
import { SETTINGS_KEYS } from "../verbs.ts";

/** Runs the Commander with the arguments behind `commander`; answers the exit code. */
export async function runCommander(argv: readonly string[], streams: Streams): Promise<number> {
  const terminal = printing(streams);
  const parsed = parseCommandLine(argv);
  const stop = new AbortController();
  const signal = terminal.signal ? AbortSignal.any([stop.signal, terminal.signal]) : stop.signal;
  // At a prompt Ctrl-C stops the command; a script is stopped as a whole.
  const isPrompt = parsed.ok && parsed.options.script === undefined && terminal.inIsTerminal;
  const prompt = new Prompt(terminal);
  const forget = listen(isPrompt ? prompt : undefined, stop);
  try {
    if (!parsed.ok) return printFault(bareHost(terminal, prompt), parsed.fault);
    const settings = settingsFor(parsed.options, terminal);
    const options = withSettings(parsed.options, settings);
    const traced = { onStderr: options.trace ?? false, logFile: logFileOf(options, terminal) };
    return await withTraceLog(traced, prefixed(terminal), (sink) => {
      const host = hostFor(settings, { terminal, prompt, ...(sink && { sink }) });
      return runAs(options, host, { signal, sink, folder: terminal.folder });
    });
  } catch (error) {
    return printError(error, terminal);
  } finally {
    forget();
    prompt.close();
  }
}

/** The first signal calls the run off, the second ends the process; at a prompt Ctrl-C does neither, however often. */
function listen(prompt: Prompt | undefined, stop: AbortController): () => void {
  const forget = onceEnding((signal) => stop.abort(signal), prompt ? ["SIGTERM", "SIGHUP"] : undefined);
  if (!prompt) return forget;
  const onInterrupt = () => prompt.interrupt();
  process.on("SIGINT", onInterrupt);
  return () => {
    process.off("SIGINT", onInterrupt);
    forget();
  };
}

/** The command line's own words count before the settings'. */
function withSettings(options: CommanderOptions, settings: HostSettings): CommanderOptions {
  const trace = options.trace ?? asksForTrace(settings.verbose);
  return {
    ...options,
    quiet: options.quiet ?? settings.quiet,
    verbose: trace || (options.verbose ?? settings.verbose > 0),
    trace,
  };
}

const logFileOf = ({ logFile }: CommanderOptions, { folder }: Terminal): string | undefined =>
  logFile === undefined || logFile === "-" ? logFile : resolve(folder, logFile);

/** The terminal with a trace's lines marked as ours, as all words on the Commander's stderr are. */
const prefixed = (terminal: Terminal): Terminal => ({
  ...terminal,
  err: (text) => terminal.err(`flashproof: ${text}`),
});

/** The script itself, its lint, or its dry run; the last two are loaded only where they are asked for. */
async function runAs(
  options: CommanderOptions,
  host: CommanderHost,
  { signal, sink, folder }: RunContext,
): Promise<number> {
  // A version that has no form is refused before anything is opened, by the lint too.
  formOf(options.compat);
  if (options.lint) return (await import("./commander-lint.ts")).lintCommander(options, host, folder);
  if (!options.dryRun) return run(options, host, signal);
  const dry = await (await import("./commander-dry-run.ts")).dryRun(options, host, sink);
  host.out(`${dry.opening}\n`);
  const exit = await run(options, dry.host, signal);
  host.out(
    dry
      .report()
      .map((line) => `${line}\n`)
      .join(""),
  );
  return exit;
}

/** What calls a run off, and where its trace goes. */
interface RunContext {
  /** Where relative paths begin. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly sink: TraceSink | undefined;
}

/** What the Commander takes from environment and files; its own options are J-Link's, on the command line. */
interface HostSettings {
  readonly probe: string | undefined;
  readonly quiet: boolean;
  readonly verbose: number;
  readonly storedAnswer: StoredAnswer | undefined;
}

/** Throws `usage` for a variable and `config-invalid` for a file that sets what can't be. */
function settingsFor({ settingsFile }: CommanderOptions, { env, folder }: Terminal): HostSettings {
  const { project, user } = readSettings(folder, env, SETTINGS_KEYS);
  const files = [project, user].filter((file) => file !== undefined);
  const storedAnswer = storedAnswerOf(settingsFile, folder, user);
  return { ...resolveOptions({ probe, quiet, verbose }, {}, { env, files }), storedAnswer };
}

/** The file of -SettingsFile counts before the user's own. No project's file answers: it may come with a clone. */
function storedAnswerOf(
  settingsFile: string | undefined,
  folder: string,
  user: SettingsFile | undefined,
): StoredAnswer | undefined {
  const named = settingsFile === undefined ? undefined : answerInFile(resolve(folder, settingsFile), settingsFile);
  if (named !== undefined && settingsFile !== undefined) return { answer: named, from: settingsFile };
  const own = user?.securedDevice;
  return own === undefined ? undefined : { answer: own, from: "the user's own flashproof.toml" };
}

function printError(error: unknown, terminal: Terminal): number {
  const { what, advice } = report(error);
  for (const line of [what, ...advice.map((each) => `hint: ${inCommanderWords(each)}`)])
    terminal.err(`flashproof: ${printableLine(line)}\n`);
  return exitCodeFor(error);
}

/** What a host is made over. */
interface Around {
  readonly terminal: Terminal;
  readonly prompt: Prompt;
  readonly sink?: TraceSink;
}

/** The process as the Commander's host. */
function hostFor({ probe: selector, storedAnswer }: HostSettings, { terminal, prompt, sink }: Around): CommanderHost {
  const board = new KeptBoard(sink);
  return {
    ...bareHost(terminal, prompt),
    findDevice: deviceFinder(terminal.env),
    openProbe: (choice) => openChosen(choice, { board, selector, ...(sink && { sink }) }),
    listProbes: () => listProbes(selector),
    serveRtt,
    onConnected: async (session) => {
      const { reportLeftovers } = await import("../serving/leftovers.ts");
      const print = (line: string) => terminal.err(`flashproof: ${printableLine(line)}\n`);
      await reportLeftovers(session, { env: terminal.env, restores: false, warn: print, note: print });
    },
    ...(storedAnswer ? { storedAnswer } : {}),
  };
}

/** Loaded when the run first waits for input or a client: a script that ends by itself pays nothing for it. */
const serveRtt: NonNullable<CommanderHost["serveRtt"]> = async ({ port, info }) => {
  const [{ serveRtt: serve }, { banner }] = await Promise.all([
    import("../../node/servers/rtt-server.ts"),
    import("../../rtt/telnet.ts"),
  ]);
  const probe = `SEGGER ${info.product} ${info.hardware ?? ""}`.trim();
  return serve({ port, banner: banner(V7_86E.version, probe, info.serial) });
};

/** A host without settings. */
function bareHost(terminal: Terminal, prompt: Prompt): CommanderHost {
  const inFolder = (path: string) => (path === "-" || isAbsolute(path) ? path : join(terminal.folder, path));
  return {
    openProbe: () => openProbe(undefined),
    listProbes: () => listProbes(undefined),
    readFile: (path) => readWhole(inFolder(path)),
    writeFile: (path, bytes) => writeOutput(inFolder(path), bytes, terminal),
    out: (text) => prompt.beside(() => terminal.out(text)),
    note: (line) => prompt.beside(() => terminal.err(`flashproof: ${printableLine(line)}\n`)),
    clock: wallClock,
    isInteractive: terminal.inIsTerminal,
    readLine: (text) => prompt.read(text),
    breathe: yieldToEventLoop,
    ...(terminal.inIsTerminal ? { commandSignal: () => prompt.commandSignal() } : {}),
  };
}

/** Where probes come from: the board that a twin's selector keeps, and what the settings name. */
interface ProbeSource {
  readonly board: KeptBoard;
  readonly selector: string | undefined;
  readonly sink?: TraceSink;
}

/** The probe that the command line names; a board that the user has set up answers to its own serial number. */
async function openChosen(choice: ProbeChoice, { board, selector, sink }: ProbeSource): Promise<HostProbe> {
  const isTwin = selector?.startsWith("twin:") === true && choice.ip === undefined;
  if (!isTwin) return openProbe(selectorFor(choice, selector), sink);
  const open = await board.open(selector);
  if (choice.usb === undefined) return open;
  if (isAnyProbe(choice.usb) || open.probe.info.serial === choice.usb) return open;
  await open.close();
  throw new HostError("probe-not-found", `No probe has the serial number ${choice.usb}`);
}

/** Old scripts number the probes on USB from 0 to 3: any of them. */
const isAnyProbe = (usb: string): boolean => /^[0-3]$/.test(usb);

/** The probe that the command line names, else FLASHPROOF_PROBE or the settings' `probe`. */
function selectorFor({ usb, ip }: ProbeChoice, selector: string | undefined): string | undefined {
  if (ip !== undefined) return `ip:${ip}`;
  if (usb !== undefined && !isAnyProbe(usb)) return `jlink:${usb}`;
  return selector;
}

/** The probes on USB, and the one that the host is set up for. */
async function listProbes(selector: string | undefined): Promise<readonly SeenProbe[]> {
  if (selector?.startsWith("twin:")) return [await lookAtTwin(selector)];
  if (selector !== undefined) {
    const open = await openProbe(selector);
    const { serial, product } = open.probe.info;
    await open.close();
    return [{ serial, product }];
  }
  const { devices } = await listUsb();
  return devices.map((name) => {
    const words = name.split(" ");
    return { serial: words.at(-1) ?? "", product: words.slice(1, -1).join(" ") };
  });
}
