import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { Chance } from "../support/chance.ts";
import { type KilledAt, killedNode, placesToKill } from "../support/killed/killed.ts";
import { contentsOf, type Flow, FLOWS } from "./kills/flows.ts";

const PROGRAM = resolve("bin/flashproof.js");
/** What a killed process may leave beside the files that it was given. */
const LEFT = /^\.flashproof-[0-9a-f]+\.part$|\.lock$/;

interface Tally {
  places: number;
  killed: number;
  halfWritten: number;
  lost: number;
  notRepeated: number;
}

/** A flow whose files are laid out: as they are before, and after it came to its end. */
interface Bench {
  readonly flow: Flow;
  readonly folder: string;
  readonly before: string;
  readonly after: Readonly<Record<string, string | undefined>>;
}

/**
 * The whole program, ended by SIGKILL before each operation by which it changes state, output and plan files, and halfway
 * through each write. Each file is as it was or whole, nothing is lost, and the same call again does what it would have.
 * `count` places are drawn by `seed`; a count as large as their number takes them all.
 */
export async function run({ count, seed, out }: SoakOptions): Promise<number> {
  const root = mkdtempSync(join(tmpdir(), "flashproof-kills-"));
  const tally: Tally = { places: 0, killed: 0, halfWritten: 0, lost: 0, notRepeated: 0 };
  const chance = new Chance(seed);
  try {
    for (const [i, flow] of FLOWS.entries()) {
      const { bench, places } = prepare(flow, join(root, `${i}`));
      tally.places += places.length;
      const share = Math.ceil(count / FLOWS.length);
      for (const place of drawn(places, share, chance)) strike(bench, place, tally);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  const { places, killed, halfWritten, lost, notRepeated } = tally;
  out(
    `flows ${FLOWS.length}, killed at ${killed} of ${places} places: half-written ${halfWritten}, lost ${lost}, not repeated ${notRepeated}`,
  );
  return halfWritten + lost + notRepeated === 0 && killed > 0 ? 0 : 1;
}

/** So many of them without one twice; all where there are no more. */
function drawn<T>(items: readonly T[], count: number, chance: Chance): readonly T[] {
  const left = [...items];
  return Array.from({ length: Math.min(count, items.length) }, () => left.splice(chance.below(left.length), 1)[0]);
}

/** Lays out what comes before a flow, and runs it once to its end to see its operations. */
function prepare(flow: Flow, root: string): { bench: Bench; places: readonly Omit<KilledAt, "folder">[] } {
  const [before, folder] = [join(root, "before"), join(root, "files")];
  mkdirSync(before, { recursive: true });
  for (const call of flow.before(before)) finish(call, before);
  const bench = { flow, folder, before, after: {} };
  layOut(bench);
  const operations = finish(flow.call(folder), folder);
  return { bench: { ...bench, after: contentsOf(flow, folder) }, places: placesToKill(operations) };
}

/** Runs the program to its end; answers its file operations. */
function finish(call: readonly string[], folder: string): readonly string[] {
  const { status, operations, err } = killedNode([PROGRAM, ...call], { folder, at: 0 });
  if (status !== 0) throw new Error(`${call.join(" ")} ended with ${status}: ${err}`);
  return operations;
}

function layOut({ folder, before }: Pick<Bench, "folder" | "before">): void {
  rmSync(folder, { recursive: true, force: true });
  cpSync(before, folder, { recursive: true });
}

function strike(bench: Bench, place: Omit<KilledAt, "folder">, tally: Tally): void {
  const { flow, folder } = bench;
  layOut(bench);
  const old = contentsOf(flow, folder);
  const call = [PROGRAM, ...flow.call(folder)];
  const note = (as: "halfWritten" | "lost" | "notRepeated", what: string) => {
    tally[as]++;
    process.stderr.write(`${flow.name}, ${JSON.stringify(place)}: ${as}: ${what}\n`);
  };
  if (killedNode(call, { folder, ...place }).signal !== "SIGKILL") throw new Error(`${flow.name} was not killed`);
  tally.killed++;
  try {
    const now = contentsOf(flow, folder);
    const odd = Object.keys(now).find((name) => now[name] !== old[name] && now[name] !== bench.after[name]);
    if (odd !== undefined) note("halfWritten", `${odd} is neither as before nor as after`);
    const lost = flow.lost?.(now, old["board.k24"]);
    if (lost !== undefined) note("lost", lost);
  } catch (error) {
    note("halfWritten", String(error));
  }
  const strange = readdirSync(folder).filter((name) => !(name in flow.files) && !LEFT.test(name));
  if (strange.length > 0) note("lost", `files that nothing has named: ${strange.join(", ")}`);
  const { status, err } = killedNode(call, { folder, at: 0 });
  if (status !== 0) note("notRepeated", `exit ${status}: ${err}`);
}
