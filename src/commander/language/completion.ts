import { CHIPS } from "../../chips/list.ts";
import { deviceNames } from "./device-name.ts";
import { type ArgumentSpec, type CommandSpec, findCommand } from "./command.ts";
import { COMMANDS } from "./command-list.ts";
import { EXEC_STRINGS } from "./exec-list.ts";

/** The files and folders whose paths begin as given, a folder's with its slash behind; none where nothing can be listed. */
export type ListFiles = (beginning: string) => readonly string[];

/**
 * What the last word of a line could become: names of commands for the first word; an argument's choices, files, devices
 * or strings for the later ones; with it, the word as it stands. Pure but for `files`.
 */
export function completions(
  line: string,
  files: ListFiles = () => [],
): readonly [hits: readonly string[], word: string] {
  const text = line.trimStart();
  const quote = openQuote(text);
  const before = quote === undefined ? text : text.slice(0, quote);
  const words = before.split(/[\s,]+/);
  const word = quote === undefined ? (words.at(-1) ?? "") : text.slice(quote);
  if (words.length === 1) return [matching(commandNames(), word), word];
  const command = findCommand(COMMANDS, words[0]);
  if (!command) return [[], word];
  const rest = text.slice(words[0].length).trimStart();
  if (command.args[0]?.kind === "rest") return [matching(sentences(command), rest), rest];
  return [hitsFor(command, words.length - 2, word, files), word];
}

/** Where a quote begins that isn't closed yet. */
function openQuote(text: string): number | undefined {
  const count = [...text].filter((letter) => letter === '"').length;
  return count % 2 === 1 ? text.lastIndexOf('"') : undefined;
}

function hitsFor(command: CommandSpec, index: number, word: string, files: ListFiles): readonly string[] {
  if (command.names[0] === "?") return matching(commandNames(), word);
  const spec: ArgumentSpec | undefined = command.args[index];
  if (spec?.kind === "file") return fileHits(word, files);
  return matching(
    command.args.flatMap(({ choices = [] }) => [...choices]),
    word,
  );
}

/** A path with blanks is completed to one in quotes; a folder leaves them open for what is in it. */
function fileHits(word: string, files: ListFiles): readonly string[] {
  const isQuoted = word.startsWith('"');
  return files(isQuoted ? word.slice(1) : word).map((path) => {
    if (!isQuoted && !/[\s,;]/.test(path)) return path;
    return path.endsWith("/") ? `"${path}` : `"${path}"`;
  });
}

/** Commands that take the rest of the line as it is: names of devices, or strings of `exec`. */
const sentences = ({ names }: CommandSpec): readonly string[] =>
  names[0] === "device" ? CHIPS.flatMap(deviceNames) : EXEC_STRINGS.map(({ name }) => name);

/** Names of devices, for the prompt that asks for one. */
export const deviceCompletions = (line: string): readonly [hits: readonly string[], word: string] => [
  matching(
    CHIPS.map(({ name }) => name),
    line.trimStart(),
  ),
  line.trimStart(),
];

const matching = (known: readonly string[], word: string): readonly string[] =>
  known.filter((name) => name.toLowerCase().startsWith(word.toLowerCase()));

const commandNames = (): readonly string[] =>
  COMMANDS.flatMap(({ names }) => [...names]).sort((a, b) => a.localeCompare(b));
