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
  ...{ __Result: 0n, __FlashOp: 0n, __FlashAddr: 0n, __FlashLen: 0n, __FlashArg: 0n },
};

/** Variables by their names, in those of the scope around them. */
export class Scope {
  private readonly own = new Map<string, bigint>();
  private readonly around: Scope | undefined;
  private readonly given: boolean;

  private constructor(around: Scope | undefined, given: boolean) {
    this.around = around;
    this.given = given;
  }

  /** The outermost scope: what the debugger gives. */
  static given(variables: GivenVariables): Scope {
    const scope = new Scope(undefined, true);
    for (const [name, value] of Object.entries(variables)) scope.own.set(name, value);
    return scope;
  }

  /** A scope inside of this one. */
  inside(): Scope {
    return new Scope(this, false);
  }

  /** A new variable here; one of this scope gets the value (unsure: the format leaves a second one open). */
  declare(name: string, value: bigint, at: Position): void {
    if (Object.hasOwn(GIVEN, name)) throw invalidSequence("variable", `${name} is the debugger's own variable`, at);
    this.own.set(name, value);
  }

  /** The value of a variable; throws `sequence-invalid` where there is none. */
  get(name: string, at: Position): bigint {
    const value = this.holderOf(name)?.own.get(name);
    if (value === undefined) throw invalidSequence("variable", `There is no variable ${name}`, at, { variable: name });
    return value;
  }

  /** Gives a variable a value; throws `sequence-invalid` where there is none or only the debugger changes it. */
  set(name: string, value: bigint, at: Position): void {
    const holder = this.holderOf(name);
    if (!holder) throw invalidSequence("variable", `There is no variable ${name}`, at, { variable: name });
    if (holder.given && !(CHANGEABLE as readonly string[]).includes(name))
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
