import { concatBytes } from "../../base/bytes.ts";
import type { Io } from "../../base/clock.ts";
import type { FlashBank, Range } from "../../chips/flash-bank.ts";
import type { Readable } from "../content.ts";
import type { HashRun } from "./hash-run.ts";
import { agree, type Checks } from "./checks.ts";

/** What a range of whole words may hold. */
export interface Guess {
  readonly bank: Pick<FlashBank, "erased">;
  readonly address: number;
  readonly bytes: Uint8Array;
  /** What else may well stand there: blank bytes with the fields that keep a blank chip open. */
  readonly asShipped?: Uint8Array;
}

/** What the checks say of a guess. */
export interface Proof extends Guess {
  /** `as-guessed`, `erased`, `as-shipped`, or none of them; `unknown` where there was no answer. */
  readonly holds: "as-guessed" | "erased" | "as-shipped" | "other" | "unknown";
  /** Whether more words are erased on the chip than in the guess: it may be programmed in part. */
  readonly isPartlyErased: boolean;
}

/** Has guesses checked on the target; each is `unknown` where that can't be trusted. */
export async function prove(
  hash: HashRun | undefined,
  guesses: readonly Guess[],
  io: Io = {},
): Promise<readonly Proof[]> {
  const ranges = guesses.map(({ address, bytes }): Range => ({ start: address, length: bytes.length }));
  const erased = guesses[0]?.bank.erased ?? 0xff;
  // One call has one erased value; a chip whose banks differ in it is read.
  const isOne = guesses.every(({ bank }) => bank.erased === erased);
  const answers = isOne ? await hash?.checks(ranges, erased, io) : undefined;
  if (!hash || !answers) return guesses.map((guess) => ({ ...guess, holds: "unknown", isPartlyErased: false }));
  return guesses.map((guess, i) => {
    const { bank, address, bytes } = guess;
    const found: Checks = answers.found[i];
    const wanted = hash.expected(address, bytes, answers);
    const isPartlyErased = found.erased > wanted.erased;
    if (agree(found, wanted)) return { ...guess, holds: "as-guessed", isPartlyErased };
    const blank = new Uint8Array(bytes.length).fill(erased);
    if (agree(found, hash.expected(address, blank, answers)))
      return { bank, address, bytes: blank, holds: "erased", isPartlyErased };
    const { asShipped } = guess;
    if (asShipped && agree(found, hash.expected(address, asShipped, answers)))
      return { bank, address, bytes: asShipped, holds: "as-shipped", isPartlyErased };
    return { ...guess, holds: "other", isPartlyErased };
  });
}

/**
 * The same for guesses that will hold: neighbours are checked as one, so that a call has few ranges, and each on its own
 * only where that fails.
 */
export async function proveTogether(
  hash: HashRun | undefined,
  guesses: readonly Guess[],
  io: Io = {},
): Promise<readonly Proof[]> {
  const wholes = joined(guesses);
  const proofs = await prove(hash, wholes, io);
  const isAll = proofs.every(({ holds }) => holds === "as-guessed");
  return isAll || wholes.length === guesses.length ? proofs : prove(hash, guesses, io);
}

function joined(guesses: readonly Guess[]): readonly Guess[] {
  const runs: Guess[][] = [];
  for (const guess of guesses) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run && last && last.bank === guess.bank && last.address + last.bytes.length === guess.address) run.push(guess);
    else runs.push([guess]);
  }
  return runs.map((run) => (run.length === 1 ? run[0] : wholeOf(run)));
}

const wholeOf = (run: readonly Guess[]): Guess => {
  const [{ bank, address }] = run;
  return { bank, address, bytes: concatBytes(run.map(({ bytes }) => bytes)) };
};

/** A memory whose proven ranges are not read: their bytes are known. */
export function provenMemory(memory: Readable, proofs: readonly Proof[]): Readable {
  const known = proofs.filter(({ holds }) => holds !== "other" && holds !== "unknown");
  if (known.length === 0) return memory;
  const at = (address: number) => known.find((p) => address >= p.address && address < p.address + p.bytes.length);
  const nextKnown = (address: number, end: number) =>
    known.reduce((next, p) => (p.address > address && p.address < next ? p.address : next), end);
  return {
    read: async (address, count, width, io) => {
      const bytes = new Uint8Array(count);
      const end = address + count;
      for (let from = address; from < end; ) {
        const proof = at(from);
        const to = proof ? Math.min(end, proof.address + proof.bytes.length) : nextKnown(from, end);
        const piece = proof
          ? proof.bytes.subarray(from - proof.address, to - proof.address)
          : await memory.read(from, to - from, width, io);
        bytes.set(piece, from - address);
        from = to;
      }
      return bytes;
    },
  };
}
