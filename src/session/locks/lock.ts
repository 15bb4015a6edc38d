import { type Clock, type Io, within } from "../../base/clock.ts";
import { pollUntil } from "../../base/deadlines.ts";
import { WaitError } from "../../base/errors.ts";
import type { LockPlace } from "../../chips/protection-scheme.ts";
import { type LockState, lockPlaces, lockStateOf } from "../../protection/lock-state.ts";
import { type LockPort, lockPort, type ScannedPort } from "./lock-port.ts";

/** What looks in a row have shown. */
interface Looks {
  /** The look that says most: one in reset and certain, one that is certain, else the first. */
  readonly lock: LockState;
  /** How often the chip was not certain of it any more while it was read, which happens in each reset. */
  readonly resets: number;
}

/** One look at a lock. */
export async function lookOnce({ port, scheme }: LockPort, io: Io = {}): Promise<LockState> {
  const places = portPlaces(scheme.lock);
  const words = await port.run(
    places.map(({ register }) => ({ op: "read", address: register, count: 1 })),
    io,
  );
  return stateFrom(scheme, places, words);
}

/**
 * Whether the chip is locked, read without touching its memory: looks in a row, longer than one round of a chip that
 * resets over and over. A single look per turn would meet such a chip at the same point of its round for ever.
 */
async function lookAround({ port, scheme }: LockPort, io: Io): Promise<Looks> {
  const [first, ...others] = portPlaces(scheme.lock);
  const { looks } = scheme.lock.settle;
  const words = await port.run(
    [
      { op: "read", address: first.register, count: looks },
      ...others.map(({ register }) => ({ op: "read", address: register, count: 1 }) as const),
    ],
    io,
  );
  const rest = [...words.slice(looks)];
  const states = [...words.slice(0, looks)].map((word) => stateFrom(scheme, [first, ...others], [word, ...rest]));
  const certain = states.filter((state) => state.certain);
  const lock = certain.find((state) => state.inReset) ?? certain[0] ?? states[0];
  return { lock, resets: states.filter((state, i) => i > 0 && !state.certain && states[i - 1].certain).length };
}

type PortPlace = LockPlace & { readonly on: "port" };

const portPlaces = (table: LockPort["scheme"]["lock"]): readonly PortPlace[] =>
  lockPlaces(table).filter((place): place is PortPlace => place.on === "port");

/** What words say that were read at places of the port; what stands in memory is not read here. */
function stateFrom(scheme: LockPort["scheme"], places: readonly PortPlace[], words: ArrayLike<number>): LockState {
  return lockStateOf(scheme, (asked) => {
    const at = places.findIndex((place) => asked.on === "port" && place.register === asked.register);
    return at < 0 ? undefined : words[at];
  });
}

/**
 * The lock state once it is certain: right after a reset a chip may say that it is locked whatever it is.
 *
 * The answer may be in reset still: a chip that resets over and over (blank vectors) never gets out. Where it never
 * became certain, the last look is the answer, and `certain` is false. Undefined where the target has no port like the
 * chip's, or the chip none that shows its lock: then nothing was touched.
 */
export async function settledLock(
  on: ScannedPort & { readonly clock: Clock },
  io: Io = {},
): Promise<LockState | undefined> {
  const { clock } = on;
  const found = lockPort(on);
  if (!found) return undefined;
  const { limitMs, manyResets, what } = found.scheme.lock.settle;
  let { lock: last, resets } = await lookAround(found, io);
  const limits = within(clock, limitMs, io);
  const settled = pollUntil(clock, { ...limits, everyUs: 0, what }, async () => {
    const { lock, resets: more } = await lookAround(found, io);
    if (lock.certain || !last.certain) last = lock;
    resets += more;
    return (lock.certain && !lock.inReset) || resets >= manyResets ? last : undefined;
  });
  return settled.catch((error) => orTimedOut(error, last));
}

/** What stands in for an answer that did not come in time; any other error is none of the target's. */
export function orTimedOut<T>(error: unknown, last: T): T {
  if (error instanceof WaitError && error.code === "timeout") return last;
  throw error;
}
