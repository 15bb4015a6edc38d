import { type CommandSpec, findCommand } from "./command.ts";
import { COMMANDS } from "./command-list.ts";

/**
 * What the last word of a line could become: names of commands for the first word, an argument's choices for the later
 * ones; with it, the word as it stands. Pure; from the table alone.
 */
export function completions(line: string): readonly [hits: readonly string[], word: string] {
  const words = line.trimStart().split(/[\s,]+/);
  const word = words.at(-1) ?? "";
  const known = words.length === 1 ? commandNames() : choicesOf(findCommand(COMMANDS, words[0]));
  return [known.filter((name) => name.toLowerCase().startsWith(word.toLowerCase())), word];
}

const commandNames = (): readonly string[] =>
  COMMANDS.flatMap(({ names }) => [...names]).sort((a, b) => a.localeCompare(b));

const choicesOf = (command: CommandSpec | undefined): readonly string[] =>
  command?.args.flatMap(({ choices = [] }) => [...choices]) ?? [];
