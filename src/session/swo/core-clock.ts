import { type BatchMemory, together } from "../../adi/memory.ts";
import { type Clock, type Io, SECOND } from "../../base/clock.ts";
import { DWT_CTRL, DWT_CYCCNT } from "../../registers/dwt.ts";
import { DEMCR } from "../../registers/scs.ts";
import { SessionError } from "../session-error.ts";

/** How long cycles are counted, in microseconds, and how often: a core that sleeps in between counts too few. */
const COUNTING_US = 50_000;
const TIMES = 3;

/** Fewer cycles a second than this is a core that stands. */
const LEAST_HZ = 10_000;

/** One reading of the counter, and when it was made. */
interface Count {
  readonly cycles: number;
  readonly at: number;
}

/**
 * The core's clock in hertz, by its cycle counter: the fastest of some short counts. Throws `swo-unsupported` for a core
 * that is halted or has no counter.
 */
export async function measureCoreHz(memory: BatchMemory, clock: Clock, io: Io): Promise<number> {
  await together(
    memory,
    async (own) => {
      const [demcr, dwt] = await own.run([read(DEMCR.address), read(DWT_CTRL.address)], io);
      await own.run([write(DEMCR.address, DEMCR.with(demcr, { TRCENA: 1 }))], io);
      await own.run([write(DWT_CTRL.address, DWT_CTRL.with(dwt, { CYCCNTENA: 1 }))], io);
    },
    io,
  );
  let best = 0;
  for (let i = 0; i < TIMES; i++) {
    const before = await count(memory, clock, io);
    await clock.sleep(COUNTING_US, io.signal);
    const after = await count(memory, clock, io);
    best = Math.max(best, (((after.cycles - before.cycles) >>> 0) * SECOND) / (after.at - before.at));
  }
  if (best >= LEAST_HZ) return best;
  const text = "The core's clock can't be measured: the core is halted or asleep, or has no cycle counter";
  throw new SessionError("swo-unsupported", text, { details: { measuredHz: Math.round(best) } });
}

const read = (address: number) => ({ op: "read", address, width: 32 }) as const;
const write = (address: number, value: number) => ({ op: "write", address, width: 32, value }) as const;

/** The middle of the time that a reading took is when it was made. */
async function count(memory: BatchMemory, clock: Clock, io: Io): Promise<Count> {
  const begin = clock.now();
  const [cycles] = await memory.run([read(DWT_CYCCNT.address)], io);
  return { cycles, at: (begin + clock.now()) / 2 };
}
