/**
 * Runs a compiled unit from its loop's head, `n` cycles after the slice began, until an instruction that the interpreter
 * must do; answers the cycles then. Leaves the rest in `Core.left`.
 */
export type Run = (n: number, epoch: number) => number;

/** Machine code that was compiled together, from one loop's head on. */
export interface Unit {
  readonly head: LoopHead;
  /** First halfword of the span that the code lies in, and which of its halfwords are code. */
  readonly from: number;
  readonly code: Uint8Array;
  /** The code has changed since: the unit must not go on. */
  stale: boolean;
}

/** The first instruction of a loop, as branches back to it count their rounds. */
export interface LoopHead {
  /** Its halfword in the code region. */
  readonly at: number;
  /** Branches back so far, and how many of them it takes to be worth compiling. */
  rounds: number;
  worth: number;
  run: Run | undefined;
  /** Times in a row that the unit was left at once, though the slice had cycles left. */
  short: number;
}

/** Most heads that a branch's operand word can number. */
const MOST_HEADS = 0xffff;
/** Fewer cycles than this do not pay for entering a unit, and how often in a row that may happen. */
const SHORT = 16;
const MOST_SHORT = 1000;
/** Most halfwords that the units of a region span together: each halfword takes three bytes of tables. */
const MOST_SPAN = 1 << 23;
/** A loop whose code keeps changing is compiled ever more rarely. */
const MOST_ROUNDS = 1 << 24;

/**
 * Notes that a head's unit ran from `from` to `n` cycles in a slice of `limit`; one that keeps being left at once, because
 * the interpreter is needed in each round, is given up.
 */
export function noteRun(head: LoopHead, from: number, n: number, limit: number): void {
  if (n - from >= SHORT || limit - n < SHORT) head.short = 0;
  else if (++head.short >= MOST_SHORT) {
    head.run = undefined;
    head.worth = Number.POSITIVE_INFINITY;
  }
}

/** The loops of one code region. */
export class LoopHeads {
  /** By the number in a BACK instruction's operand word. */
  readonly list: LoopHead[] = [];
  private readonly numbers = new Map<number, number>();
  private units: Unit[] = [];

  /** The number of the head at halfword `at`; -1 when there are too many. */
  numberOf(at: number, worth: number): number {
    const known = this.numbers.get(at);
    if (known !== undefined || this.list.length > MOST_HEADS) return known ?? -1;
    this.numbers.set(at, this.list.length);
    return this.list.push({ at, rounds: 0, worth, run: undefined, short: 0 }) - 1;
  }

  /** Takes a compiled unit into use; where all of them span too much, those that were compiled first are given up. */
  add(unit: Unit, run: Run): void {
    this.units.push(unit);
    unit.head.run = run;
    let span = this.units.reduce((sum, { code }) => sum + code.length, 0);
    while (span > MOST_SPAN && this.units.length > 1) {
      const [oldest] = this.units.splice(0, 1);
      span -= oldest.code.length;
      retire(oldest);
    }
  }

  /** Halfwords `from` up to, not including, `to` have changed: no unit with code there is entered again, or goes on. */
  forget(from: number, to: number): void {
    if (this.units.length === 0) return;
    const changed = this.units.filter((unit) => touches(unit, from, to));
    for (const unit of changed) retire(unit);
    if (changed.length > 0) this.units = this.units.filter(({ stale }) => !stale);
  }
}

function touches({ from: start, code }: Unit, from: number, to: number): boolean {
  for (let at = Math.max(from, start); at < Math.min(to, start + code.length); at++) if (code[at - start]) return true;
  return false;
}

function retire(unit: Unit): void {
  const { head } = unit;
  unit.stale = true;
  head.run = undefined;
  head.rounds = 0;
  head.worth = Math.min(2 * head.worth, MOST_ROUNDS);
}
