import { Command, CommanderError } from "commander";
import { codeOf, HostError } from "../base/errors.ts";
import type { Chip } from "../chips/chip.ts";
import { printableLine } from "../base/printable.ts";
import { readWhole } from "../node/files.ts";
import { onceEnding } from "../node/process/signals.ts";
import { EXIT, EXIT_WORDS, exitCodeFor } from "./exit-codes.ts";
import { commanderOption } from "./options/commander-option.ts";
import { type Flags, isOn, resolveOptions } from "./options/resolve.ts";
import { EVERYWHERE, type EveryOption } from "./options/sets.ts";
import { readSettings } from "./options/settings-files.ts";
import { type Answer, envelope, errorEnvelope, type Terminal } from "./output.ts";
import { lastPackets } from "../host/recorded-usb.ts";
import { errorLines, errorReport } from "../report/error-report.ts";
import { inCliWords } from "../report/advice-words.ts";
import { checkOutputs } from "./options/output-options.ts";
import { asksForTrace, withTraceLog } from "./trace-log.ts";
import { usageHints, usageLine } from "./usage/usage-hints.ts";
import type { Run, Verb } from "./verb.ts";
import { everyOption, SETTINGS_KEYS, VERBS } from "./verbs.ts";

/** The chip of `--chip` as `--pack` describes it, else a pack that was added; undefined where none does. Throws `usage` where no chip is named. */
async function chipOfPack(
  options: { readonly [name: string]: unknown },
  env: NodeJS.ProcessEnv,
): Promise<Chip | undefined> {
  const { pack, chip } = options;
  if (typeof pack !== "string") {
    return typeof chip === "string" ? (await import("./packs/stored-chip.ts")).storedChip(chip, env) : undefined;
  }
  if (typeof chip !== "string") throw new HostError("usage", "--pack needs --chip, the device of the pack");
  return (await import("./packs/chip-of-pack.ts")).chipOfPack(pack, chip, env);
}

/** One call of a verb, before settings are looked at. */
interface Call {
  readonly verb: Verb;
  readonly args: readonly string[];
  readonly flags: Flags;
  readonly terminal: Terminal;
  readonly version: string;
}

const PURPOSE = "Programs microcontrollers, proves what is in them, and says why when it isn't what you asked for.";

const EXIT_LINES = (Object.keys(EXIT) as (keyof typeof EXIT)[]).map(
  (name) => `  ${String(EXIT[name]).padStart(3)}  ${EXIT_WORDS[name]}`,
);

const MORE = `
  commander [options] [script]   the J-Link Commander language; its options are J-Link's own

Without hardware, on a simulated board:
  flashproof info --chip MK24FN1M0xxx12 --probe twin:MK24FN1M0xxx12
  flashproof flash firmware.hex --chip MK24FN1M0xxx12 --probe twin:MK24FN1M0xxx12,state=board.k24

Exit codes:
${EXIT_LINES.join("\n")}
`;

/** Says on a command what the program is for, what stands outside the table of verbs, and how to try it. */
const describeProgram = (program: Command): Command =>
  program
    .usage("VERB [options]")
    .description(PURPOSE)
    .helpCommand("help [verb]", "this, or a verb's options")
    .addHelpText("after", MORE);

/** Parses the arguments, runs the verb, prints its answer or the error; answers the exit code. */
export async function runProgram(argv: readonly string[], terminal: Terminal, version: string): Promise<number> {
  let exit = 0;
  const program = describeProgram(baseCommand(new Command("flashproof"), terminal).version(version));
  // A verb that comes first is the only one that can be meant.
  const first = findVerb(argv[0] ?? "");
  for (const verb of first ? [first] : VERBS) {
    addVerb(program, verb, terminal, async (args, flags) => {
      exit = await runVerb({ verb, args, flags, terminal, version });
    });
  }
  if (argv.length === 0) {
    terminal.err(program.helpInformation());
    return exitCodeFor(new HostError("usage", "No verb was given"));
  }
  if (asksAboutCommander(argv)) return (await import("./commander/commander-help.ts")).printHelp(terminal);
  if (asksAboutNothing(argv)) return usageError(argv, terminal, version, `unknown verb '${argv[1]}'`);
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exit;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : usageError(argv, terminal, version, error.message);
  }
}

async function runVerb(call: Call): Promise<number> {
  const { verb, args, flags, terminal, version } = call;
  const stop = interruption(terminal.signal);
  const { env } = terminal;
  let form: ErrorForm = { json: isOn("json", flags, env), verbose: isOn("verbose", flags, env) ? 1 : 0 };
  try {
    const { project, user } = readSettings(terminal.folder, env, SETTINGS_KEYS);
    const around = { env, files: [project, user].filter((file) => file !== undefined) };
    const every: EveryOption = resolveOptions(EVERYWHERE, flags, around);
    form = every;
    const options = { ...resolveOptions(verb.options, flags, around), ...every };
    const { takesStdout } = checkOutputs(everyOption(verb), options);
    // The entry's code takes the values of the entry's options: `verb` has checked that.
    const run = (await verb.load()) as Run<unknown>;
    const traced = { onStderr: asksForTrace(every.verbose), logFile: every.logFile };
    const packChip = await chipOfPack(options, terminal.env);
    const given = {
      ...{ terminal, args, options, signal: stop.signal, readFile: remembering(readWhole) },
      ...(packChip && { packChip }),
    };
    const answer = await withTraceLog(traced, terminal, (trace) => run({ ...given, ...(trace && { trace }) }));
    // Where a file's bytes go to stdout, they are the result, and all else goes to stderr.
    const words = every.quiet ? () => {} : terminal.err;
    const out = takesStdout ? { out: words, err: terminal.err } : terminal;
    print(verb.name, answer, every.json, { terminal: out, version });
    return answer.exit;
  } catch (error) {
    const argv = [verb.name, ...args];
    return printError(verb.name, error, form, { terminal, version, hints: hintsFor(error, argv) });
  } finally {
    stop.forget();
  }
}

/** A signal, once: the work ends between two steps and the target is let go. The second one ends the process. */
function interruption(given?: AbortSignal): { readonly signal: AbortSignal; forget(): void } {
  const stop = new AbortController();
  const forget = onceEnding((signal) => stop.abort(signal));
  const signal = given ? AbortSignal.any([given, stop.signal]) : stop.signal;
  return { signal, forget };
}

/** Reads each name once. */
function remembering(read: (path: string) => Uint8Array): (path: string) => Uint8Array {
  const kept = new Map<string, Uint8Array>();
  return (path) => {
    const bytes = kept.get(path) ?? read(path);
    kept.set(path, bytes);
    return bytes;
  };
}

interface Output {
  readonly terminal: Pick<Terminal, "out" | "err">;
  readonly version: string;
  /** What was probably meant, before the error's own advice; and how the verb is called. */
  readonly hints?: Hints;
}

/** What a wrong command line is answered with beside its error. */
interface Hints {
  readonly usage?: string;
  readonly hints: readonly string[];
}

function print(command: string, answer: Answer, json: boolean, { terminal, version }: Output): void {
  if (json) terminal.out(`${envelope(command, version, answer)}\n`);
  else for (const line of answer.text) terminal.out(`${printableLine(line)}\n`);
}

/** How an error is printed. */
type ErrorForm = Pick<EveryOption, "json" | "verbose">;

function printError(command: string, error: unknown, { json, verbose }: ErrorForm, out: Output): number {
  const { terminal, version, hints: { usage, hints } = { hints: [] } } = out;
  const known = errorReport(error, inCliWords);
  // Hints of this very command line make the general one, where everything is listed, superfluous.
  const report = hints.length > 0 ? { ...known, hints: [...hints, ...known.hints.filter(isSpecific)] } : known;
  if (json) terminal.out(`${errorEnvelope(command, version, report)}\n`);
  const all = errorLines(error, inCliWords, verbose > 0, lastPackets());
  const lines = [
    ...all.filter((line) => !line.startsWith("hint: ")),
    ...(usage === undefined ? [] : [usage]),
    ...report.hints.map((hint) => `hint: ${hint}`),
  ];
  for (const line of lines) terminal.err(`${printableLine(line)}\n`);
  return exitCodeFor(error);
}

const GENERAL = inCliWords({ act: "see-help", arguments: {} });

const isSpecific = (hint: string): boolean => hint !== GENERAL;

function usageError(argv: readonly string[], terminal: Terminal, version: string, text: string): number {
  const message = text.replace(/^error: /, "").replace(/\n\(Did you mean[^)]*\)$/, "");
  const error = new HostError("usage", message.replace(/^unknown command/, "unknown verb"));
  const word = argv.find((arg) => !arg.startsWith("-")) ?? "";
  const command = findVerb(word)?.name ?? word;
  const hints = hintsFor(error, argv);
  return printError(command, error, { json: argv.includes("--json"), verbose: 0 }, { terminal, version, hints });
}

/** For a wrong command line: how its verb is called, and what was probably meant; nothing for any other error. */
function hintsFor(error: unknown, argv: readonly string[]): Hints {
  const code = codeOf(error) ?? "";
  const verb = findVerb(argv[0] ?? "");
  const isFileForAddress = code === "file-not-found" && argv.slice(1).some((word) => /^0x[0-9a-f]+$/i.test(word));
  const isUsage = code === "usage" || (verb?.name === "erase" && code === "chip-required");
  if (!isUsage && !isFileForAddress) return { hints: [] };
  const { message } = error as Error;
  const hints = usageHints({ argv, verb, verbs: VERBS, options: verb ? everyOption(verb) : {}, message });
  if (isFileForAddress) return { hints: hints.slice(0, 1) };
  return verb ? { usage: usageLine(verb), hints } : { hints };
}

const findVerb = (word: string): Verb | undefined =>
  VERBS.find((verb) => verb.name === word || verb.aliases?.includes(word));

/** `help VERB` for a verb that there is not; commander would print all help as an error. */
const asksAboutNothing = ([first, word]: readonly string[]): boolean =>
  first === "help" && word !== undefined && !word.startsWith("-") && findVerb(word) === undefined;

/** `help commander`: the one command that is no verb. */
const asksAboutCommander = ([first, word]: readonly string[]): boolean => first === "help" && word === "commander";

type Start = (args: readonly string[], flags: Flags) => Promise<void>;

function addVerb(program: Command, verb: Verb, terminal: Terminal, start: Start): void {
  const words = verb.args === undefined ? verb.name : `${verb.name} ${verb.args}`;
  const command = baseCommand(program.command(words), terminal);
  command.description(verb.help).aliases([...(verb.aliases ?? [])]);
  for (const [name, declaration] of Object.entries(everyOption(verb)))
    command.addOption(commanderOption(name, declaration));
  if (verb.examples) command.addHelpText("after", `\nExamples:\n${verb.examples.map((e) => `  ${e}\n`).join("")}`);
  command.action(async (...received: unknown[]) => {
    const positional = received.slice(0, -2).flat();
    await start(
      positional.filter((arg): arg is string => typeof arg === "string"),
      command.opts(),
    );
  });
}

/** Commander throws instead of ending the process, and leaves its errors to us. */
const baseCommand = (command: Command, terminal: Terminal): Command =>
  command
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
      outputError: () => {},
    });
