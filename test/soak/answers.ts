import { DebugPort } from "../../src/adi/debug-port.ts";
import { MemAp } from "../../src/adi/mem-ap.ts";
import { equalBytes } from "../../src/base/bytes.ts";
import { type Clock, SECOND } from "../../src/base/clock.ts";
import { codeOf } from "../../src/base/errors.ts";
import { findDriver, isHidDevice, type ProbeDevice } from "../../src/probe/drivers.ts";
import { createTwin, type TwinState } from "../../src/twin/usb.ts";
import type { UsbInResult } from "../../src/usb/usb-device.ts";
import { holdBlankChip } from "../conformance/probe/k24-board.ts";

const PROBES = ["jlink", "cmsis-dap-hs", "cmsis-dap-v1"] as const;
type ProbeName = (typeof PROBES)[number];

/** What can become of one answer on its way. */
const SPOILS = ["cut", "oversized", "late", "reordered", "wrong"] as const;
type Spoil = (typeof SPOILS)[number];

const RAM = 0x20000000;
const SIZE = 2048;
const GUARD = 64;
const DATA = Uint8Array.from({ length: SIZE }, (_, i) => (i * 29) ^ (i >> 5) ^ 0x5a);
/** Longest virtual time that a job may take: some deadlines of five seconds, one after the other. */
const PATIENCE = 30 * SECOND;

/** A small repeatable source of chance (mulberry32). */
function chance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Which answer is spoiled, and how; `answers` counts them, so that what was never reached shows. */
interface Plan {
  readonly spoil: Spoil;
  readonly nth: number;
  readonly random: (below: number) => number;
  readonly clock: Clock;
  answers: number;
}

/** Later than every deadline of a turn, in microseconds. */
const TOO_LATE = 6_000_000;

/**
 * Spoils the nth answer of a device. A late one never comes to the reader that asks for it, but to the next; a
 * reordered one changes places with the one behind it.
 */
function spoiled(device: ProbeDevice, plan: Plan): ProbeDevice {
  let held: Uint8Array | undefined;
  const read = async (next: () => Promise<Uint8Array>): Promise<Uint8Array> => {
    if (held) {
      const first = held;
      held = undefined;
      return first;
    }
    const bytes = await next();
    if (++plan.answers !== plan.nth) return bytes;
    if (plan.spoil === "late") {
      held = bytes;
      await plan.clock.sleep(TOO_LATE);
      return new Promise<Uint8Array>(() => {});
    }
    if (plan.spoil !== "reordered") return spoil(bytes, plan);
    held = bytes;
    return next();
  };
  return proxy(device, read);
}

function spoil(bytes: Uint8Array, { spoil, random }: Plan): Uint8Array {
  if (spoil === "cut") return bytes.subarray(0, random(bytes.length));
  if (spoil === "oversized")
    return Uint8Array.of(...bytes, ...Array.from({ length: 1 + random(70) }, () => random(256)));
  return bytes.map((byte) => (random(3) === 0 ? random(256) : byte));
}

function proxy(device: ProbeDevice, read: (next: () => Promise<Uint8Array>) => Promise<Uint8Array>): ProbeDevice {
  const bound = (target: object, key: PropertyKey) => {
    const value: unknown = Reflect.get(target, key);
    return typeof value === "function" ? value.bind(target) : value;
  };
  if (isHidDevice(device)) {
    const receive = () => read(() => device.receive());
    return new Proxy(device, { get: (target, key) => (key === "receive" ? receive : bound(target, key)) });
  }
  const transferIn = async (endpoint: number, length: number): Promise<UsbInResult> => {
    const bytes = await read(async () => bytesOf(await device.transferIn(endpoint, length)));
    const copy = Uint8Array.from(bytes);
    return { status: "ok", data: new DataView(copy.buffer) };
  };
  return new Proxy(device, { get: (target, key) => (key === "transferIn" ? transferIn : bound(target, key)) });
}

const bytesOf = ({ data }: UsbInResult) =>
  data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array();

/** Connects, writes RAM between two guards, reads it back. */
async function job(device: ProbeDevice, clock: Clock): Promise<Uint8Array> {
  const probe = await findDriver(device)?.open(device, clock);
  if (!probe) throw new Error("no driver knows the device");
  try {
    const dp = await DebugPort.connect(await probe.connect("swd", 4_000_000), clock);
    await holdBlankChip(dp);
    const memory = await MemAp.open(dp.accessPort(0));
    await memory.write(RAM + GUARD, DATA, 32);
    return await memory.read(RAM + GUARD, SIZE, 32);
  } finally {
    await probe.close().catch(() => {});
  }
}

interface Tally {
  runs: number;
  rightData: number;
  typedErrors: number;
  neverFired: number;
  /** Errors without a code, promises that stay pending, guards that were written, connects that fail afterwards. */
  untyped: number;
  pending: number;
  outsideThePlan: number;
  notAgain: number;
  /** Words that were changed on their way where no checksum covers them: nobody can know. */
  wrongData: number;
}

/**
 * Spoils one answer in each of `count` jobs for each driver: every job ends in time with a typed error or the right
 * data, nothing is written outside its plan, and the next connect works.
 */
export async function run(options: { count: number; seed: number; out: (line: string) => void }): Promise<number> {
  let faults = 0;
  for (const probe of PROBES) {
    const tally = await runProbe(probe, options.count, options.seed);
    const words = Object.entries(tally).map(([name, number]) => `${name} ${number}`);
    options.out(`${probe}: ${words.join(" ")}`);
    faults += tally.untyped + tally.pending + tally.outsideThePlan + tally.notAgain;
  }
  return faults === 0 ? 0 : 1;
}

async function runProbe(probe: ProbeName, count: number, seed: number): Promise<Tally> {
  const tally: Tally = {
    runs: 0,
    rightData: 0,
    typedErrors: 0,
    neverFired: 0,
    untyped: 0,
    pending: 0,
    outsideThePlan: 0,
    notAgain: 0,
    wrongData: 0,
  };
  const start = await quietBoard(probe);
  for (let i = 0; i < count; i++) await spoilOne(probe, start, chance(seed * 1_000_003 + i), tally);
  return tally;
}

interface Start {
  readonly state: TwinState;
  /** How many answers a job has when nothing goes wrong. */
  readonly answers: number;
}

/** A board whose core is halted: a blank chip that resets itself for ever costs more than what is tested here. */
async function quietBoard(probe: ProbeName): Promise<Start> {
  const blank = createTwin({ chip: "MK24FN1M0xxx12", probe });
  await job(blank.hid ?? blank.device, blank.clock);
  const state = blank.snapshot();
  const { hid, device, clock } = createTwin({ chip: "MK24FN1M0xxx12", probe, state });
  const plan: Plan = { spoil: "cut", nth: 0, random: chance(0), clock, answers: 0 };
  await job(spoiled(hid ?? device, plan), clock);
  return { state, answers: plan.answers };
}

async function spoilOne(probe: ProbeName, start: Start, random: (below: number) => number, tally: Tally) {
  const { state, answers } = start;
  const twin = createTwin({ chip: "MK24FN1M0xxx12", probe, state });
  const device = twin.hid ?? twin.device;
  const spoil = SPOILS[random(SPOILS.length)];
  const plan: Plan = { spoil, nth: 1 + random(answers), random, clock: twin.clock, answers: 0 };
  const outcome = await ended(job(spoiled(device, plan), twin.clock));
  tally.runs++;
  if (plan.answers < plan.nth) tally.neverFired++;
  if (outcome === "pending" || twin.clock.now() - state.clockPs > PATIENCE) tally.pending++;
  else if (outcome instanceof Uint8Array) tally[equalBytes(outcome, DATA) ? "rightData" : "wrongData"]++;
  else if (codeOf(outcome) === undefined) tally.untyped++;
  else tally.typedErrors++;
  await judgeAfterwards(device, twin.clock, tally);
}

/** Connects again on the untouched device: the job works, and the guards around its range are as they were. */
async function judgeAfterwards(device: ProbeDevice, clock: Clock, tally: Tally) {
  const again = await ended(job(device, clock));
  if (!(again instanceof Uint8Array && equalBytes(again, DATA))) {
    tally.notAgain++;
    return;
  }
  const probe = await findDriver(device)?.open(device, clock);
  const dp = await DebugPort.connect((await probe?.connect("swd", 4_000_000)) as never, clock);
  const memory = await MemAp.open(dp.accessPort(0));
  const [below, above] = [await memory.read(RAM, GUARD, 32), await memory.read(RAM + GUARD + SIZE, GUARD, 32)];
  if (![...below, ...above].every((byte) => byte === 0)) tally.outsideThePlan++;
  await probe?.close();
}

/** What came of a promise once nothing is left to happen: a value, an error, or nothing. */
async function ended(work: Promise<Uint8Array>): Promise<Uint8Array | unknown> {
  let outcome: unknown = "pending";
  void work.then(
    (value) => {
      outcome = value;
    },
    (error) => {
      outcome = error;
    },
  );
  for (let turns = 0; outcome === "pending" && turns < 200; turns++)
    await new Promise((resolve) => setImmediate(resolve));
  return outcome;
}
