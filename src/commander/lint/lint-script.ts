import { findCommand, syntaxOf } from "../language/command.ts";
import { COMMANDS } from "../language/command-list.ts";
import { IMPOSSIBLE_COMMANDS } from "../language/command-list/impossible.ts";
import type { CommanderOptions } from "../language/command-line.ts";
import { lexScript, type ScriptLine } from "../language/lexer.ts";
import { unknownWordHints, unquotedPath } from "../language/other-words.ts";
import { parseArguments } from "../language/parse-args.ts";
import { type CommanderSettings, initialSettings, parseWire } from "../language/settings.ts";
import { type DeviceName, parseDeviceName } from "../language/device-name.ts";
import { IGNORE_SCRIPT_FILE, scriptFileMissing } from "../words/script-file-words.ts";
import { lintAddresses } from "./lint-addresses.ts";
import { readAnswers } from "./lint-answers.ts";
import { LintDevice } from "./lint-device.ts";
import { LintImages } from "./lint-images.ts";
import { LintRawWrites } from "./lint-raw-writes.ts";
import type { ScriptCall } from "./script-call.ts";
import type { ScriptFinding } from "./script-finding.ts";

/** What a script is linted with. */
export interface LintInput {
  readonly script: string;
  readonly options: CommanderOptions;
  /** Throws where a file can't be read. */
  readonly readFile: (path: string) => Uint8Array;
  /** The device of a name, where the host knows more of them than Flashproof's own. */
  readonly deviceOf?: (name: string) => DeviceName;
}

/** Everything about a script that its author may not have meant, in the order of its lines; nothing is connected. */
export function lintScript(input: LintInput): readonly ScriptFinding[] {
  const { deviceOf = parseDeviceName } = input;
  const named = input.options.device;
  const settings = initialSettings(input.options, named === undefined ? undefined : deviceOf(named));
  const device = new LintDevice();
  const images = new LintImages(input.readFile);
  const writes = new LintRawWrites();
  const findings: ScriptFinding[] = [...device.named(settings.device, 0), ...scriptFile(input)];
  const lines = lexScript(input.script);
  let last: ScriptLine | undefined;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    if (line.name === "") continue;
    const before = last;
    last = line;
    const call = readCall(line, settings, findings);
    if (!call) continue;
    findings.push(...device.used(call), ...lintAddresses(call), ...images.lint(call), ...writes.lint(call));
    findings.push(...lintExec(call, input), ...lintStray(call, before));
    remember(call, deviceOf);
    findings.push(...device.named(settings.device, line.number));
    if (call.command.names[0] === "connect" && askedFor(settings) > 0) {
      const answered = readAnswers(lines.slice(i + 1), settings, deviceOf);
      findings.push(...answered.findings);
      i += answered.taken;
      if (answered.taken > 0) last = lines[i];
    }
    if (call.command.names[0] === "q") break;
  }
  return [
    ...withoutExitOnError(settings, lines),
    ...findings,
    ...staying(last, settings, input.options),
    ...images.end(),
    ...writes.end(),
  ];
}

/** A script that keeps its connection, which a build that waits for its end would wait for for ever. */
function staying(
  last: ScriptLine | undefined,
  settings: CommanderSettings,
  { rttTelnetPort }: CommanderOptions,
): readonly ScriptFinding[] {
  const name = last && findCommand(COMMANDS, last.name)?.names[0];
  const isForConnection = name === "connect" || rttTelnetPort !== undefined;
  if (!last || name === "q" || !isForConnection || askedFor(settings) > 0) return [];
  const what = "The script doesn't end by itself: it stays connected and serves RTT until a signal ends it.";
  return [{ line: last.number, severity: "warn", what, remedy: "Put exit at its end, unless that is what it is for." }];
}

/** A J-Link script file that isn't run, named on the command line. */
function scriptFile({ options: { jlinkScriptFile: path, ignoreScriptFile }, readFile }: LintInput) {
  if (path === undefined || ignoreScriptFile) return [];
  return [scriptFileFinding(0, path, readFile)];
}

/** The same in `exec`. */
function lintExec({ command, args, line }: ScriptCall, { options, readFile }: LintInput): readonly ScriptFinding[] {
  if (command.names[0] !== "exec" || options.ignoreScriptFile) return [];
  const [, path] = /^(?:JLink)?ScriptFile\s*=?\s*(\S.*)$/i.exec(args.text("Command")) ?? [];
  return path === undefined ? [] : [scriptFileFinding(line, path, readFile)];
}

function scriptFileFinding(line: number, path: string, readFile: LintInput["readFile"]): ScriptFinding {
  const text = scriptFileMissing(path, readFile);
  return { line, severity: "warn", what: `${sentence(text)}.`, remedy: IGNORE_SCRIPT_FILE };
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** The call of a line; where it is none, that is a finding. */
function readCall(line: ScriptLine, settings: CommanderSettings, findings: ScriptFinding[]): ScriptCall | undefined {
  const command = findCommand(COMMANDS, line.name);
  if (!command) {
    findings.push(noCommand(line));
    return undefined;
  }
  const path = command.args[0]?.kind === "file" ? unquotedPath(line.rest) : undefined;
  const parsed = parseArguments(command, line);
  if (parsed.ok && path === undefined)
    return { line: line.number, command, args: parsed.args, chip: settings.device?.chip, settings };
  const what = `"${line.text.trim()}" can't be read as a call of ${command.names[0]}.`;
  const remedy =
    path === undefined
      ? [`It is written ${syntaxOf(command)}.`, ...commentHints(line.args)].join(" ")
      : `A path with blanks needs quotes: "${path}".`;
  findings.push({ line: line.number, severity: "warn", what, remedy });
  return undefined;
}

/** Of arguments of which one begins like a comment in other tools. */
const commentHints = (args: readonly string[]): readonly string[] =>
  args
    .filter((word) => word.startsWith("#"))
    .slice(0, 1)
    .flatMap(unknownWordHints);

function noCommand({ name, number }: ScriptLine): ScriptFinding {
  const impossible = findCommand(IMPOSSIBLE_COMMANDS, name);
  const what = impossible ? `${impossible.names[0]} can't work here: ${impossible.why}.` : `"${name}" is no command.`;
  const hints = impossible ? [] : unknownWordHints(name);
  const remedy = ["Take the line out: it fails, and under ExitOnError it ends the script.", ...hints].join(" ");
  return { line: number, severity: "warn", what, remedy };
}

/** What the commands that the linter looks at leave behind. */
function remember({ command, args, settings }: ScriptCall, deviceOf: (name: string) => DeviceName): void {
  const effects: Readonly<Record<string, () => void>> = {
    ExitOnError: () => {
      settings.exitOnError ||= args.text("1 | 0") === "1";
    },
    device: () => {
      settings.device = deviceOf(args.text("DeviceName"));
    },
    exec: () => {
      const [, name] = /^device\s*=?\s*(.+)$/i.exec(args.text("Command")) ?? [];
      if (name) settings.device = deviceOf(name);
    },
    SelectInterface: () => {
      settings.wire = parseWire(args.text("Interface")) ?? settings.wire;
    },
    speed: () => {
      settings.khz = 1;
    },
  };
  effects[command.names[0]]?.();
}

/** How many prompts `connect` shows. */
const askedFor = ({ device, wire, khz }: CommanderSettings): number =>
  [device, wire, khz].filter((value) => value === undefined).length;

/** An answer to a prompt that isn't shown is a command: S is step. */
function lintStray({ line, command, settings }: ScriptCall, before: ScriptLine | undefined): readonly ScriptFinding[] {
  const follows = before !== undefined && findCommand(COMMANDS, before.name)?.names[0] === "connect";
  if (!follows || command.names[0] !== "step" || askedFor(settings) > 0) return [];
  const what = "This line steps the core: connect had nothing left to ask, so it is no answer.";
  return [{ line, severity: "warn", what, remedy: "Take the line out, or leave the wire off the command line." }];
}

function withoutExitOnError(
  { exitOnError }: CommanderSettings,
  lines: readonly ScriptLine[],
): readonly ScriptFinding[] {
  if (exitOnError || lines.every(({ name }) => name === "")) return [];
  const what = "Nothing sets ExitOnError 1: whatever fails, the exit code is 0.";
  return [
    { line: 0, severity: "warn", what, remedy: "Begin the script with ExitOnError 1, or call it with --strict." },
  ];
}
