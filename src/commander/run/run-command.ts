import { ownValue } from "../../base/own-value.ts";
import { codeOf, FlashproofError } from "../../base/errors.ts";
import { type CommandSpec, findCommand, type Needs, syntaxOf } from "../language/command.ts";
import { COMMANDS } from "../language/command-list.ts";
import { IMPOSSIBLE_COMMANDS } from "../language/command-list/impossible.ts";
import type { Connection } from "../target/connection.ts";
import { type Context, print } from "../console/context.ts";
import { isCalledOff, isCoreLost, isProbeLost } from "./failure.ts";
import type { Outcome } from "./handler.ts";
import { HANDLERS } from "./handlers.ts";
import type { ScriptLine } from "../language/lexer.ts";
import { unknownWordHints, unquotedPath } from "../language/other-words.ts";
import { noteLostCore } from "../words/core-words.ts";
import { type ArgumentFault, parseArguments } from "../language/parse-args.ts";
import {
  commandNotSupported,
  dllError,
  missingArgument,
  unknownCommand,
  unreadableArgument,
} from "../texts/v7-86e/banner.ts";
import { cpuNotHalted } from "../texts/v7-86e/registers.ts";

/** Runs one line; a line without a command is no failure. Throws only what calls the whole run off, and our own mistakes. */
export async function runCommand(context: Context, connection: Connection, line: ScriptLine): Promise<Outcome> {
  if (line.name === "") return "ok";
  const command = findCommand(COMMANDS, namedBy(context, line.name));
  if (!command) return notDone(context, line.name);
  const parsed = parseArguments(command, line);
  if (!parsed.ok) {
    print(context, faultLines(parsed.fault, syntaxOf(command)));
    context.notes.answer(...blankHints(command, line));
    return "failed";
  }
  try {
    if (!(await connectFor(connection, command.needs))) return "failed";
    const call = { ...context, connection, args: parsed.args, typed: line.name };
    const outcome = await HANDLERS[command.names[0]](call);
    if (outcome === "failed") context.notes.answer(...blankHints(command, line));
    return outcome;
  } catch (error) {
    return failed(context, connection, error);
  }
}

/** What a person types for `?` and `q`; in a script they are unknown, as with J-Link. */
const AT_PROMPT: Readonly<Record<string, string>> = { help: "?", quit: "q", bye: "q" };

const namedBy = ({ input }: Context, name: string): string =>
  (input.canAsk ? ownValue(AT_PROMPT, name.toLowerCase()) : undefined) ?? name;

/** A command that can't work here says so; any other word is no command. */
function notDone(context: Context, name: string): Outcome {
  const impossible = findCommand(IMPOSSIBLE_COMMANDS, name);
  print(context, impossible ? commandNotSupported(impossible.names[0], impossible.why) : unknownCommand());
  if (!impossible) context.notes.answer(...unknownWordHints(name).map((hint) => `hint: ${hint}`));
  return "failed";
}

/** A path with blanks and no quotes ends at its first blank: said wherever such a command fails. */
function blankHints(command: CommandSpec, line: ScriptLine): readonly string[] {
  const path = command.args[0]?.kind === "file" ? unquotedPath(line.rest) : undefined;
  return path === undefined ? [] : [`hint: A path with blanks needs quotes: ${line.name} "${path}"`];
}

const faultLines = (fault: ArgumentFault, syntax: string): readonly string[] =>
  fault.kind === "missing" ? missingArgument(syntax) : unreadableArgument(fault.name, syntax);

async function connectFor(connection: Connection, needs: Needs): Promise<boolean> {
  if (needs === "none") return true;
  return needs === "probe" ? connection.needProbe() : connection.needTarget();
}

/** What no handler has words for: the DLL's form of an error, and on stderr what it means. */
async function failed(context: Context, connection: Connection, error: unknown): Promise<Outcome> {
  if (!(error instanceof FlashproofError) || isCalledOff(error)) throw error;
  print(context, linesFor(error, context));
  noteLostCore(context, error);
  if (isProbeLost(error)) await connection.disconnect().catch(() => {});
  else if (codeOf(error)?.startsWith("target-locked") || isCoreLost(error)) connection.dropTarget();
  return "failed";
}

function linesFor(error: FlashproofError, { texts }: Context): readonly string[] {
  if (error.code === "core-not-halted") return cpuNotHalted();
  if (error.code.startsWith("target-locked")) return texts.targetNotConnected();
  return dllError(error.message);
}
