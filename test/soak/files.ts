import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { Chance } from "../support/chance.ts";
import { ownMounts, type OwnMounts } from "../support/mounts.ts";
import { seen, type Seen } from "./files/seen.ts";
import { layTargets, type Target, TARGETS, type TargetKind } from "./files/targets.ts";
import { SLOW_WAYS, type Way, WAYS } from "./files/ways.ts";

/** A way that needs a simulated board takes its time; one run in so many is of these. */
const SLOW_EVERY = 50;

/** A pipe without a reader is waited for; one run in so many has it. */
const PATIENT_EVERY = 250;

interface Tally {
  written: number;
  refused: number;
  harmed: number;
  leftBehind: number;
  wrong: number;
  internal: number;
  readonly kinds: Set<string>;
}

/**
 * Random output targets by every way in which the program writes a file. Nothing that was not named may change, links
 * and devices stay what they are, a refusal is a typed error, and no file of ours is left behind.
 */
export async function run({ count, seed, out }: SoakOptions): Promise<number> {
  const chance = new Chance(seed);
  const folder = mkdtempSync(join(tmpdir(), "flashproof-files-"));
  const mounts = await ownMounts();
  const tally: Tally = { written: 0, refused: 0, harmed: 0, leftBehind: 0, wrong: 0, internal: 0, kinds: new Set() };
  try {
    for (let i = 0; i < count; i++) await writeOnce(join(folder, `${i}`), { chance, mounts, tally, run: i });
  } finally {
    mounts?.end();
    rmSync(folder, { recursive: true, force: true });
  }
  const { written, refused, harmed, leftBehind, wrong, internal, kinds } = tally;
  if (!mounts) process.stderr.write("skipped: full and read-only file systems (they need root and unshare)\n");
  out(
    `targets ${kinds.size} of ${TARGETS.length} ways ${WAYS.length + SLOW_WAYS.length} written ${written} refused ${refused} ` +
      `files harmed that were not named ${harmed}, left behind ${leftBehind}, wrong outcomes ${wrong}, internal errors ${internal}`,
  );
  return harmed + leftBehind + wrong + internal === 0 && written > 0 && refused > 0 ? 0 : 1;
}

interface Bench {
  readonly chance: Chance;
  readonly mounts: OwnMounts | undefined;
  readonly tally: Tally;
  readonly run: number;
}

async function writeOnce(folder: string, { chance, mounts, tally, run: n }: Bench): Promise<void> {
  const way: Way = n % SLOW_EVERY === SLOW_EVERY - 1 ? chance.pick(SLOW_WAYS) : chance.pick(WAYS);
  const kind = kindFor(n, chance, mounts);
  const laid = layTargets(folder, kind, chance, mounts);
  if (!laid) return;
  const { target, end } = laid;
  try {
    const before = seen(folder);
    const bytes = chance.bytes(1 + chance.below(0x4000));
    const error = await way.write(target.path, bytes, chance).catch((thrown: unknown) => String(thrown));
    const found = judge(target, way, error, { before, after: seen(folder) });
    tally.kinds.add(kind.name);
    count(tally, error, found, `run ${n}: ${way.name} to ${kind.name} ${JSON.stringify(target.path)}`);
  } finally {
    end();
    rmSync(folder, { recursive: true, force: true });
  }
}

function kindFor(n: number, chance: Chance, mounts: OwnMounts | undefined): TargetKind {
  const patient = n % PATIENT_EVERY === PATIENT_EVERY - 1;
  const kinds = TARGETS.filter((kind) => (kind.waits === true) === patient && (kind.needs === undefined || mounts));
  return chance.pick(kinds);
}

interface Found {
  readonly harmed: readonly string[];
  readonly leftBehind: readonly string[];
  readonly wrong: readonly string[];
}

/** What has changed that must not have: all but the target, and the target too where it is no file to be replaced. */
function judge(target: Target, way: Way, error: string | undefined, { before, after }: Change): Found {
  const made = way.makes?.(target.path) ?? [];
  const isNamed = (path: string) => path === target.path || made.includes(path);
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => before.get(path) !== after.get(path),
  );
  const leftBehind = changed.filter((path) => !before.has(path) && !isNamed(path));
  const harmed = changed.filter((path) => before.has(path) && !(isNamed(path) && target.isReplaced));
  const wrong = [
    ...(error === undefined && target.outcome === "refused" && !way.leavesTarget ? ["was not refused"] : []),
    ...(error !== undefined && target.outcome === "written" && !way.mayRefuse ? [`was refused: ${error}`] : []),
    ...(error !== undefined && changed.includes(target.path) && target.isReplaced && !way.appends
      ? ["was changed in spite of the error"]
      : []),
    ...(target.mode !== undefined &&
    error === undefined &&
    !way.setsMode &&
    !after.get(target.path)?.includes(target.mode)
      ? [`lost its mode ${target.mode}: ${after.get(target.path)}`]
      : []),
  ];
  return { harmed, leftBehind, wrong };
}

interface Change {
  readonly before: Seen;
  readonly after: Seen;
}

function count(tally: Tally, error: string | undefined, { harmed, leftBehind, wrong }: Found, what: string): void {
  if (error === undefined) tally.written++;
  else tally.refused++;
  const isInternal = error !== undefined && !/^[a-z0-9]+(-[a-z0-9]+)+$|^usage$/.test(error);
  tally.internal += isInternal ? 1 : 0;
  tally.harmed += harmed.length;
  tally.leftBehind += leftBehind.length;
  tally.wrong += wrong.length;
  for (const [name, list] of Object.entries({ harmed, leftBehind, wrong, internal: isInternal ? [error] : [] }))
    for (const one of list) process.stderr.write(`${what}: ${name}: ${one}\n`);
}
