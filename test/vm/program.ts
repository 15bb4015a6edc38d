import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { main as Main } from "../../src/cli/main.ts";

/** The project's folder, the same as on the host. */
export const PROJECT = process.env["PROJECT"] ?? ".";

/** A user who owns nothing, and who sits at this machine as far as the device manager knows. */
const ORDINARY_USER = 65534;

/** What one call of the program did. */
export interface ErrorReport {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the program in this process, which saves starting another one. */
export async function fp(...argv: readonly string[]): Promise<ErrorReport> {
  const { main } = (await import(pathToFileURL(join(PROJECT, "dist/program/main.js")).href)) as { main: typeof Main };
  const output = { out: [] as string[], err: [] as string[] };
  const exit = await main(argv, {
    out: (text) => void output.out.push(text),
    err: (text) => void output.err.push(text),
    errIsTerminal: false,
    inIsTerminal: false,
    env: { HOME: "/root" },
    folder: PROJECT,
  });
  return { exit, out: output.out.join(""), err: output.err.join("") };
}

/** What `--json` printed, as far as a check looks at it. */
export interface Printed {
  readonly ok: boolean;
  readonly result?: { readonly probes?: readonly Record<string, unknown>[]; readonly [key: string]: unknown };
  readonly error?: { readonly code: string; readonly message: string; readonly details?: Record<string, unknown> };
}

/** The same with `--json`, read back. */
export async function json(...argv: readonly string[]): Promise<ErrorReport & { readonly printed: Printed }> {
  const output = await fp(...argv, "--json");
  return { ...output, printed: JSON.parse(output.out) as Printed };
}

/** Runs the program as an ordinary user, in a process of its own. */
export function fpAsUser(...argv: readonly string[]): ErrorReport {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(PROJECT, "bin/flashproof.js"), ...argv], {
    encoding: "utf8",
    cwd: PROJECT,
    uid: ORDINARY_USER,
    gid: ORDINARY_USER,
    env: { PATH: process.env["PATH"], FLASHPROOF_NO_BUILD: "1", HOME: "/nonexistent" },
  });
  return { exit: status ?? -1, out: stdout, err: stderr };
}
