import type { CommanderHost } from "../host.ts";
import { echo } from "../texts/v7-86e/banner.ts";
import type { ConsoleForm, FormRule } from "../texts/forms.ts";

/** What stands before every echoed line. */
const ECHO = echo("")[0];

/** A line that holds no command has no output, and nothing behind it. */
const NO_COMMAND = /^J-Link>\s*(?:$|;|\/\/)/;

/** The same host, whose console is another version's. */
export function inForm(host: CommanderHost, form: ConsoleForm): CommanderHost {
  if (form.rules.length === 0) return host;
  let commands = 0;
  const rewrite = (line: string): readonly string[] => {
    if (form.echo || !line.startsWith(ECHO)) return applied(form.rules, line);
    return NO_COMMAND.test(line) || commands++ === 0 ? [] : [""];
  };
  const out = (text: string) => host.out(rewriteLines(text, rewrite));
  return { ...host, out };
}

/** Everything that is printed ends with a line's end. */
function rewriteLines(text: string, rewrite: (line: string) => readonly string[]): string {
  const lines = text.replace(/\n$/, "").split("\n");
  return lines
    .flatMap(rewrite)
    .map((line) => `${line}\n`)
    .join("");
}

function applied(rules: readonly FormRule[], line: string): readonly string[] {
  const rule = rules.find((each) => each.line.test(line));
  if (!rule) return [line];
  return rule.becomes === undefined ? [] : [line.replace(rule.line, rule.becomes)];
}
