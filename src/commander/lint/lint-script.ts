import { findCommand, syntaxOf } from "../language/command.ts";
import { COMMANDS } from "../language/command-list.ts";
import { IMPOSSIBLE_COMMANDS } from "../language/command-list/impossible.ts";
import type { CommanderOptions } from "../language/command-line.ts";
import { lexScript, type ScriptLine } from "../language/lexer.ts";
import { parseArguments } from "../language/parse-args.ts";
import { type CommanderSettings, initialSettings, parseWire } from "../language/settings.ts";
import { GIVE_ALL } from "../commands/connect-prompts.ts";
import { parseDeviceName } from "../language/device-name.ts";
import { lintAddresses } from "./lint-addresses.ts";
import { LintImages } from "./lint-images.ts";
import type { ScriptCall } from "./script-call.ts";
import type { ScriptFinding } from "./script-finding.ts";

/** What a script is linted with. */
export interface LintInput {
  readonly script: string;
  readonly options: CommanderOptions;
  /** Throws where a file can't be read. */
  readonly readFile: (path: string) => Uint8Array;
}

/** Everything about a script that its author may not have meant, in the order of its lines; nothing is connected. */
export function lintScript(input: LintInput): readonly ScriptFinding[] {
  const settings = initialSettings(input.options);
  const lines = lexScript(input.script).filter(({ name }) => name !== "");
  const images = new LintImages(input.readFile);
  const findings: ScriptFinding[] = [];
  let prompts = 0;
  for (const [i, line] of lines.entries()) {
    if (prompts > 0) {
      prompts--;
      findings.push(...lintAnswer(line));
      continue;
    }
    const call = readCall(line, settings, findings);
    if (!call) continue;
    findings.push(...lintAddresses(call), ...images.lint(call), ...lintStray(call, lines[i - 1]));
    if (call.command.names[0] === "connect") prompts = askedFor(settings);
    remember(call);
    if (call.command.names[0] === "q") break;
  }
  if (prompts > 0) findings.push(unanswered(lines.at(-1)?.number ?? 0, prompts));
  else findings.push(...staying(lines.at(-1), input.options));
  return [...withoutExitOnError(settings), ...findings, ...images.end()];
}

/** A script that keeps its connection, which a build that waits for its end would wait for for ever. */
function staying(last: ScriptLine | undefined, { rttTelnetPort }: CommanderOptions): readonly ScriptFinding[] {
  const name = last && findCommand(COMMANDS, last.name)?.names[0];
  if (!last || name === "q" || (name !== "connect" && rttTelnetPort === undefined)) return [];
  const what = "The script doesn't end by itself: it stays connected and serves RTT until a signal ends it.";
  return [{ line: last.number, severity: "warn", what, remedy: "Put exit at its end, unless that is what it is for." }];
}

/** The call of a line; where it is none, that is a finding. */
function readCall(line: ScriptLine, settings: CommanderSettings, findings: ScriptFinding[]): ScriptCall | undefined {
  const command = findCommand(COMMANDS, line.name);
  if (!command) {
    findings.push(noCommand(line));
    return undefined;
  }
  const parsed = parseArguments(command, line);
  if (parsed.ok) return { line: line.number, command, args: parsed.args, chip: settings.device?.chip, settings };
  const what = `"${line.text.trim()}" can't be read as a call of ${command.names[0]}.`;
  findings.push({ line: line.number, severity: "warn", what, remedy: `It is written ${syntaxOf(command)}.` });
  return undefined;
}

function noCommand(line: ScriptLine): ScriptFinding {
  const impossible = findCommand(IMPOSSIBLE_COMMANDS, line.name);
  const what = impossible
    ? `${impossible.names[0]} can't work here: ${impossible.why}.`
    : `"${line.name}" is no command.`;
  return {
    line: line.number,
    severity: "warn",
    what,
    remedy: "Take the line out: it fails, and under ExitOnError it ends the script.",
  };
}

/** What the commands that the linter looks at leave behind. */
function remember({ command, args, settings }: ScriptCall): void {
  const effects: Readonly<Record<string, () => void>> = {
    ExitOnError: () => {
      settings.exitOnError ||= args.text("1 | 0") === "1";
    },
    device: () => {
      settings.device = parseDeviceName(args.text("DeviceName"));
    },
    exec: () => {
      const [, name] = /^device\s*=?\s*(.+)$/i.exec(args.text("Command")) ?? [];
      if (name) settings.device = parseDeviceName(name);
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

/** How many prompts `connect` shows, each answered by a line of the script. */
const askedFor = ({ device, wire, khz }: CommanderSettings): number =>
  [device, wire, khz].filter((value) => value === undefined).length;

/** A line that is eaten as an answer and that looks like a command. */
function lintAnswer({ number, name, text }: ScriptLine): readonly ScriptFinding[] {
  const command = findCommand(COMMANDS, name);
  if (!command || name.length === 1) return [];
  const what = `"${text.trim()}" isn't run: connect asks a question, and takes this line as the answer.`;
  return [{ line: number, severity: "warn", what, remedy: GIVE_ALL }];
}

const unanswered = (line: number, prompts: number): ScriptFinding => ({
  line,
  severity: "warn",
  what: `connect asks ${prompts} more ${prompts === 1 ? "question" : "questions"} than the script answers.`,
  remedy: GIVE_ALL,
});

/** An answer to a prompt that isn't shown is a command: S is step. */
function lintStray({ line, command, settings }: ScriptCall, before: ScriptLine | undefined): readonly ScriptFinding[] {
  const follows = before !== undefined && findCommand(COMMANDS, before.name)?.names[0] === "connect";
  if (!follows || command.names[0] !== "step" || askedFor(settings) > 0) return [];
  const what = "This line steps the core: connect had nothing left to ask, so it is no answer.";
  return [{ line, severity: "warn", what, remedy: "Take the line out, or leave the wire off the command line." }];
}

function withoutExitOnError({ exitOnError }: CommanderSettings): readonly ScriptFinding[] {
  if (exitOnError) return [];
  const what = "Nothing sets ExitOnError 1: whatever fails, the exit code is 0.";
  return [
    { line: 0, severity: "warn", what, remedy: "Begin the script with ExitOnError 1, or call it with --strict." },
  ];
}
