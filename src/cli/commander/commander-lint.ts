import { dirname, isAbsolute, join, resolve } from "node:path";
import { FlashproofError, HostError } from "../../base/errors.ts";
import type { CommanderOptions } from "../../commander/language/command-line.ts";
import type { CommanderHost } from "../../commander/host.ts";
import { type DeviceName, findDevice, parseDeviceName } from "../../commander/language/device-name.ts";
import { devicesInScript } from "../../commander/language/script-device.ts";
import { lintScript } from "../../commander/lint/lint-script.ts";
import {
  findingLines,
  type LintVerdict,
  lintVerdict,
  type ScriptFinding,
  worstVerdict,
} from "../../commander/lint/script-finding.ts";
import type { ErrorReport } from "../../report/error-report.ts";
import { SEVERITIES, type Severity } from "../../protection/finding.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { envelope } from "../output.ts";
import { version } from "../version.ts";
import { isFolder, scriptsIn } from "./script-files.ts";

/** What was found in one script. */
interface Linted {
  readonly path: string;
  readonly findings: readonly ScriptFinding[];
  readonly verdict: LintVerdict;
}

const EXIT_OF: { readonly [Verdict in LintVerdict]: ExitCode } = {
  ok: EXIT.ok,
  failed: EXIT.failed,
  device: EXIT.unknownChip,
  file: EXIT.file,
};

/**
 * `commander --lint SCRIPT` or `FOLDER`: what its author may not have meant, line by line; nothing is connected. Answers
 * the exit code: 7 for a file that is lacking, 8 for a device, 1 for a finding at the limit, the first of them that holds.
 * Throws `usage`, and what files throw.
 */
export async function lintCommander(options: CommanderOptions, host: CommanderHost, folder: string): Promise<number> {
  const { script, json = false } = options;
  const limit = failOn(options.failOn ?? "brick");
  if (script === undefined) throw new HostError("usage", "--lint takes a script or a folder: commander --lint SCRIPT");
  const at = resolve(folder, script);
  const isMany = isFolder(at);
  const paths = isMany ? scriptsIn(at).map((path) => join(script, path.slice(at.length + 1))) : [script];
  if (paths.length === 0) throw new HostError("file-not-found", `No command file was found in ${script}`);
  const all: Linted[] = [];
  for (const path of paths) all.push(await lintOne(path, { options, host, limit, besides: isMany }));
  const exit = EXIT_OF[worstVerdict(all.map(({ verdict }) => verdict))];
  if (json) host.out(`${jsonOf(all, exit)}\n`);
  else host.out([...all.flatMap(linesOf), ...(isMany ? table(all) : [])].map((line) => `${line}\n`).join(""));
  return exit;
}

/** What one script is linted with. */
interface Around {
  readonly options: CommanderOptions;
  readonly host: CommanderHost;
  readonly limit: Severity | undefined;
  /** Files are also looked for beside the script: where each of a folder's scripts is run nothing says. */
  readonly besides: boolean;
}

async function lintOne(path: string, { options, host, limit, besides }: Around): Promise<Linted> {
  const text = new TextDecoder().decode(host.readFile(path));
  const readFile = (name: string) => (besides ? readBeside(host, path, name) : host.readFile(name));
  const deviceOf = await devicesOf(text, options, host);
  const findings = lintScript({ script: text, options: { ...options, script: path }, readFile, deviceOf });
  return { path, findings, verdict: lintVerdict(findings, limit) };
}

/** The devices that a script and its command line may name, each looked for once. */
async function devicesOf(
  script: string,
  { device }: CommanderOptions,
  host: CommanderHost,
): Promise<(name: string) => DeviceName> {
  const found = new Map<string, DeviceName>();
  for (const name of [...(device === undefined ? [] : [device]), ...devicesInScript(script)])
    found.set(name, await findDevice(name, host));
  return (name) => found.get(name) ?? parseDeviceName(name);
}

function readBeside(host: CommanderHost, script: string, name: string): Uint8Array {
  try {
    return host.readFile(name);
  } catch (error) {
    if (!(error instanceof FlashproofError) || error.code !== "file-not-found" || isAbsolute(name)) throw error;
    return host.readFile(join(dirname(script), name));
  }
}

const linesOf = ({ path, findings }: Linted): readonly string[] =>
  findings.length > 0 ? findingLines(path, findings) : [`${path}: nothing found`];

/** Severities that a script's finding has. */
const COUNTED = SEVERITIES.filter((severity) => severity !== "info");

/** A line a script: how many findings of each severity, and the exit code that it would have alone. */
function table(all: readonly Linted[]): readonly string[] {
  const width = Math.max(...all.map(({ path }) => path.length), "script".length);
  const row = (path: string, cells: readonly (string | number)[]) =>
    `${path.padEnd(width)}${cells.map((cell) => String(cell).padStart(7)).join("")}`;
  const head = row("script", [...COUNTED, "exit"]);
  const rows = all.map(({ path, findings, verdict }) =>
    row(path, [...COUNTED.map((severity) => countOf(findings, severity)), EXIT_OF[verdict]]),
  );
  return ["", head, ...rows];
}

const countOf = (findings: readonly ScriptFinding[], severity: Severity): number =>
  findings.filter((finding) => finding.severity === severity).length;

function jsonOf(all: readonly Linted[], exit: ExitCode): string {
  const scripts = all.map(({ path, findings, verdict }) => ({
    path,
    exit: EXIT_OF[verdict],
    findings: findings.map(({ line, severity, what, remedy, lacks }) => ({
      ...(line > 0 ? { line } : {}),
      severity,
      what,
      remedy,
      ...(lacks ? { lacks } : {}),
    })),
  }));
  const bad = all.flatMap(({ findings, verdict }) => (verdict === "ok" ? [] : findings));
  const error = exit === EXIT.ok ? {} : { error: reportOf(bad) };
  return envelope("commander-lint", version(), { result: { scripts }, text: [], exit, ...error });
}

/** Findings are no error of any layer, so their code stands here and in docs/errors.md. */
const reportOf = (bad: readonly ScriptFinding[]): ErrorReport => ({
  code: "script-findings",
  message: bad.map(({ what }) => what).join(" "),
  hints: [...new Set(bad.map(({ remedy }) => remedy))],
  advice: [],
});

function failOn(text: string): Severity | undefined {
  if (text === "none") return undefined;
  if (text === "brick" || text === "lock" || text === "warn") return text;
  throw new HostError("usage", `--fail-on takes warn, lock, brick or none, not "${text}"`);
}
