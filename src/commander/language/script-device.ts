import { lexScript, type ScriptLine } from "./lexer.ts";

/** The device that a script names first, by `device NAME` or `exec device = NAME`; undefined where it names none. */
export const deviceInScript = (script: string): string | undefined => lexScript(script).map(deviceIn).find(isNamed);

/** Whatever a script may name as a device: by these commands, and by a line that answers a `connect`. */
export function devicesInScript(script: string): readonly string[] {
  const lines = lexScript(script);
  const answers = lines.filter((_, i) => lines[i - 1]?.name.toLowerCase() === "connect").map(({ text }) => text.trim());
  return [...new Set([...lines.map(deviceIn).filter(isNamed), ...answers])];
}

function deviceIn({ name, rest }: ScriptLine): string | undefined {
  if (name.toLowerCase() === "device") return rest;
  const [, named] = name.toLowerCase() === "exec" ? (/^device\s*=?\s*(\S.*)$/i.exec(rest) ?? []) : [];
  return named;
}

const isNamed = (name: string | undefined): name is string => name !== undefined;
