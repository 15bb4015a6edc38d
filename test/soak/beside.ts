import { GdbTarget } from "../../src/gdb/server.ts";
import { MK24FN1M0xxx12 as chip } from "../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { RttPlaces } from "../../src/rtt/places.ts";
import { connect } from "../../src/session/connect.ts";
import type { Session } from "../../src/session/session.ts";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { board, probeOf } from "../support/board.ts";
import { Chance } from "../support/chance.ts";
import { GdbClient, OPTIONS } from "../support/gdb-client.ts";
import { probesNamed, type SoakedProbe } from "../support/probes.ts";
import { PLACES, pattern, prepare, send } from "./together.ts";

type Tally = { steps: number; looks: number; rtt: number; wrong: number; failed: number };

/**
 * GDB that steps, a second GDB that observes, and RTT, served at once from one session: `count` steps for each probe
 * model. Every value is compared with what it has to be.
 */
export async function run({ count, seed, probe, out }: SoakOptions): Promise<number> {
  let faults = 0;
  for (const name of probesNamed(probe)) {
    const { steps, looks, rtt, wrong, failed } = await runProbe(name, count, seed);
    out(`${name}: steps ${steps} looks ${looks} rtt ${rtt} wrong ${wrong} failed ${failed}`);
    faults += wrong + failed + (looks === 0 || rtt === 0 ? 1 : 0);
  }
  return faults === 0 ? 0 : 1;
}

interface Bench {
  readonly session: Session;
  readonly chance: Chance;
  readonly tally: Tally;
  /** The debugger has done its steps. */
  isOver: boolean;
}

async function runProbe(name: SoakedProbe, count: number, seed: number): Promise<Tally> {
  const tally: Tally = { steps: 0, looks: 0, rtt: 0, wrong: 0, failed: 0 };
  const twin = board({ probe: name, flash: "zero" });
  const probe = await probeOf(twin);
  try {
    const session = await connect({ probe, clock: twin.clock, chip, hz: 4_000_000, how: "halt" });
    await prepare(session);
    const bench: Bench = { session, chance: new Chance(seed), tally, isOver: false };
    await serve(bench, count);
  } finally {
    await probe.close().catch(() => {});
  }
  return tally;
}

async function serve(bench: Bench, count: number): Promise<void> {
  const { session } = bench;
  const host = {
    print: () => {},
    explain: (error: unknown) => [(error as Error).message],
    rest: async (us: number) => {
      await session.clock.sleep(us);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const target = new GdbTarget(session, host, OPTIONS);
  const [debugger_, observer] = [new GdbClient(), new GdbClient()];
  const served = [target.debug(debugger_), target.observe(observer)];
  await Promise.all([
    debug(bench, debugger_, count).finally(() => {
      bench.isOver = true;
    }),
    observe(bench, observer),
    talk(bench),
  ]);
  debugger_.end();
  observer.end();
  await Promise.all(served);
}

const wordOf = (hex: string): number => Buffer.from(hex, "hex").readUInt32LE();
const hexOf = (word: number): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(word);
  return bytes.toString("hex");
};

/** A step adds one to R0 and goes on by a halfword; the program jumps back behind 64 of them. */
async function debug({ tally, chance }: Bench, client: GdbClient, count: number): Promise<void> {
  await client.ask("?");
  await client.ask("vCont?");
  let left = 0;
  let [pc, r0] = [0, 0];
  for (; tally.steps < count; tally.steps++) {
    if (left-- === 0) {
      [left, pc, r0] = [32, PLACES.program, chance.below(1 << 20)];
      if ((await client.ask(`P0=${hexOf(r0)}`)) !== "OK" || (await client.ask(`Pf=${hexOf(pc)}`)) !== "OK")
        tally.failed++;
      await client.ask(`P10=${hexOf(0x01000000)}`);
    }
    const stop = await client.ask("vCont;s:1");
    [pc, r0] = [pc + 2, r0 + 1];
    const all = await client.ask("g");
    const isRight = wordOf(all.slice(0, 8)) === r0 && wordOf(all.slice(15 * 8, 16 * 8)) === pc;
    if (!stop.startsWith("T05") || !isRight) tally.wrong++;
  }
}

/** The second GDB reads memory and registers, which are unavailable but for PC. */
async function observe(bench: Bench, client: GdbClient): Promise<void> {
  const { chance, tally } = bench;
  while (!bench.isOver) {
    const at = PLACES.pattern + chance.below(0xe00);
    const length = 1 + chance.below(200);
    const answer = await client.ask(`m${at.toString(16)},${length.toString(16)}`);
    if (answer !== Buffer.from(pattern(at, length)).toString("hex")) tally.wrong++;
    const registers = await client.ask("g");
    if (!/^x{120}[0-9a-f]{8}x{8}$/.test(registers)) tally.failed++;
    tally.looks++;
  }
}

/** What the firmware's buffer holds comes out as it is. */
async function talk(bench: Bench): Promise<void> {
  const { session, chance, tally } = bench;
  const shared = session.share("rtt");
  const notes: string[] = [];
  const places = new RttPlaces({
    memory: () => session.share("rtt").core.memory,
    clock: session.clock,
    ranges: [],
    note: (...lines) => notes.push(...lines),
    isLost: () => true,
  });
  const taken: number[] = [];
  const line = {
    channels: new Set([0]),
    take: (_: number, bytes: Uint8Array) => void taken.push(...bytes),
    waiting: () => new Uint8Array(0),
    sent: () => {},
  };
  for (let at = 0; !bench.isOver; tally.rtt++) {
    const bytes = chance.bytes(1 + chance.below(40));
    at = await send(shared, at, bytes);
    taken.length = 0;
    for (let polls = 0; polls < 3 && taken.length < bytes.length; polls++)
      await places.serve([{ place: {}, line }], { address: PLACES.rtt }, {});
    if (!Buffer.from(taken).equals(Buffer.from(bytes))) tally.wrong++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  tally.failed += notes.length;
}
