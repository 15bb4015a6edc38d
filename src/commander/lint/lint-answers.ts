import { GIVE_ALL } from "../commands/connect-prompts.ts";
import { findCommand } from "../language/command.ts";
import { COMMANDS } from "../language/command-list.ts";
import type { DeviceName } from "../language/device-name.ts";
import type { ScriptLine } from "../language/lexer.ts";
import { type CommanderSettings, parseSpeed, parseWire } from "../language/settings.ts";
import { deviceError } from "../words/device-words.ts";
import type { ScriptFinding } from "./script-finding.ts";

/** What of a script the prompts of `connect` take, and the findings about it. */
interface Answered {
  /** How many lines behind `connect` are answers. */
  readonly taken: number;
  readonly findings: readonly ScriptFinding[];
}

/** Reads the lines behind a `connect` as its prompts do, blank ones too, into the settings. */
export function readAnswers(
  behind: readonly ScriptLine[],
  settings: CommanderSettings,
  deviceOf: (name: string) => DeviceName,
): Answered {
  const lines = [...behind];
  const findings: ScriptFinding[] = [];
  const [first] = lines;
  if (!settings.device && first) findings.push(...readDevice(lines.shift() ?? first, settings, deviceOf));
  const take = <T>(read: (answer: string) => T | undefined, standard: T, what: string): T | undefined => {
    for (let line = lines.shift(); line; line = lines.shift()) {
      const answer = line.text.trim();
      const value = answer === "" ? standard : read(answer);
      if (value !== undefined) return value;
      findings.push(looksLikeCommand(line) ? notRun(line, what) : noAnswer(line, what));
    }
    return undefined;
  };
  settings.wire ??= take(parseWire, "SWD", "an interface");
  if (settings.wire !== undefined) settings.khz ??= take(parseSpeed, 1, "a speed");
  const open = [settings.wire, settings.khz].filter((value) => value === undefined).length;
  if (open > 0) findings.push(unanswered(behind.at(-1)?.number ?? 0, open));
  return { taken: behind.length - lines.length, findings };
}

function readDevice(
  line: ScriptLine,
  settings: CommanderSettings,
  deviceOf: (name: string) => DeviceName,
): readonly ScriptFinding[] {
  const answer = line.text.trim();
  const device = deviceOf(answer);
  if (answer !== "" && answer !== "?" && device.kind !== "unknown") {
    settings.device = device;
    return [];
  }
  if (looksLikeCommand(line)) return [{ ...notRun(line, "a device"), lacks: "device" }];
  const what =
    answer === ""
      ? "connect asks for the device, and a blank line selects none."
      : answer === "?"
        ? "connect asks for the device, and ? lists the names and selects none."
        : `connect takes this line as the device: ${deviceError(device).message}.`;
  return [{ line: line.number, severity: "warn", what, remedy: GIVE_ALL, lacks: "device" }];
}

/** A letter alone may be meant as an answer: S and J name wires. */
const looksLikeCommand = ({ name }: ScriptLine): boolean =>
  name.length > 1 && findCommand(COMMANDS, name) !== undefined;

const notRun = ({ number, text }: ScriptLine, asked: string): ScriptFinding => ({
  line: number,
  severity: "warn",
  what: `"${text.trim()}" isn't run: connect asks for ${asked}, and takes this line as the answer.`,
  remedy: GIVE_ALL,
});

const noAnswer = ({ number, text }: ScriptLine, what: string): ScriptFinding => ({
  line: number,
  severity: "warn",
  what: `connect asks again: "${text.trim()}" is no answer, because it isn't ${what}.`,
  remedy: GIVE_ALL,
});

const unanswered = (line: number, prompts: number): ScriptFinding => ({
  line,
  severity: "warn",
  what: `connect asks ${prompts} more ${prompts === 1 ? "question" : "questions"} than the script answers.`,
  remedy: GIVE_ALL,
});
