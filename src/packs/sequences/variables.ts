import type { Position } from "./sequence.ts";
import { invalidSequence } from "./sequence-error.ts";

/** Variables that a debugger gives a sequence, with their values here. */
export interface GivenVariables {
  readonly [name: string]: bigint;
}

/** Given variables that a sequence may change. */
const CHANGEABLE = ["__dp", "__ap", "__apid", "__errorcontrol", "__Result"] as const;

/** Given variables that have their values of before again after a sequence was called. */
const RESTORED = ["__dp", "__ap", "__apid", "__errorcontrol"] as const;

/**
 * What every sequence is given: SWD (`__protocol` 2), a debug connection (`__connection` 1), debug port 0, access port 0, no
 * trace, no error yet; the variables of flash sequences are 0.
 */
export const GIVEN: GivenVariables = {
  ...{ __protocol: 2n, __connection: 1n, __dp: 0n, __ap: 0n, __apid: 0n, __errorcontrol: 0n, __traceout: 0n },
  ...{ __traceclockin: 0n, __traceclockout: 0n },
  ...{ __Result: 0n, __FlashOp: 0n, __FlashAddr: 0n, __FlashLen: 0n, __FlashArg: 0n },
};

/** Variables by their names, in those of the scope around them. */
export class Scope {
  private readonly own = new Map<string, bigint>();
  private readonly around: Scope | undefined;
  private fixed: readonly string[] | "all" = [];

  constructor(around?: Scope) {
    this.around = around;
  }

  /** The outermost scope: what the debugger gives. */
  static given(variables: GivenVariables): Scope {
    const scope = new Scope();
    for (const [name, value] of Object.entries(variables)) scope.own.set(name, value);
    scope.fixed = Object.keys(variables).filter((name) => !(CHANGEABLE as readonly string[]).includes(name));
    return scope;
  }

  /** From here on no statement changes a variable of this scope. */
  fix(): void {
    this.fixed = "all";
  }

  /** A new variable here; throws `sequence-invalid` where this scope or one around it has one of that name. */
  declare(name: string, value: bigint, at: Position): void {
    if (this.holderOf(name))
      throw invalidSequence("variable", `There is a variable ${name} already`, at, { variable: name });
    this.own.set(name, value);
  }

  /** The value of a variable; throws `sequence-invalid` where there is none. */
  get(name: string, at: Position): bigint {
    const value = this.holderOf(name)?.own.get(name);
    if (value === undefined) throw invalidSequence("variable", `There is no variable ${name}`, at, { variable: name });
    return value;
  }

  /** Gives a variable a value; throws `sequence-invalid` where there is none, and for one that a sequence only reads. */
  set(name: string, value: bigint, at: Position): void {
    const holder = this.holderOf(name);
    if (!holder) throw invalidSequence("variable", `There is no variable ${name}`, at, { variable: name });
    if (holder.fixed === "all" || holder.fixed.includes(name))
      throw invalidSequence("variable", `A sequence can't change ${name}`, at, { variable: name });
    holder.own.set(name, value);
  }

  private holderOf(name: string): Scope | undefined {
    return this.own.has(name) ? this : this.around?.holderOf(name);
  }

  /** Of the scope of given variables: a copy of those that come back after a call. */
  saved(): ReadonlyMap<string, bigint> {
    return new Map(RESTORED.map((name) => [name, this.own.get(name) ?? 0n]));
  }

  /** Of the scope of given variables: gives them these values. */
  restore(values: ReadonlyMap<string, bigint>): void {
    for (const [name, value] of values) this.own.set(name, value);
  }
}
