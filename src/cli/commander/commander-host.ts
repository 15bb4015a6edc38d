import { Prompt } from "./commander-prompt.ts";
import { isAbsolute, join } from "node:path";
import { codeOf, FlashproofError, HostError } from "../../base/errors.ts";
import { printableLine } from "../../base/printable.ts";
import { type CommanderOptions, parseCommandLine } from "../../commander/language/command-line.ts";
import { inForm } from "../../commander/console/console-form.ts";
import { V7_86E } from "../../commander/texts/v7-86e/banner.ts";
import { findForm, FORMS } from "../../commander/texts/forms.ts";
import type { CommanderHost, HostProbe, ProbeChoice, SeenProbe, StoredAnswer } from "../../commander/host.ts";
import { printFault, runCommander as run } from "../../commander/run/run-commander.ts";
import { report } from "../../doctor/report.ts";
import { nextTurn } from "../../node/event-loop.ts";
import { readWhole, writeWhole } from "../../node/files.ts";
import { listUsb, openProbe } from "../../node/probes.ts";
import { wallClock } from "../../host/wall-clock.ts";
import { EXIT, exitCodeOf } from "../exit-codes.ts";
import type { Streams, Terminal } from "../output.ts";
import { printing } from "../printing.ts";
import { isStandardInput, readStandardInput } from "../standard-input.ts";
import { KeptBoard, lookAtTwin } from "./kept-board.ts";
import { PROJECT_FILE, readSettings, readToml, setting, type Settings } from "../options/settings.ts";

/** Runs the Commander with the arguments behind `commander`; answers the exit code. */
export async function runCommander(argv: readonly string[], streams: Streams): Promise<number> {
  const terminal = printing(streams);
  const parsed = parseCommandLine(argv);
  const stop = new AbortController();
  // At a prompt Ctrl-C stops the command; a script is stopped as a whole.
  const isPrompt = parsed.ok && parsed.options.script === undefined && terminal.inIsTerminal;
  const onInterrupt = () => (isPrompt ? prompt.interrupt() : stop.abort("interrupted"));
  const onTerminate = () => stop.abort("terminated");
  process.on("SIGINT", onInterrupt).on("SIGTERM", onTerminate).on("SIGHUP", onTerminate);
  const prompt = new Prompt(terminal);
  try {
    if (!parsed.ok) return printFault(bareHost(terminal, prompt), parsed.fault);
    const options = { ...parsed.options, quiet: parsed.options.quiet ?? isQuiet(terminal) };
    return await runAs(options, hostFor(options, terminal, prompt), stop.signal);
  } catch (error) {
    return printError(error, terminal);
  } finally {
    process.off("SIGINT", onInterrupt).off("SIGTERM", onTerminate).off("SIGHUP", onTerminate);
    prompt.close();
  }
}

/** The script itself, its lint, or its dry run; the last two are loaded only where they are asked for. */
async function runAs(options: CommanderOptions, host: CommanderHost, signal: AbortSignal): Promise<number> {
  const form = findForm(options.compat ?? "V7.86e");
  if (!form) throw new HostError("usage", `--compat takes ${FORMS.map(({ version }) => version).join(", ")}`);
  const shown = inForm(host, form);
  if (options.lint) return (await import("./commander-lint.ts")).lintCommander(options, host);
  if (!options.dryRun) return run(options, shown, signal);
  const dry = (await import("./commander-dry-run.ts")).dryRun(options, shown);
  const exit = await run(options, dry.host, signal);
  host.out(
    dry
      .report()
      .map((line) => `${line}\n`)
      .join(""),
  );
  return exit;
}

const isQuiet = ({ env }: Terminal): boolean => !["", "0", "false"].includes(env["FLASHPROOF_QUIET"] ?? "");

function printError(error: unknown, terminal: Terminal): number {
  if (!(error instanceof FlashproofError)) throw error;
  const { what, hints } = report(error);
  for (const line of [what, ...hints.map((hint) => `hint: ${hint}`)])
    terminal.err(`flashproof: ${printableLine(line)}\n`);
  return codeOf(error) === "aborted" ? EXIT.interrupted : exitCodeOf(error);
}

/** The process as the Commander's outside world; throws `config-invalid` for a settings file that is none. */
function hostFor(options: CommanderOptions, terminal: Terminal, prompt: Prompt): CommanderHost {
  const settings = readSettings(terminal.folder, terminal.env);
  const storedAnswer = readStoredAnswer(options, terminal, settings);
  const board = new KeptBoard();
  return {
    ...bareHost(terminal, prompt),
    openProbe: (choice) => openChosen(choice, { board, terminal, settings }),
    listProbes: () => listProbes(selectorFor({}, terminal, settings)),
    serveRtt,
    ...(storedAnswer ? { storedAnswer } : {}),
  };
}

/** Loaded when the run first waits for somebody: a script that ends by itself pays nothing for it. */
const serveRtt: NonNullable<CommanderHost["serveRtt"]> = async ({ port, info }) => {
  const [{ serveRtt: serve }, { greeting }] = await Promise.all([
    import("../../node/servers/rtt-server.ts"),
    import("../../rtt/telnet.ts"),
  ]);
  const probe = `SEGGER ${info.product} ${info.hardware ?? ""}`.trim();
  return serve({ port, greeting: greeting(V7_86E.version, probe, info.serial) });
};

/** A host without settings. */
function bareHost(terminal: Terminal, prompt: Prompt): CommanderHost {
  const inFolder = (path: string) => (isAbsolute(path) ? path : join(terminal.folder, path));
  return {
    openProbe: () => openProbe(undefined),
    listProbes: () => listProbes(undefined),
    readFile: (path) => (isStandardInput(path) ? readStandardInput() : readWhole(inFolder(path))),
    writeFile: (path, bytes) => writeWhole(inFolder(path), bytes),
    out: (text) => terminal.out(text),
    note: (line) => terminal.err(`flashproof: ${printableLine(line)}\n`),
    clock: wallClock,
    isInteractive: terminal.inIsTerminal,
    readLine: (text) => prompt.read(text),
    breathe: nextTurn,
    ...(terminal.inIsTerminal ? { commandSignal: () => prompt.commandSignal() } : {}),
  };
}

/** The probe that the command line names; a board that the user has set up answers to its own serial number. */
async function openChosen(choice: ProbeChoice, { board, terminal, settings }: Bench): Promise<HostProbe> {
  const selector = setting("probe", undefined, terminal.env, settings);
  const isTwin = selector?.startsWith("twin:") === true && choice.ip === undefined;
  if (!isTwin) return openProbe(selectorFor(choice, terminal, settings));
  const open = await board.open(selector);
  if (choice.usb === undefined) return open;
  if (isAnyProbe(choice.usb) || open.probe.info.serial === choice.usb) return open;
  await open.close();
  throw new HostError("probe-not-found", `No probe has the serial number ${choice.usb}`);
}

/** What the probes of one run are opened with. */
interface Bench {
  readonly board: KeptBoard;
  readonly terminal: Terminal;
  readonly settings: Settings;
}

/** Old scripts number the probes on USB from 0 to 3: any of them. */
const isAnyProbe = (usb: string): boolean => /^[0-3]$/.test(usb);

/** The probe that the command line names, else FLASHPROOF_PROBE or the settings' `probe`. */
function selectorFor({ usb, ip }: ProbeChoice, terminal: Terminal, settings: Settings): string | undefined {
  if (ip !== undefined) return `ip:${ip}`;
  if (usb !== undefined && !isAnyProbe(usb)) return `jlink:${usb}`;
  return setting("probe", undefined, terminal.env, settings);
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

/** The settings file's answer counts before the project's; a file without one says nothing. */
function readStoredAnswer(
  { settingsFile }: CommanderOptions,
  { folder }: Terminal,
  settings: Settings,
): StoredAnswer | undefined {
  if (settingsFile !== undefined) {
    const own = answerIn(readToml(isAbsolute(settingsFile) ? settingsFile : join(folder, settingsFile)), settingsFile);
    if (own) return own;
  }
  return answerIn(settings, PROJECT_FILE);
}

function answerIn(settings: Settings, from: string): StoredAnswer | undefined {
  const table = settings["commander"];
  const answer = table && typeof table === "object" ? (table as Settings)["secured-device"] : undefined;
  if (answer === undefined) return undefined;
  if (answer === "unsecure" || answer === "leave") return { answer, from };
  throw new HostError("config-invalid", `secured-device in ${from} is "unsecure" or "leave", nothing else`, {
    details: { path: from },
  });
}
