import type { AccessPort, ApOp } from "../../adi/access-port.ts";
import type { BatchMemory } from "../../adi/memory.ts";
import { type Clock, type Io, within } from "../../base/clock.ts";
import { pollUntil } from "../../base/deadlines.ts";
import { codeOf, WaitError } from "../../base/errors.ts";
import type { LockPlace, LockTable } from "../../chips/protection-scheme.ts";
import { type LockAnswer, type LockState, lockPlaces, lockStateOf } from "../../protection/lock-state.ts";
import { type LockSource, lockSource, type ScannedPort } from "./lock-source.ts";

/** What looks in a row have shown. */
interface Looks {
  /** The look that says most: one in reset and certain, one that is certain, else the first. */
  readonly lock: LockState;
  /** How often the chip was not certain of it any more while it was read, which happens in each reset. */
  readonly resets: number;
  /** Whether every look in a row was certain, and showed a chip that is open and not in reset. */
  readonly isOpen: boolean;
  /** What holds the core, as it stands on the port; undefined where the family has no such hold. */
  readonly hold?: number;
}

/** One look at a lock. */
export async function lookOnce(source: LockSource, io: Io = {}): Promise<LockState> {
  const places = portPlaces(source.scheme.lock);
  const words = await wordsOf(
    source,
    places.map(({ register }) => ({ op: "read", address: register, count: 1 })),
    io,
  );
  return stateFrom(source, places, words, await readMemory(source, io));
}

/**
 * Whether the chip is locked, read without touching its memory: looks in a row, longer than one round of a chip that
 * resets over and over. A single look per turn would meet such a chip at the same point of its round for ever.
 */
async function lookAround(source: LockSource, io: Io, { run, seesHold = false }: LookOptions = {}): Promise<Looks> {
  const [first, ...others] = portPlaces(source.scheme.lock);
  if (!first) return { lock: await lookOnce(source, io), resets: 0, isOpen: false };
  const { settle } = source.scheme.lock;
  const hold = seesHold ? source.scheme.lock.hold : undefined;
  const { looks } = settle;
  const words = await wordsOf(
    source,
    [
      { op: "read", address: first.register, count: looks },
      ...[...others, ...(hold ? [hold] : [])].map(
        ({ register }) => ({ op: "read", address: register, count: 1 }) as const,
      ),
    ],
    io,
    run,
  );
  const rest = [...words.slice(looks)];
  const memory = await readMemory(source, io);
  const states = [...words.slice(0, looks)].map((word) =>
    stateFrom(source, [first, ...others], [word, ...rest], memory),
  );
  const certain = states.filter((state) => state.certain);
  const lock = certain.find((state) => state.inReset) ?? certain[0] ?? states[0];
  const resets = states.filter((state, i) => i > 0 && !state.certain && states[i - 1].certain).length;
  const isOpen = states.length > 1 && states.every((state) => state.certain && !state.inReset && !state.locked);
  return { lock, resets, isOpen, ...(hold && { hold: words[words.length - 1] }) };
}

type PortPlace = LockPlace & { readonly on: "port" };

type MemoryPlace = LockPlace & { readonly on: "memory" };

const portPlaces = (table: LockTable): readonly PortPlace[] =>
  lockPlaces(table).filter((place): place is PortPlace => place.on === "port");

const memoryPlaces = (table: LockTable): readonly MemoryPlace[] =>
  lockPlaces(table).filter((place): place is MemoryPlace => place.on === "memory");

/** How the first look goes. */
interface LookOptions {
  readonly run?: RunOnPort | undefined;
  /** Whether the register that holds the core is read, too. */
  readonly seesHold?: boolean;
}

/** A batch on the port that shows a lock; it may carry other looks beside. */
export type RunOnPort = (port: AccessPort, ops: readonly ApOp[]) => Promise<Uint32Array>;

const wordsOf = async ({ port }: LockSource, ops: readonly ApOp[], io: Io, run?: RunOnPort): Promise<Uint32Array> => {
  if (!port || ops.length === 0) return new Uint32Array(0);
  return run ? run(port, ops) : port.run(ops, io);
};

/** What stands at a table's places in memory, each read on its own, because a closed chip refuses some of them. */
async function readMemory({ scheme, memory }: LockSource, io: Io): Promise<readonly MemoryAnswer[]> {
  const places = memoryPlaces(scheme.lock);
  if (places.length === 0 || !memory) return [];
  const opened = await memory(io);
  const answers: MemoryAnswer[] = [];
  for (const place of places) answers.push({ place, answer: await answerAt(opened, place, io) });
  return answers;
}

interface MemoryAnswer {
  readonly place: MemoryPlace;
  readonly answer: LockAnswer;
}

async function answerAt(memory: BatchMemory, { address, width }: MemoryPlace, io: Io): Promise<LockAnswer> {
  try {
    return (await memory.run([{ op: "read", address, width }], io))[0];
  } catch (error) {
    if (codeOf(error) !== "memory-fault") throw error;
    return "fault";
  }
}

/** What words say that were read at places of the port, and what stands in memory. */
function stateFrom(
  { scheme }: LockSource,
  places: readonly PortPlace[],
  words: ArrayLike<number>,
  memory: readonly MemoryAnswer[],
): LockState {
  return lockStateOf(scheme, (asked) => {
    if (asked.on === "memory")
      return memory.find(({ place }) => place.address === asked.address && place.width === asked.width)?.answer;
    const at = places.findIndex((place) => place.register === asked.register);
    return at < 0 ? undefined : words[at];
  });
}

/**
 * The lock state once it is certain: right after a reset a chip may say that it is locked whatever it is.
 *
 * The answer may be in reset still: a chip that resets over and over (blank vectors) never gets out. Where it never
 * became certain, the last look is the answer, and `certain` is false. Undefined where the target is another chip, or
 * the chip's lock shows nowhere: then nothing was touched.
 */
export async function settledLock(
  on: ScannedPort & { readonly clock: Clock },
  io: Io = {},
): Promise<LockState | undefined> {
  return (await settledLooks(on, io))?.lock;
}

/** The same, with what holds the core where the first look has shown that. */
export async function settledLooks(
  on: ScannedPort & { readonly clock: Clock },
  io: Io = {},
  first: LookOptions = {},
): Promise<Pick<Looks, "lock" | "hold"> | undefined> {
  const { clock } = on;
  const found = lockSource(on);
  if (!found) return undefined;
  const { limitMs, manyResets, what } = found.scheme.lock.settle;
  const seen = await lookAround(found, io, first);
  let { lock: last, resets } = seen;
  // What is locked, or may be, is looked at again; so is a chip whose lock shows in one place only once.
  if (seen.isOpen) return seen;
  const limits = within(clock, limitMs, io);
  const settled = pollUntil(clock, { ...limits, everyUs: 0, what }, async () => {
    const { lock, resets: more } = await lookAround(found, io);
    if (lock.certain || !last.certain) last = lock;
    resets += more;
    return (lock.certain && !lock.inReset) || resets >= manyResets ? last : undefined;
  });
  return { lock: await settled.catch((error) => orTimedOut(error, last)) };
}

/** What stands in for an answer that did not come in time; any other error is none of the target's. */
export function orTimedOut<T>(error: unknown, last: T): T {
  if (error instanceof WaitError && error.code === "timeout") return last;
  throw error;
}
