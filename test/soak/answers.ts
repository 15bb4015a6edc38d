import { type Clock, SECOND } from "../../src/base/clock.ts";
import { FlashproofError } from "../../src/base/errors.ts";
import { MK24FN1M0xxx12 as chip } from "../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { LAYOUT } from "../../src/families/kinetis-ftfe/queue-words.ts";
import { permit } from "../../src/flash/permit.ts";
import { buildImage } from "../../src/image/build-image.ts";
import type { Image } from "../../src/image/image.ts";
import { findDriver, type ProbeDevice } from "../../src/probe/drivers.ts";
import { connect } from "../../src/session/connect.ts";
import { flashImage } from "../../src/session/flash-job.ts";
import { readMemory } from "../../src/session/read-memory.ts";
import type { Twin, TwinState } from "../../src/twin/usb.ts";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { board } from "../support/board.ts";
import { Chance } from "../support/chance.ts";
import { probesNamed, type SoakedProbe } from "../support/probes.ts";
import { SPOILS, type SpoilPlan, spoiled } from "../support/spoiled.ts";

/** Longest virtual time that a job may take: some deadlines of five seconds, one after the other. */
const PATIENCE = 30 * SECOND;

/** Iterations of the event loop in which the board's time stands still before a promise counts as pending for ever. */
const STILL_LOOPS = 200;

const SECTOR = chip.banks[0].sectors[0].size;

/** What users do: flash a few bytes beside others that stay, by either loader, and read them back. */
interface Job {
  readonly image: Image;
  readonly loader: "direct" | "ram";
  /** How the job compares; the loader in RAM alone can by hash. */
  readonly verifyBy?: "hash" | "read";
}

const jobAt = (address: number, length: number, loader: Job["loader"], verifyBy?: Job["verifyBy"]): Job => {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 29) ^ (i >> 5) ^ 0x5a);
  return {
    image: buildImage({ format: "raw", segments: [{ name: "job", address, bytes }] }),
    loader,
    ...(verifyBy && { verifyBy }),
  };
};

/** Beside the security bytes, in the middle of a sector, and across a border. */
const JOBS: readonly Job[] = [
  jobAt(0x420, 96, "direct"),
  jobAt(0x1230, 200, "ram", "read"),
  jobAt(0x2fc0, 128, "direct"),
  jobAt(0x1230, 200, "ram", "hash"),
];

/** Bytes that are read back before and behind what was flashed. */
const AROUND = 64;

/** How runs end, and what is a fault of ours. */
const OUTCOMES = ["rightData", "typedErrors", "neverFired"] as const;
const FAULTS = ["wrongData", "untyped", "pending", "outsideThePlan", "notAgain"] as const;
type Outcome = (typeof OUTCOMES)[number] | (typeof FAULTS)[number];
type Tally = Record<Outcome, number>;

/**
 * Spoils one answer in each of `count` jobs for each driver (or for the one that `probe` names). A job connects, flashes
 * by either loader, verifies and reads back. Every one ends in time with a typed error or the right data: what verify
 * says and what was read is what silicon holds. Nothing is written outside its sectors and the loader's RAM, and the
 * next connect works, even where a late answer is still on its way.
 */
export async function run({ count, seed, probe, out }: SoakOptions): Promise<number> {
  let faults = 0;
  for (const name of probesNamed(probe)) {
    const tally = await runProbe(name, count, seed);
    out(`${name}: runs ${count} ${[...OUTCOMES, ...FAULTS].map((what) => `${what} ${tally[what]}`).join(" ")}`);
    faults += FAULTS.reduce((sum, what) => sum + tally[what], 0);
  }
  return faults === 0 ? 0 : 1;
}

async function runProbe(probe: SoakedProbe, count: number, seed: number): Promise<Tally> {
  const tally = Object.fromEntries([...OUTCOMES, ...FAULTS].map((what) => [what, 0])) as Tally;
  const bench = await benchFor(probe);
  for (let i = 0; i < count; i++) await spoilOne(bench, JOBS[i % JOBS.length], seed * 1_000_003 + i, tally);
  return tally;
}

/** The board before each run, and how many answers each job has when nothing goes wrong. */
interface Bench {
  readonly probe: SoakedProbe;
  readonly state: TwinState;
  readonly answers: ReadonlyMap<Job, number>;
}

/** `b .`: firmware that stays where it is, and changes nothing. */
const STAY = Uint8Array.of(0xfe, 0xe7);

async function benchFor(probe: SoakedProbe): Promise<Bench> {
  const blank = board({ probe, flash: "zero" });
  await work(deviceOf(blank), blank.clock, { image: firmware(), loader: "ram" });
  const state = blank.snapshot();
  const answers = new Map<Job, number>();
  for (const job of JOBS) {
    const { clock, ...twin } = board({ probe, flash: "zero", state });
    const plan: SpoilPlan = { spoil: "cut", nth: 0, chance: new Chance(1), clock, answers: 0 };
    await work(spoiled(deviceOf(twin), plan), clock, job);
    answers.set(job, plan.answers);
  }
  return { probe, state, answers };
}

/** Four sectors of bytes that a job finds there, with vectors that lead to `STAY`, and an open security field. */
function firmware(): Image {
  const bytes = new Chance(7).bytes(4 * SECTOR);
  new DataView(bytes.buffer).setUint32(0, 0x20010000, true);
  new DataView(bytes.buffer).setUint32(4, 0x00000411, true);
  bytes.fill(0xff, 0x400, 0x410)[0x40c] = 0xfe;
  bytes.set(STAY, 0x410);
  return buildImage({ format: "raw", segments: [{ name: "before", address: 0, bytes }] });
}

const deviceOf = ({ hid, device }: Pick<Twin, "hid" | "device">): ProbeDevice => hid ?? device;

/** What a user holds in the end. */
interface Held {
  readonly verdict: string;
  readonly bytes: Uint8Array;
}

/** The whole job; `rescue` allows a mass erase, and flashes a chip that turns out locked. */
async function work(
  device: ProbeDevice,
  clock: Clock,
  { image, loader, verifyBy }: Job,
  rescue = false,
): Promise<Held> {
  const probe = await findDriver(device)?.open(device, clock);
  if (!probe) throw new Error("no driver knows the device");
  const permits = rescue ? [permit("mass-erase")] : [];
  const onLocked = async () => (rescue ? ("unlock" as const) : ("leave" as const));
  try {
    const session = await connect({ probe, clock, chip, hz: 4_000_000, how: "halt", onLocked });
    const { verify } = await flashImage(session, {
      ...{ image, policy: "refuse", keepRest: true, permits, loader },
      ...(verifyBy && { verifyBy }),
    });
    return { verdict: verify.verdict, bytes: (await readMemory(session, readBack(image))).bytes };
  } finally {
    await probe.close().catch(() => {});
  }
}

function readBack({ segments: [{ address, bytes }] }: Image): { readonly start: number; readonly length: number } {
  return { start: Math.max(0, address - AROUND), length: bytes.length + 2 * AROUND };
}

function sectorsOf({ segments: [{ address, bytes }] }: Image): { readonly start: number; readonly end: number } {
  const start = address - (address % SECTOR);
  return { start, end: Math.ceil((address + bytes.length) / SECTOR) * SECTOR };
}

async function spoilOne({ probe, state, answers }: Bench, job: Job, seed: number, tally: Tally): Promise<void> {
  const chance = new Chance(seed);
  const twin = board({ probe, flash: "zero", state });
  const { clock } = twin;
  const nth = 1 + chance.below(answers.get(job) ?? 1);
  const plan: SpoilPlan = { spoil: chance.pick(SPOILS), nth, chance, clock, answers: 0 };
  const device = spoiled(deviceOf(twin), plan);
  const ended = await endOf(work(device, clock, job), clock);
  if (plan.answers < plan.nth) tally.neverFired++;
  const inTime = clock.now() - state.clockPs <= PATIENCE;
  const outcome = ended === undefined || !inTime ? "pending" : judge(ended, job, state, twin);
  count(outcome, ended, plan, job, tally);
  if (!staysInPlan(job, state, twin.snapshot())) count("outsideThePlan", ended, plan, job, tally);
  const again = await endOf(work(device, clock, job, true), clock);
  if (!again || again instanceof Error || !isRescued(again, job, twin)) count("notAgain", again, plan, job, tally);
}

function count(what: Outcome, ended: Held | Error | undefined, plan: SpoilPlan, job: Job, tally: Tally): void {
  tally[what]++;
  if (!FAULTS.some((fault) => fault === what)) return;
  const outcome = ended instanceof Error ? (ended.stack ?? ended.message) : (ended?.verdict ?? "nothing");
  process.stderr.write(`${what}: answer ${plan.nth} ${plan.spoil}, job ${JOBS.indexOf(job)}: ${outcome}\n`);
}

/** The verdict and every byte that was read, against silicon and against what should stand there. */
function judge(ended: Held | Error, job: Job, state: TwinState, twin: Twin): Outcome {
  if (ended instanceof Error) {
    if (!(ended instanceof FlashproofError)) return "untyped";
    return "typedErrors";
  }
  const { start, end } = sectorsOf(job.image);
  const silicon = twin.peekFlash(start, end - start);
  const wanted = part(state, "pflash").slice(start, end);
  for (const { address, bytes } of job.image.segments) wanted.set(bytes, address - start);
  const isRight = ended.verdict === "equal" ? same(silicon, wanted) : !same(silicon, wanted);
  return isRight && isAsRead(ended, job, twin) ? "rightData" : "wrongData";
}

function isAsRead({ bytes }: Held, { image }: Job, twin: Twin): boolean {
  const { start, length } = readBack(image);
  return same(bytes, twin.peekFlash(start, length));
}

/** After a rescue only the image counts: a mass erase may have taken the rest. */
function isRescued(ended: Held, job: Job, twin: Twin): boolean {
  const [{ address, bytes }] = job.image.segments;
  return same(twin.peekFlash(address, bytes.length), bytes) && isAsRead(ended, job, twin);
}

/** Whether all of flash but the job's sectors, and all RAM but the loader's, is as it was. */
function staysInPlan({ image }: Job, before: TwinState, after: TwinState): boolean {
  const { start, end } = sectorsOf(image);
  const loader = chip.workRam[0].start - RAM_START;
  return (
    sameBut(part(before, "pflash"), part(after, "pflash"), start, end) &&
    sameBut(part(before, "sram"), part(after, "sram"), loader, loader + LAYOUT.end)
  );
}

/** First address of the twin's part `sram`. */
const RAM_START = 0x1fff0000;

const part = ({ parts }: TwinState, name: string): Uint8Array => parts.get(name) ?? new Uint8Array();

const sameBut = (a: Uint8Array, b: Uint8Array, from: number, to: number): boolean =>
  same(a.subarray(0, from), b.subarray(0, from)) && same(a.subarray(to), b.subarray(to));

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** What came of a promise: a value, an error, or undefined where the board's time stands still and it is pending. */
async function endOf(working: Promise<Held>, clock: Clock): Promise<Held | Error | undefined> {
  let outcome: Held | Error | undefined;
  void working.then(
    (held) => (outcome = held),
    (error) => (outcome = error instanceof Error ? error : new Error(String(error))),
  );
  let [last, still] = [clock.now(), 0];
  while (outcome === undefined && still < STILL_LOOPS) {
    await new Promise((resolve) => setImmediate(resolve));
    still = clock.now() === last ? still + 1 : 0;
    last = clock.now();
  }
  return outcome;
}
