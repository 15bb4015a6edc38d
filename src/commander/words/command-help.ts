import { type CommandSpec, findCommand, syntaxOf } from "../language/command.ts";
import { COMMANDS } from "../language/command-list.ts";
import { IMPOSSIBLE_COMMANDS } from "../language/command-list/impossible.ts";

/** `? NAME`: one command in lines; undefined where the word is none. */
export function commandHelp(name: string): readonly string[] | undefined {
  const command: CommandSpec | undefined = findCommand(COMMANDS as readonly CommandSpec[], name);
  if (command) {
    const [, ...also] = command.names;
    return [
      `${syntaxOf(command)}`,
      `  ${command.help}`,
      ...(also.length > 0 ? [`  also: ${also.join(", ")}`] : []),
      ...(command.args.some(({ kind }) => HEX.includes(kind)) ? ["  numbers are hex, 0x or not"] : []),
      `  prints: ${command.prints.replaceAll("`", "")}`,
      `  example: ${command.example}`,
    ];
  }
  const impossible = findCommand(IMPOSSIBLE_COMMANDS, name);
  return impossible && [`${impossible.names[0]} can't work here: ${impossible.why}.`];
}

const HEX: readonly string[] = ["hex", "hex64", "address"];
