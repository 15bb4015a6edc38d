import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { runCommander } from "../../src/cli/commander/commander-host.ts";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { DEVICE, FILES, script } from "./scripts/generate.ts";

/** What an interrupted script has to report: the line, what the flash is, and what the core does. */
const REPORT = [
  /^flashproof: Interrupted (in line \d+ \(|between two lines)/m,
  /no flash operation was under way|the flash is as it was|the chip is half done|called off /,
  /the core |no target was connected|the target /,
  /(\d+ lines? w(as|ere)|no line was left) (not run|to run)/,
];

/** A stack trace, or an error that was never caught. */
const TRACE = /^\s+at |uncaught|unhandled/im;

/** A script that still runs then is one that waits; on any machine, no other takes so long on the wall. */
const STAYS_MS = 10_000;

const EXIT_INTERRUPTED = 130;

/** How one script ended. */
interface Ended {
  readonly exit: number;
  readonly err: string;
  /** The signal came before the script had ended by itself, at its line or because it waited. */
  readonly interrupted: boolean;
}

/**
 * Interrupts random scripts at a random line: each has to end with 130, report the state of the chip, and print no
 * stack trace.
 */
export async function run({ count, seed, out }: SoakOptions): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "flashproof-interrupts-"));
  for (const [name, bytes] of Object.entries(FILES)) writeFileSync(join(folder, name), bytes);
  const tally = { interrupted: 0, ended: 0, wrong: 0 };
  try {
    const cases = fc.tuple(script, fc.nat(12));
    for (const [text, at] of fc.sample(cases, { numRuns: count, seed })) {
      const ended = await interruptedAt(folder, text, at);
      if (ended.interrupted) tally.interrupted++;
      else tally.ended++;
      const faults = faultsOf(ended);
      if (faults.length === 0) continue;
      tally.wrong++;
      console.error(
        `${faults.join("; ")}\nat prompt ${at} of:\n${text}\n--- exit ${ended.exit}, stderr:\n${ended.err}`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  out(`${tally.interrupted} interrupted, ${tally.ended} ended before, ${tally.wrong} wrong`);
  return tally.wrong === 0 ? 0 : 1;
}

function faultsOf({ exit, err, interrupted }: Ended): readonly string[] {
  const trace = TRACE.test(err) ? ["a stack trace"] : [];
  if (!interrupted) return exit === EXIT_INTERRUPTED ? [...trace, "130 without a signal"] : trace;
  const missing = REPORT.filter((part) => !part.test(err)).map((part) => `${part} is missing`);
  return [...trace, ...missing, ...(exit === EXIT_INTERRUPTED ? [] : [`exit ${exit}`])];
}

/** Runs a script that SIGINT reaches as soon as it has printed its prompt for the given time. */
async function interruptedAt(folder: string, text: string, at: number): Promise<Ended> {
  const stop = new AbortController();
  // A script may stay when it has ended, for a client of its RTT server: a signal is how that ends, with the script's exit.
  const stays = setTimeout(() => stop.abort("SIGINT"), STAYS_MS);
  let [prompts, err, interrupted] = [0, "", false];
  writeFileSync(join(folder, "script.jlink"), onLoopback(text));
  const exit = await runCommander(["-Device", DEVICE, "-If", "SWD", "-Speed", "4000", "script.jlink"], {
    out: (printed) => {
      prompts += printed.split("J-Link>").length - 1;
      if (prompts <= at || stop.signal.aborted) return;
      interrupted = true;
      stop.abort("SIGINT");
    },
    err: (printed) => {
      err += printed;
    },
    errIsTerminal: false,
    inIsTerminal: false,
    env: { HOME: folder, XDG_CONFIG_HOME: folder, FLASHPROOF_PROBE: `twin:${DEVICE},flash=zero` },
    folder,
    signal: stop.signal,
  }).finally(() => clearTimeout(stays));
  return { exit, err, interrupted: interrupted || (stop.signal.aborted && exit === EXIT_INTERRUPTED) };
}

/** A random word after `ip` is a name or an address somewhere: nothing but this machine is asked. */
const onLoopback = (text: string): string => text.replace(/^(\s*ip\s).*$/gim, "$1127.0.0.1:9");
