import { Command, CommanderError, Option } from "commander";
import { FlashproofError, HostError } from "../base/errors.ts";
import { report } from "../doctor/report.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { type Answer, envelope, errorEnvelope, type Terminal } from "./output.ts";
import { readSettings, type Settings, setting } from "./settings.ts";
import type { Invocation, OptionSpec, Verb } from "./verb.ts";
import { VERBS } from "./verbs.ts";

/** Options that every verb has. */
const EVERYWHERE: readonly OptionSpec[] = [
  { flags: "--json", help: "one JSON object on stdout" },
  { flags: "--events <form>", help: "ndjson: progress as JSON lines on stderr" },
  { flags: "-v, --verbose", help: "more words on stderr; after an error the last packets" },
  { flags: "-q, --quiet", help: "results and errors only" },
];

/** Parses the arguments, runs the verb, prints its answer or the error; answers the exit code. */
export async function runProgram(argv: readonly string[], terminal: Terminal, version: string): Promise<number> {
  let exit = 0;
  const program = baseCommand(new Command("flashproof"), terminal)
    .description("Programs microcontrollers, proves what is in them, and says why when it isn't what you asked for.")
    .version(version)
    .addHelpText("after", "\n  commander [options] [script]   the J-Link Commander language (its own options)\n");
  for (const verb of VERBS) {
    addVerb(program, verb, terminal, async (args, options) => {
      exit = await runVerb(verb, { args, options, terminal, version });
    });
  }
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : usageError(argv, terminal, version, error.message);
  }
  return argv.length === 0 ? 2 : exit;
}

interface Call {
  readonly args: readonly string[];
  readonly options: Invocation["options"];
  readonly terminal: Terminal;
  readonly version: string;
}

async function runVerb(verb: Verb, call: Call): Promise<number> {
  const { terminal, version } = call;
  const stop = new AbortController();
  const onInterrupt = () => stop.abort("interrupted");
  process.once("SIGINT", onInterrupt);
  const json = call.options["json"] === true;
  try {
    const settings = readSettings(terminal.folder, terminal.env);
    const run = await verb.load();
    const answer = await run({
      ...call,
      options: withSettings(verb, call.options, terminal, settings),
      settings,
      signal: stop.signal,
    });
    print(verb, answer, json, terminal, version);
    return answer.exit;
  } catch (error) {
    return printError(verb.name, error, json, terminal, version);
  } finally {
    process.removeListener("SIGINT", onInterrupt);
  }
}

function print(verb: Verb, answer: Answer, json: boolean, terminal: Terminal, version: string): void {
  if (json) terminal.out(`${envelope(verb.name, version, answer)}\n`);
  else for (const line of answer.text) terminal.out(`${line}\n`);
}

function printError(command: string, error: unknown, json: boolean, terminal: Terminal, version: string): number {
  if (!(error instanceof FlashproofError)) throw error;
  const said = report(error);
  if (json)
    terminal.out(
      `${errorEnvelope(command, version, { code: said.code, message: said.what, hints: said.hints, details: error.details })}\n`,
    );
  terminal.err(`error: ${said.what}\n`);
  for (const because of said.because) terminal.err(`because: ${because}\n`);
  for (const hint of said.hints) terminal.err(`hint: ${hint}\n`);
  return exitCodeOf(error);
}

function usageError(argv: readonly string[], terminal: Terminal, version: string, message: string): number {
  const error = new HostError("usage", message.replace(/^error: /, ""));
  if (argv.includes("--json")) return printError(argv[0] ?? "", error, true, terminal, version);
  return exitCodeOf(error);
}

/** Fills options that were not given as flags from environment and files; consents are flags only. */
function withSettings(
  verb: Verb,
  given: Invocation["options"],
  terminal: Terminal,
  settings: Settings,
): Invocation["options"] {
  const filled: Record<string, Invocation["options"][string]> = { ...given };
  for (const spec of [...verb.options, ...EVERYWHERE]) {
    const option = new Option(spec.flags);
    const name = option.attributeName();
    if (spec.consent || filled[name] !== undefined) continue;
    const value = setting(option.name(), undefined, terminal.env, settings);
    if (value !== undefined)
      filled[name] = option.isBoolean() ? value !== "0" && value !== "false" : spec.repeatable ? [value] : value;
  }
  return filled;
}

type Run = (args: readonly string[], options: Invocation["options"]) => Promise<void>;

function addVerb(program: Command, verb: Verb, terminal: Terminal, run: Run): void {
  const command = baseCommand(
    program.command(verb.args === undefined ? verb.name : `${verb.name} ${verb.args}`),
    terminal,
  );
  command.description(verb.help).aliases([...(verb.aliases ?? [])]);
  for (const spec of [...verb.options, ...EVERYWHERE]) command.addOption(optionOf(spec));
  command.action(async (...received: unknown[]) => {
    const positional = received
      .slice(0, -2)
      .flat()
      .filter((a): a is string => typeof a === "string");
    await run(positional, command.opts());
  });
}

function optionOf(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.help);
  return spec.repeatable
    ? option.argParser((value, before: readonly string[] | undefined) => [...(before ?? []), value])
    : option;
}

const baseCommand = (command: Command, terminal: Terminal): Command =>
  command
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) });
