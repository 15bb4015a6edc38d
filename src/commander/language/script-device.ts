import { lexScript } from "./lexer.ts";

/** The device that a script names first, by `device NAME` or `exec device = NAME`; undefined where it names none. */
export function deviceInScript(script: string): string | undefined {
  for (const { name, rest } of lexScript(script)) {
    if (name.toLowerCase() === "device") return rest;
    const [, named] = name.toLowerCase() === "exec" ? (/^device\s*=?\s*(\S.*)$/i.exec(rest) ?? []) : [];
    if (named !== undefined) return named;
  }
  return undefined;
}
