import { codeOf } from "../../src/base/errors.ts";
import { MILLISECOND } from "../../src/base/clock.ts";
import { MK24FN1M0xxx12 as chip } from "../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { buildImage } from "../../src/image/build-image.ts";
import type { Image } from "../../src/image/image.ts";
import { Rtt } from "../../src/rtt/rtt.ts";
import { connect } from "../../src/session/connect.ts";
import { flashImage } from "../../src/session/flash-job.ts";
import type { Session } from "../../src/session/session.ts";
import type { SharedTarget } from "../../src/session/sharing/shared-target.ts";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { board, probeOf } from "../support/board.ts";
import { Chance } from "../support/chance.ts";
import { probesNamed, type SoakedProbe } from "../support/probes.ts";

/** Where the program, the bytes that are read and RTT's block lie. Nothing of the loader's lies here: a flash job gives the RAM that it uses back, but uses it meanwhile. */
export const PLACES = { program: 0x1fff0100, pattern: 0x1fff1000, rtt: 0x1fff4000 } as const;

/** `adds r0, #1` 64 times, and a jump back: a step adds one, whoever reads at the same time. */
const ADDS = 64;

/** A user gets its turn within so many milliseconds of the board's time, or it starves; a flash job may take most of it. */
const PATIENCE_MS = 10_000;

const FAULTS = ["wrong", "lostPipes", "starved", "failed"] as const;
type Tally = Record<(typeof FAULTS)[number] | "steps" | "rtt" | "reads" | "jobs", number>;

/**
 * A debugger that steps, RTT, live reads and flash jobs on one session at once, `count` acts for each probe model. Every
 * value is compared with what it has to be; a user that waits too long, and a pipe that is lost, are counted.
 */
export async function run({ count, seed, probe, out }: SoakOptions): Promise<number> {
  let faults = 0;
  for (const name of probesNamed(probe)) {
    const { steps, rtt, reads, jobs, ...bad } = await runProbe(name, count, seed);
    const done = `steps ${steps} rtt ${rtt} reads ${reads} jobs ${jobs}`;
    out(`${name}: ${done} ${FAULTS.map((what) => `${what} ${bad[what]}`).join(" ")}`);
    faults += FAULTS.reduce((sum, what) => sum + bad[what], 0);
  }
  return faults === 0 ? 0 : 1;
}

/** One bench: the session, what is left to do, and what was seen. */
interface Bench {
  readonly session: Session;
  readonly chance: Chance;
  readonly tally: Tally;
  left: number;
}

async function runProbe(name: SoakedProbe, count: number, seed: number): Promise<Tally> {
  const tally: Tally = { wrong: 0, lostPipes: 0, starved: 0, failed: 0, steps: 0, rtt: 0, reads: 0, jobs: 0 };
  const twin = board({ probe: name, flash: "zero" });
  const probe = await probeOf(twin);
  try {
    const session = await connect({ probe, clock: twin.clock, chip, hz: 4_000_000, how: "halt" });
    await prepare(session);
    const bench: Bench = { session, chance: new Chance(seed), tally, left: count };
    await Promise.all([debug(bench), talk(bench), view(bench, 0), view(bench, 0x400), program(bench)]);
  } finally {
    await probe.close().catch(() => {});
  }
  return tally;
}

/** What stands in RAM for a live view to compare, from an address on. */
export const pattern = (at: number, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, i) => ((at + i) * 0x9e3779b1) >>> 24);

/** Puts the program, the pattern and RTT's block into RAM. */
export async function prepare({ core }: Session): Promise<void> {
  await core.memory.write(PLACES.program, code(), 8);
  await core.memory.write(PLACES.pattern, pattern(PLACES.pattern, 0x1000), 32);
  await core.memory.write(PLACES.rtt, rttBlock(), 32);
}

function code(): Uint8Array {
  const halves = Uint16Array.from({ length: ADDS + 1 }, () => 0x3001);
  // B to the first: the offset counts from PC + 4.
  halves[ADDS] = 0xe000 | ((-(ADDS * 2 + 4) >> 1) & 0x7ff);
  return new Uint8Array(halves.buffer);
}

/** A control block with one up buffer of 64 bytes, and one down buffer, behind it. */
function rttBlock(): Uint8Array {
  const block = new Uint8Array(24 + 48 + 128);
  block.set([..."SEGGER RTT"].map((letter) => letter.charCodeAt(0)));
  const view = new DataView(block.buffer);
  const ring = (at: number, buffer: number) =>
    [0, buffer, 64, 0, 0, 0].forEach((word, i) => void view.setUint32(at + i * 4, word, true));
  view.setUint32(16, 1, true);
  view.setUint32(20, 1, true);
  ring(24, PLACES.rtt + 72);
  ring(48, PLACES.rtt + 136);
  return block;
}

/** One act of a user: counted, timed, and judged; other users get their turn in between. */
async function act(
  bench: Bench,
  what: "steps" | "rtt" | "reads" | "jobs",
  work: () => Promise<boolean>,
): Promise<void> {
  const { tally, session, chance } = bench;
  const begin = session.clock.now();
  try {
    if (!(await work())) tally.wrong++;
    tally[what]++;
  } catch (error) {
    if (["pipe-poisoned", "pipe-closed", "pipe-failed", "probe-protocol"].includes(codeOf(error) ?? ""))
      tally.lostPipes++;
    else tally.failed++;
  }
  if (session.clock.now() - begin > PATIENCE_MS * MILLISECOND) tally.starved++;
  for (let ticks = chance.below(6); ticks > 0; ticks--) await Promise.resolve();
  if (chance.below(4) === 0) await new Promise((resolve) => setImmediate(resolve));
}

async function each(bench: Bench, what: Parameters<typeof act>[1], work: () => Promise<boolean>): Promise<void> {
  while (bench.left-- > 0 && bench.tally.lostPipes < 10) await act(bench, what, work);
}

/** A step adds one to R0. A flash job in between leaves another PC and other registers: it begins again then. */
async function debug(bench: Bench): Promise<void> {
  const shared = bench.session.share("debugger");
  let isLost = true;
  const ignore = bench.session.onEvent(({ event }) => {
    if (event === "held") isLost = true;
  });
  await each(bench, "steps", async () => {
    const start = { PC: PLACES.program, R0: bench.chance.below(1 << 20), XPSR: 0x01000000 };
    isLost = false;
    await shared.core.writeRegisters(start);
    const before = await shared.core.readRegisters(["R0"]);
    await shared.core.step();
    const [r0, pc] = await shared.core.readRegisters(["R0", "PC"]);
    return isLost || (before[0] === start.R0 && r0 === start.R0 + 1 && pc === PLACES.program + 2);
  });
  ignore();
}

/** Bytes that the test puts into the up buffer come out as they are. */
async function talk(bench: Bench): Promise<void> {
  const shared = bench.session.share("rtt");
  const rtt = new Rtt(shared.core.memory, bench.session.clock, { address: PLACES.rtt, ranges: [] });
  let at = 0;
  await each(bench, "rtt", async () => {
    const bytes = bench.chance.bytes(1 + bench.chance.below(40));
    at = await send(shared, at, bytes);
    await rtt.look();
    return Buffer.from(await rtt.read(0)).equals(Buffer.from(bytes));
  });
}

/** What firmware does to send: the bytes, then the write offset, which it answers. */
export async function send({ core }: SharedTarget, at: number, bytes: Uint8Array): Promise<number> {
  for (const [i, byte] of bytes.entries())
    await core.memory.write(PLACES.rtt + 72 + ((at + i) % 64), Uint8Array.of(byte), 8);
  const next = (at + bytes.length) % 64;
  await core.memory.run([{ op: "write", address: PLACES.rtt + 24 + 12, width: 32, value: next }]);
  return next;
}

async function view(bench: Bench, first: number): Promise<void> {
  const { memory } = bench.session.share("view").core;
  await each(bench, "reads", async () => {
    const at = PLACES.pattern + first + (bench.chance.below(0x800) & ~3);
    const length = 4 * (1 + bench.chance.below(100));
    const bytes = await memory.read(at, length, bench.chance.below(2) === 0 ? 8 : 32);
    return Buffer.from(bytes).equals(Buffer.from(pattern(at, length)));
  });
}

/** Every flash job holds the session alone; one act in forty is one. */
async function program(bench: Bench): Promise<void> {
  while (bench.left > 0) {
    const until = bench.left - 40;
    while (bench.left > Math.max(until, 0)) await new Promise((resolve) => setImmediate(resolve));
    if (bench.left-- <= 0) return;
    await act(bench, "jobs", async () => {
      const job = { image: image(bench.chance), policy: "refuse", keepRest: true, permits: [] } as const;
      return (await flashImage(bench.session, job)).verify.verdict === "equal";
    });
  }
}

function image(chance: Chance): Image {
  const address = 0x8000 + 0x1000 * chance.below(8);
  return buildImage({ format: "raw", segments: [{ name: "job", address, bytes: chance.bytes(256) }] });
}
