import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runCommander } from "../../../src/cli/commander/commander-host.ts";
import { linesOf } from "./seed-log.ts";

/** What one run of the Commander left on the screen. */
export interface Screen {
  readonly exit: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** The files of a run, and how the Commander is called. */
export interface ScriptRun {
  readonly device?: string;
  /** The twin's keys behind `twin:CHIP,`. */
  readonly board?: string;
  /** More words on the command line. */
  readonly options?: readonly string[];
  /** Files by their names, written before the run. */
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
  readonly script: string;
  /** Without it the mass erase is not allowed. */
  readonly settings?: string;
}

/** The answer that J-Link keeps in its registry. */
export const STORED_ANSWER = '[commander]\nsecured-device = "unsecure"\n';

/** Runs a script by the command line's own entry, on a simulated board, in a folder that is gone afterwards. */
export async function runScript(run: ScriptRun): Promise<Screen> {
  const folder = mkdtempSync(join(tmpdir(), "flashproof-test-"));
  try {
    for (const [name, content] of Object.entries(run.files ?? {})) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    writeFileSync(join(folder, "flash.jlink"), run.script);
    if (run.settings !== undefined) writeFileSync(join(folder, "settings.toml"), run.settings);
    return await runIn(folder, run);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runIn(folder: string, run: ScriptRun): Promise<Screen> {
  const out: string[] = [];
  const err: string[] = [];
  const board = run.board === undefined ? "" : `,${run.board}`;
  const terminal = {
    out: (words: string) => void out.push(words),
    err: (words: string) => void err.push(words),
    errIsTerminal: false,
    inIsTerminal: false,
    // The settings of the user who runs the test must not count.
    env: { FLASHPROOF_PROBE: `twin:MK24FN1M0xxx12${board}`, XDG_CONFIG_HOME: folder },
    folder,
  };
  const settings = run.settings === undefined ? [] : ["-SettingsFile", "settings.toml"];
  const wire = ["-If", "SWD", "-Speed", "4000"];
  const argv = ["-Device", run.device ?? "MK24FN1M0xxx12", ...wire, ...settings, ...(run.options ?? [])];
  const exit = await runCommander([...argv, "-CommandFile", "flash.jlink"], terminal);
  return { exit, out: linesOf(out.join("")), err: linesOf(err.join("")) };
}
