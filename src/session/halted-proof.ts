import type { MemoryOp } from "../adi/memory.ts";
import { type Io, toTheEnd } from "../base/clock.ts";
import { andThen, codeOf } from "../base/errors.ts";
import type { Range } from "../chips/flash-bank.ts";
import type { Bystander } from "../families/family.ts";
import { familyOf } from "../families/list.ts";
import { registerReads, registersIn } from "../cortex/core-registers.ts";
import { coreStateOf } from "../cortex/core-state.ts";
import { withCountersStopped } from "../cortex/counters-stopped.ts";
import type { Readable } from "../flash/content.ts";
import { touchedSectors } from "../flash/content.ts";
import { FlashError } from "../flash/flash-error.ts";
import { canBeChecked, sectorGuesses } from "../flash/hash/guesses.ts";
import type { HashRun } from "../flash/hash/hash-run.ts";
import { KeptTarget } from "../flash/kept/kept-target.ts";
import { type Guess, type Proof, proveTogether, provenMemory } from "../flash/hash/proven-memory.ts";
import { atOwnAddresses } from "../flash/plan/named-banks.ts";
import type { Image, Segment } from "../image/image.ts";
import type { Register } from "../registers/register.ts";
import { DHCSR, MPU_CTRL } from "../registers/scs.ts";
import { hashRunOn } from "./hashing.ts";
import type { Session } from "./session.ts";
import { XPSR_EXCEPTION } from "../registers/special.ts";

const WORD = 4;

/**
 * A memory that does not read what code on the halted core proves of an image; RAM and registers are given back. It is the
 * core's own memory where that code could change more than it gives back: on a running core, within an exception, under an
 * MPU, with a watchdog or another bus master at work, and where the family can't tell. Throws `loader-failed` where the
 * code did not end.
 */
export async function provenOnHalted(session: Session, image: Image, io: Io = {}): Promise<ProvenMemory> {
  const { found } = session;
  const { chip } = found;
  const { memory } = session.core;
  if (!chip) return { memory, isProved: false };
  const own = atOwnAddresses(image, chip);
  const proofs = await proofsOnHalted(session, sectorGuesses(own, touchedSectors(own, chip)), io);
  return { memory: provenMemory(memory, proofs), isProved: isCovered(own, proofs) };
}

/** A memory of which the proven ranges are not read, and whether those hold every byte of the image. */
export interface ProvenMemory {
  readonly memory: Readable;
  readonly isProved: boolean;
}

/** Whether proofs that hold cover an image; ranges of proofs don't overlap. */
function isCovered({ segments }: Pick<Image, "segments">, proofs: readonly Proof[]): boolean {
  const holding = proofs.filter(({ holds }) => holds === "as-guessed");
  const inside = ({ address, bytes }: Segment) =>
    holding.reduce((sum, proof) => {
      const from = Math.max(address, proof.address);
      return sum + Math.max(0, Math.min(address + bytes.length, proof.address + proof.bytes.length) - from);
    }, 0);
  return segments.length > 0 && segments.every((segment) => inside(segment) === segment.bytes.length);
}

/**
 * What proves bytes that were read once in a range of flash, under the same conditions: answers whether they stand there.
 * Undefined where it can't.
 */
export async function proofOnHalted(
  session: Session,
  { start, length }: Range,
  io: Io = {},
): Promise<((bytes: Uint8Array) => Promise<boolean>) | undefined> {
  const { chip } = session.found;
  if (!chip || length === 0 || start % WORD !== 0 || length % WORD !== 0) return undefined;
  const bank = chip.banks.find((each) => start >= each.start && start + length <= each.start + each.length);
  if (!bank || !canBeChecked({ bank, address: start, size: length, run: 0 })) return undefined;
  if (!(await canBorrowCore(session, io))) return undefined;
  return async (bytes) => {
    const [proof] = await proofsOnHalted(session, [{ bank, address: start, bytes }], io);
    return proof?.holds === "as-guessed";
  };
}

async function proofsOnHalted(session: Session, guesses: readonly Guess[], io: Io): Promise<readonly Proof[]> {
  if (guesses.length === 0) return [];
  return session.hold("flash", async (held) => {
    if (!(await canBorrowCore(held, io))) return [];
    return withCountersStopped(held, io, () => proofsGivingBack(held, guesses, io));
  });
}

async function proofsGivingBack(session: Session, guesses: readonly Guess[], io: Io): Promise<readonly Proof[]> {
  const kept = new KeptTarget(session.core);
  const hash = hashRunOn(session, kept);
  const giveBack = () => kept.giveBack(toTheEnd(session.clock, GIVE_BACK_MS, io));
  const proofs = await andThen(() => proveTogether(hash, guesses, io), giveBack);
  refuseFailed(hash);
  return proofs;
}

/** Milliseconds in which 4 KB of RAM and some registers are back over the slowest wire. */
const GIVE_BACK_MS = 10_000;

/** Whether code can run on the halted core so that its firmware finds no difference. */
async function canBorrowCore(session: Session, io: Io): Promise<boolean> {
  return (await bystandersOf(session, io))?.length === 0;
}

/**
 * The same for a job whose loader switches the watchdog off anyway: here it does so before the code runs. Throws
 * `core-call-failed`.
 */
export async function canTakeCore(session: Session, io: Io): Promise<boolean> {
  const found = await bystandersOf(session, io, true);
  const { core, chip, clock } = session;
  const { switchWatchdogOff } = familyOf(chip) ?? {};
  if (!found || found.includes("bus-master") || (found.includes("watchdog") && !switchWatchdogOff)) return false;
  if (found.includes("watchdog")) await switchWatchdogOff?.({ core, chip, clock }, io);
  return true;
}

/**
 * What is at work beside the core; undefined where that is not known, or the core is not in thread code without an MPU. Of a
 * core that is known to stand the register comes with the rest.
 */
async function bystandersOf(session: Session, io: Io, stands = false): Promise<readonly Bystander[] | undefined> {
  const { core, chip } = session;
  const bystanders = familyOf(chip)?.bystanders;
  if (!bystanders) return undefined;
  const looks = [look(DHCSR), look(MPU_CTRL), ...bystanders.looks];
  const ops = [...looks, ...(stands ? registerReads(["XPSR"]) : [])];
  // A chip of the family may lack a peripheral that another one has.
  const words = await core.memory.run(ops, io).catch((error: unknown) => {
    if (codeOf(error) !== "memory-fault") throw error;
    return undefined;
  });
  if (!words) return undefined;
  const [state, mpu, ...own] = words.subarray(0, looks.length);
  if (coreStateOf(state) !== "halted" || MPU_CTRL.field(mpu, "ENABLE") === 1) return undefined;
  const seen = stands ? registersIn(["XPSR"], words.subarray(looks.length)) : undefined;
  const [xpsr] = seen ?? (await core.readRegisters(["XPSR"], io));
  return (xpsr & XPSR_EXCEPTION) === 0 ? bystanders.in(Uint32Array.from(own)) : undefined;
}

const look = ({ address }: Register): MemoryOp => ({ op: "read", address, width: 32 });

/** Throws `loader-failed` where the code has left the core in an exception. */
export function refuseFailed(hash: HashRun | undefined): void {
  if (!hash?.hasFailed) return;
  throw new FlashError(
    "loader-failed",
    "The code that checks flash on the chip did not end as it should: the core stands in it until a reset",
  );
}
