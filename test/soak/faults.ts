import { FlashproofError } from "../../src/base/errors.ts";
import { buildImage } from "../../src/image/build-image.ts";
import type { Image } from "../../src/image/image.ts";
import type { Twin, TwinState } from "../../src/twin/usb.ts";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { board } from "../support/board.ts";
import { Chance } from "../support/chance.ts";
import { probesNamed, type SoakedProbe } from "../support/probes.ts";
import { randomImage, type SoakedChip, soakedChip } from "../support/soaked-chips.ts";
import { type Attempt, attempt, ERASE_WAYS, flashAgain, holds, VERIFY_WAYS } from "./faults/job.ts";

/** Every kind of fault of the twin (formats: Faults), with the count by which its point is best given. */
const KINDS = {
  wait: "dap",
  fault: "dap",
  parity: "dap",
  noack: "dap",
  stall: "usb",
  late: "usb",
  short: "usb",
  long: "usb",
  garbage: "usb",
  unplug: "usb",
  busy: "ftfe",
  badprog: "ftfe",
  ecc: "ftfe",
  mgstat: "ftfe",
  "power-cut": "ftfe",
  vtref: "ms",
} as const;

type Kind = keyof typeof KINDS;
const ALL_KINDS = Object.keys(KINDS) as Kind[];
type Counter = "dap" | "usb" | "ftfe" | "ms";

/** How often each kind has to strike in a run of 10,000. */
const LEAST_SHARE = 0.03;
/** A fault whose point was never reached is no fault; a kind that misses so often in a row is broken. */
const MOST_MISSES = 200;

interface Tally {
  ok: number;
  typedError: number;
  wrongSuccess: number;
  unrecoverable: number;
  untyped: number;
  secondStep: number;
  readonly fired: Map<string, number>;
}

/** The board before each job: what it holds, and the probe it hangs from. */
interface Bench {
  readonly on: SoakedChip;
  readonly probe: SoakedProbe;
  readonly before: TwinState;
  readonly chance: Chance;
  readonly most: { readonly [way in Way]: Reach };
}

type Way = NonNullable<Attempt["verifyBy"]>;

/** One flash job that something is to go wrong in. */
interface Job {
  readonly chip: string;
  readonly probe: SoakedProbe;
  readonly image: Image;
  readonly faults: string;
  readonly seed: number;
  readonly verifyBy: Way;
  readonly erase: (typeof ERASE_WAYS)[number];
}

/**
 * Random faults at random places of flash jobs with small images, which compare by hash or by reading. Each run ends as `ok` (silicon holds the image), as a
 * typed error, or as a failure of ours: success that silicon denies, or a board that flashing again, with a mass erase
 * permitted, does not bring up. Runs whose fault never struck don't count. The count is shared by all probes, or is
 * that of the one that `probe` names.
 */
export async function run({ count, seed, probe, chip, out }: SoakOptions): Promise<number> {
  const probes = probesNamed(probe);
  const on = soakedChip(chip);
  const chance = new Chance(seed);
  const before = await programmed(on, chance);
  const all = noTally();
  for (const name of probes) {
    const tally = await runProbe({ on, probe: name, before, chance: chance.copy() }, Math.ceil(count / probes.length));
    add(tally, all);
    if (probes.length > 1) process.stderr.write(`${name}: ${figures(tally)}\n`);
  }
  out(figures(all));
  const { wrongSuccess, unrecoverable, untyped } = all;
  return wrongSuccess + unrecoverable + untyped === 0 && leastFired(all).times >= Math.floor(count * LEAST_SHARE)
    ? 0
    : 1;
}

/** Its share of the jobs on the board of one probe. */
async function runProbe(given: Omit<Bench, "most">, count: number): Promise<Tally> {
  const bench = { ...given, most: { hash: await reach(given, "hash"), read: await reach(given, "read") } };
  const { probe } = given;
  const tally = noTally();
  for (let i = 0; i < count; i++) {
    await strike(bench, ALL_KINDS[i % ALL_KINDS.length], tally);
    if ((i + 1) % 1000 === 0) process.stderr.write(`${probe}: ${i + 1} of ${count}\n`);
  }
  return tally;
}

function noTally(): Tally {
  return { ok: 0, typedError: 0, wrongSuccess: 0, unrecoverable: 0, untyped: 0, secondStep: 0, fired: new Map() };
}

function add({ fired, ...counts }: Tally, to: Tally): void {
  for (const name of Object.keys(counts) as (keyof typeof counts)[]) to[name] += counts[name];
  for (const [kind, times] of fired) count(to.fired, kind, times);
}

function figures(tally: Tally): string {
  const { ok, typedError, wrongSuccess, unrecoverable, untyped, secondStep } = tally;
  const { kind, times } = leastFired(tally);
  return (
    `ok ${ok} typed-error ${typedError} wrong-success ${wrongSuccess} unrecoverable ${unrecoverable} ` +
    `untyped ${untyped} second-step ${secondStep} least-fired ${kind} ${times}`
  );
}

/** The kind of fault that struck least often. */
function leastFired({ fired }: Tally): { kind: Kind; times: number } {
  const times = (kind: Kind) => fired.get(kind) ?? 0;
  const kind = ALL_KINDS.reduce((a, b) => (times(a) <= times(b) ? a : b));
  return { kind, times: times(kind) };
}

/** Draws faults of a kind until one strikes, and judges what came of it. */
async function strike({ on, probe, before, chance, most }: Bench, kind: Kind, tally: Tally): Promise<void> {
  for (let misses = 0; misses < MOST_MISSES; misses++) {
    const image = randomImage(on, chance);
    const verifyBy = chance.pick(VERIFY_WAYS);
    const erase = chance.pick(ERASE_WAYS);
    const faults = anyFaults(kind, chance, most[verifyBy]);
    const job = { chip: on.twin, probe, image, faults, seed: chance.below(2 ** 31), verifyBy, erase };
    const twin = board({ chip: on.twin, probe, state: before, flash: "zero", faults: job.faults, seed: job.seed });
    const outcome = await attempt(twin, job.image, job);
    const struck = twin.faultsFired.filter((one) => one.count > 0);
    if (!struck.some((one) => one.fault.startsWith(`${kind}@`))) continue;
    for (const { fault } of struck) count(tally.fired, fault.slice(0, fault.indexOf("@")));
    await judge(twin, job, outcome, tally);
    return;
  }
  throw new Error(`no fault of kind ${kind} has struck in ${MOST_MISSES} jobs`);
}

async function judge(twin: Twin, job: Job, outcome: "success" | Error, tally: Tally): Promise<void> {
  if (outcome === "success" && holds(twin, job.image)) {
    tally.ok++;
    return;
  }
  if (outcome === "success") complain("wrong success", job, tally, "wrongSuccess");
  else if (outcome instanceof FlashproofError) tally.typedError++;
  else complain(outcome.stack ?? outcome.message, job, tally, "untyped");
  const refused = await recover(twin.snapshot(), job, tally);
  if (refused !== undefined) complain(`unrecoverable: ${refused}`, job, tally, "unrecoverable");
}

/** Flashes again where nothing goes wrong any more, and counts a second step; answers why it did not help. */
async function recover(state: TwinState, job: Job, tally: Tally): Promise<string | undefined> {
  const { refused, second } = await flashAgain(state, job);
  if (second !== undefined) complain(`second step, after ${second}`, job, tally, "secondStep");
  return refused;
}

function complain(
  what: string,
  { probe, faults, image, seed, verifyBy, erase }: Job,
  tally: Tally,
  as: "wrongSuccess" | "untyped" | "unrecoverable" | "secondStep",
) {
  tally[as]++;
  const [{ address, bytes }] = image.segments;
  process.stderr.write(
    `${probe}: ${what} (${faults}, by ${verifyBy}, ${erase}, seed ${seed}, ${bytes.length} bytes at ${address.toString(16)})\n`,
  );
}

/** How far the counters go in one job without faults. */
type Reach = Readonly<Record<Counter, number>>;

function anyFaults(kind: Kind, chance: Chance, most: Reach): string {
  const first = anyFault(kind, chance, most);
  if (chance.below(4) > 0) return first;
  return `${first}+${anyFault(ALL_KINDS[chance.below(ALL_KINDS.length)], chance, most)}`;
}

/** `wait@dap=1200x5`, `late@usb=9:3000`, `power-cut@ftfe=3:50`, now and then `parity@p=0.001`. */
function anyFault(kind: Kind, chance: Chance, most: Reach): string {
  const counter: Counter = chance.below(8) === 0 && kind !== "power-cut" ? "ms" : KINDS[kind];
  const atRate = counter === "dap" && chance.below(8) === 0;
  const point = atRate ? `p=${(chance.below(20) + 1) / 10_000}` : `${counter}=${1 + chance.below(most[counter])}`;
  const times = chance.below(4) === 0 ? `x${1 + chance.below(50)}` : "";
  return `${kind}@${point}${times}${argument(kind, chance)}`;
}

function argument(kind: Kind, chance: Chance): string {
  if (kind === "late") return `:${1 + chance.below(9000)}`;
  if (kind === "vtref") return `:${chance.below(3400)}`;
  return kind === "power-cut" ? `:${chance.below(101)}` : "";
}

/** A board with something on it that has to be erased: the first sectors full of other bytes, but open. */
async function programmed({ twin: chip, area, openField }: SoakedChip, chance: Chance): Promise<TwinState> {
  const twin = board({ chip, flash: "zero" });
  const { start, sector, sectors } = area;
  const bytes = Uint8Array.from(chance.bytes(sectors * sector), (byte, i) => openField(start + i) ?? byte);
  const image = buildImage({ format: "raw", segments: [{ name: "before", address: start, bytes }] });
  if ((await attempt(twin, image)) !== "success") throw new Error("the board cannot be prepared");
  return twin.snapshot();
}

/** Counts a job's SWD transfers and USB transfers by where a harmless fault still strikes. */
async function reach({ on, probe, before, chance }: Omit<Bench, "most">, verifyBy: Way): Promise<Reach> {
  const image = randomImage(on, chance);
  const chip = on.twin;
  const start = board({ chip, state: before }).clock.now();
  const twin = board({ chip, probe, state: before, flash: "zero" });
  await attempt(twin, image, { verifyBy });
  const strikes = async (spec: string) => {
    const one = board({ chip, probe, state: before, flash: "zero", faults: spec });
    await attempt(one, image, { verifyBy });
    return one.faultsFired[0].count > 0;
  };
  const last = async (spec: (n: number) => string) => {
    let n = 16;
    while (await strikes(spec(n))) n *= 2;
    return n / 2;
  };
  return {
    dap: await last((n) => `wait@dap=${n}`),
    usb: await last((n) => `late@usb=${n}:1`),
    ftfe: Math.max(1, twin.flashCommands),
    ms: Math.max(1, Math.floor((twin.clock.now() - start) / 1e9)),
  };
}

const count = (counts: Map<string, number>, name: string, times = 1) =>
  counts.set(name, (counts.get(name) ?? 0) + times);
