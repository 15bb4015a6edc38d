import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseSelector } from "../../src/node/selector.ts";
import { type Served, serveTwins } from "../../src/node/servers/serve.ts";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { Chance } from "../support/chance.ts";

const CHIP = "MK24FN1M0xxx12";
const PROGRAM = resolve("bin/flashproof.js");
const IMAGES = ["bootloader-open.hex", "small.hex"].map((name) => resolve("examples/k24-bootloader", name));

/** The kinds of ending; `second`: the same signal again, before the first was answered. */
const ENDINGS = ["SIGINT", "SIGTERM", "SIGHUP", "second", "SIGKILL", "stdout", "stderr", "both"] as const;
type Ending = (typeof ENDINGS)[number];

/** Output closed, the job continues to its end: 0, or 1 where the result is missing on stdout. */
const EXITS: { readonly [kind in Ending]: readonly (number | string)[] } = {
  SIGINT: [130],
  SIGTERM: [130],
  SIGHUP: [130],
  second: [130, "SIGINT"],
  SIGKILL: ["SIGKILL"],
  stdout: [1],
  stderr: [0],
  both: [1],
};

/** No job on these boards takes nearly so long. */
const PATIENCE_MS = 60_000;

interface Tally {
  endings: number;
  recovered: number;
  traces: number;
  wrongExits: number;
  incomplete: number;
  before: number;
  inPart: number;
  done: number;
}

/**
 * Ends flash jobs by signals and closed pipes at random moments, on boards whose time follows the wall clock and on
 * boards in the job's own process, and flashes once more: the next run has to bring every chip up.
 */
export async function run({ count, seed, out }: SoakOptions): Promise<number> {
  const chance = new Chance(seed);
  const folder = mkdtempSync(join(tmpdir(), "flashproof-endings-"));
  const tally: Tally = {
    endings: 0,
    recovered: 0,
    traces: 0,
    wrongExits: 0,
    incomplete: 0,
    before: 0,
    inPart: 0,
    done: 0,
  };
  try {
    for (let i = 0; i < count; i++) {
      const state = join(folder, `board${i}.k24`);
      const ending = ENDINGS[i % ENDINGS.length];
      await (chance.below(2) === 0
        ? onServedBoard(state, ending, chance, tally)
        : endOnce(ownBoard(state), ending, chance, tally));
      rmSync(state, { force: true });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { endings, recovered, traces, wrongExits, incomplete, before, inPart, done } = tally;
  out(
    `endings ${endings} recovered ${recovered} of ${endings} stack traces ${traces} wrong exits ${wrongExits} ` +
      `incomplete JSON ${incomplete} (flash untouched ${before}, in part ${inPart}, done ${done})`,
  );
  return recovered === count && traces + wrongExits + incomplete === 0 ? 0 : 1;
}

const ownBoard = (state: string): string => `twin:${CHIP},state=${state}`;

/** The board runs on when the job has ended, in the middle of what it did. */
async function onServedBoard(state: string, ending: Ending, chance: Chance, tally: Tally): Promise<void> {
  const board = parseSelector(ownBoard(state));
  if (board.kind !== "twin") throw new Error("no board");
  let port = 0;
  const options = { boards: [board], ports: { jlink: 0 }, pace: "wall" } as const;
  const served: Served = await serveTwins({
    ...options,
    onListening: (_, server) => {
      port = server.port;
    },
  });
  try {
    await endOnce(`ip:127.0.0.1:${port}`, ending, chance, tally);
  } finally {
    await served.end();
  }
}

async function endOnce(probe: string, ending: Ending, chance: Chance, tally: Tally): Promise<void> {
  const image = chance.pick(IMAGES);
  const ended = await flash(probe, image, { ending, events: 1 + chance.below(30), lateMs: chance.below(60) });
  tally.endings++;
  judge(ended, ending, tally);
  const again = await flash(probe, image);
  tally.traces += hasTrace(again.err) ? 1 : 0;
  const result = parsed(again.out);
  const isWhole = again.exit === 0 && result?.ok === true && result.result?.verify?.verdict === "equal";
  if (isWhole) tally.recovered++;
  else process.stderr.write(`not recovered after ${ending}: ${again.exit} ${again.out}${again.err}`);
}

interface Printed {
  readonly ok: boolean;
  readonly error?: { readonly code: string; readonly details?: { readonly flash?: string } };
  readonly result?: { readonly verify?: { readonly verdict: string } };
}

function parsed(text: string): Printed | undefined {
  try {
    return JSON.parse(text) as Printed;
  } catch {
    return undefined;
  }
}

function judge({ exit, out, err, hasEnded }: Ended, ending: Ending, tally: Tally): void {
  const report = (what: string) => process.stderr.write(`${ending}: ${what}: exit ${exit} ${out}${err}\n`);
  if (hasTrace(err)) {
    tally.traces++;
    report("stack trace");
  }
  // A job that was over before its ending came has its own exit code.
  if (!EXITS[ending].includes(exit) && !(hasEnded && exit === 0)) {
    tally.wrongExits++;
    report("wrong exit");
  }
  const isOpen = ending !== "stdout" && ending !== "both";
  const printed = parsed(out);
  if (isOpen && typeof exit === "number" && !printed) {
    tally.incomplete++;
    report("no JSON");
  }
  if (exit === 130 && printed?.error?.code !== "aborted") tally.incomplete++;
  const flashed = printed?.error?.details?.flash;
  if (flashed === "untouched") tally.before++;
  else if (flashed === "in-part") tally.inPart++;
  else tally.done++;
}

const hasTrace = (text: string): boolean => /^\s+at .+:\d+:\d+\)?$|node:internal|bug in Flashproof/m.test(text);

interface Ended {
  /** The exit code, or the signal that ended the process. */
  readonly exit: number | string;
  readonly out: string;
  readonly err: string;
  /** The ending came after the job's last event. */
  readonly hasEnded: boolean;
}

interface When {
  readonly ending: Ending;
  /** After so many lines of progress, and so long. */
  readonly events: number;
  readonly lateMs: number;
}

/** Runs a flash in a process of its own, and ends it where that is asked for. */
function flash(probe: string, image: string, when?: When): Promise<Ended> {
  const argv = [PROGRAM, "flash", image, "--chip", CHIP, "--probe", probe, "--json", "--events", "ndjson"];
  const child = spawn(process.execPath, argv, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, FLASHPROOF_NO_BUILD: "1" },
  });
  const printed = { out: "", err: "", lines: 0 };
  child.stdout.on("data", (bytes: Buffer) => {
    printed.out += bytes.toString();
  });
  let due = when !== undefined;
  child.stderr.on("data", (bytes: Buffer) => {
    printed.err += bytes.toString();
    printed.lines = printed.err.split("\n").length - 1;
    if (!due || !when || printed.lines < when.events) return;
    due = false;
    setTimeout(() => end(child, when.ending), when.lateMs);
  });
  const limit = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  return new Promise((settle) => {
    child.once("close", (code, signal) => {
      clearTimeout(limit);
      const err = printed.err.replaceAll(/^\{.*\}\n/gm, "");
      settle({ exit: code ?? signal ?? "none", out: printed.out, err, hasEnded: due || printed.out !== "" });
    });
  });
}

function end(child: ChildProcess, ending: Ending): void {
  switch (ending) {
    case "stdout":
      child.stdout?.destroy();
      return;
    case "stderr":
      child.stderr?.destroy();
      return;
    case "both":
      child.stdout?.destroy();
      child.stderr?.destroy();
      return;
    case "second":
      child.kill("SIGINT");
      setTimeout(() => child.kill("SIGINT"), 2);
      return;
    default:
      child.kill(ending);
  }
}
