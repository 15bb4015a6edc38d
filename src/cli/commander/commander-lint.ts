import { HostError } from "../../base/errors.ts";
import type { CommanderOptions } from "../../commander/language/command-line.ts";
import type { CommanderHost } from "../../commander/host.ts";
import { lintScript } from "../../commander/lint/lint-script.ts";
import { failsLint, findingLines } from "../../commander/lint/script-finding.ts";
import type { Severity } from "../../protection/finding.ts";
import { EXIT } from "../exit-codes.ts";

/** `commander --lint SCRIPT`: what its author may not have meant, line by line; nothing is connected. Throws `usage`, and what files throw. */
export function lintCommander(options: CommanderOptions, host: CommanderHost): number {
  const { script } = options;
  const limit = failOn(options.failOn ?? "brick");
  if (script === undefined) throw new HostError("usage", "--lint takes a script: commander --lint SCRIPT");
  const text = new TextDecoder().decode(host.readFile(script));
  const findings = lintScript({ script: text, options, readFile: (path) => host.readFile(path) });
  const lines = findings.length > 0 ? findingLines(script, findings) : [`${script}: nothing found`];
  host.out(lines.map((line) => `${line}\n`).join(""));
  return failsLint(findings, limit) ? EXIT.failed : EXIT.ok;
}

function failOn(text: string): Severity | undefined {
  if (text === "none") return undefined;
  if (text === "brick" || text === "lock") return text;
  throw new HostError("usage", `--fail-on takes brick, lock or none, not "${text}"`);
}
