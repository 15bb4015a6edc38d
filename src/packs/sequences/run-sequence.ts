import type { SequenceDriver, SequenceTarget } from "./driver.ts";
import { type Assignment, binary, type Call, type Expression, isTrue, type Statement, unary } from "./expression.ts";
import { callFunction } from "./functions.ts";
import { PackError } from "../pack-error.ts";
import { parseBlock } from "./parse.ts";
import { type Prepared, type PreparedStep, prepareSequences, sequenceNamed } from "./prepare.ts";
import { type PackSequence, type Position, PREDEFINED } from "./sequence.ts";
import { endlessSequence, invalidSequence, isFailedAccess } from "./sequence-error.ts";
import { GIVEN, type GivenVariables, Scope } from "./variables.ts";

/** How far a sequence runs before it is taken for one without an end. */
export interface SequenceLimits {
  /** Rounds of all loops. */
  readonly rounds: number;
  /** Steps that are done and parts of expressions that are evaluated. */
  readonly parts: number;
  /** Sequences that call one another. */
  readonly calls: number;
}

/** What a sequence runs with. */
export interface SequenceJob {
  /** All sequences of the device. */
  readonly sequences: readonly PackSequence[];
  /** The one that runs. */
  readonly name: string;
  /** The processor whose sequences these are, where the device has several. */
  readonly core?: string;
  /** The statements of the device's `debugvars`. */
  readonly debugVars?: string;
  /** Whether the device describes its access ports by elements, so that `__apid` counts in place of `__ap`. */
  readonly usesApId: boolean;
  /** Values of the debugger's variables that are others than `GIVEN` has. */
  readonly variables?: GivenVariables;
  readonly driver: SequenceDriver;
  readonly limits?: Partial<SequenceLimits>;
}

/** The limits where a job has none of its own. */
const USUAL_LIMITS: SequenceLimits = { rounds: 100_000, parts: 2_000_000, calls: 16 };

/** What has no place of its own in the description. */
const START: Position = { of: "The text of debugvars", line: 1, column: 1 };

/**
 * Runs a debug sequence; answers `__Result`, which is 0 unless the sequence has set it. Its text, and that of all that it
 * calls, is read before anything is done.
 *
 * Throws `sequence-invalid` for what is not the language and for a sequence that the device does not have,
 * `sequence-unsupported` for a function that Flashproof or the driver does not have, when it is reached, `sequence-limit` for
 * a sequence that calls itself or does not end, `sequence-failed` for one that ends itself or whose access fails, and what
 * the driver throws.
 */
export async function runSequence(job: SequenceJob): Promise<bigint> {
  const { sequences, name, core, debugVars = "" } = job;
  if (!sequenceNamed(sequences, name, core)) throw noSequence(name, sequences);
  const prepared = prepareSequences(sequences, name, core);
  return new Interpreter(job, prepared).run(name, parseBlock(debugVars, START));
}

function noSequence(name: string, sequences: readonly PackSequence[]): PackError {
  const names = [...new Set(sequences.map((one) => one.name))].join(", ");
  return new PackError("sequence-invalid", `The device has no sequence ${name}; it has ${names || "none"}`, {
    details: { reason: "no-sequence", sequence: name },
  });
}

class Interpreter {
  private readonly job: SequenceJob;
  private readonly prepared: ReadonlyMap<string, Prepared>;
  private readonly limits: SequenceLimits;
  private readonly given: Scope;
  /** What `debugvars` declares, and every sequence can read. */
  private readonly shared: Scope;
  private readonly running: string[] = [];
  private rounds = 0;
  private parts = 0;

  constructor(job: SequenceJob, prepared: ReadonlyMap<string, Prepared>) {
    this.job = job;
    this.prepared = prepared;
    this.limits = { ...USUAL_LIMITS, ...job.limits };
    this.given = Scope.given({ ...GIVEN, ...job.variables });
    this.shared = new Scope(this.given);
  }

  async run(name: string, debugVars: readonly Statement[]): Promise<bigint> {
    for (const statement of debugVars) await this.statement(statement, this.shared);
    this.shared.fix();
    await this.sequence(name);
    return this.given.get("__Result", START);
  }

  /** One that is switched off does nothing; the debugger's own is the driver's. */
  private async sequence(name: string): Promise<void> {
    const prepared = this.prepared.get(name);
    if (!prepared) return this.withoutText(name);
    if (this.running.includes(name))
      throw endlessSequence("recursion", `The sequence ${name} calls itself`, { sequence: name });
    if (this.running.length >= this.limits.calls)
      throw endlessSequence("depth", `Sequences call one another more than ${this.limits.calls} deep`);
    this.running.push(name);
    await this.steps(prepared.steps, new Scope(this.shared));
    this.running.pop();
  }

  private async withoutText(name: string): Promise<void> {
    if (sequenceNamed(this.job.sequences, name, this.job.core)) return;
    if (PREDEFINED.has(name)) await this.job.driver.predefined(name);
  }

  /** Blocks have no scope of their own. */
  private async steps(steps: readonly PreparedStep[], scope: Scope): Promise<void> {
    for (const step of steps) {
      this.countPart();
      if (step.kind === "control") await this.control(step, scope);
      else for (const statement of step.statements) await this.statement(statement, scope);
    }
  }

  private async control(control: PreparedStep & { readonly kind: "control" }, scope: Scope): Promise<void> {
    if (control.if && !isTrue(await this.value(control.if, new Scope(scope)))) return;
    if (!control.while) return this.steps(control.steps, new Scope(scope));
    const { driver } = this.job;
    if (isPause(control)) return driver.delay(control.timeout);
    const start = driver.now();
    while (isTrue(await this.value(control.while, new Scope(scope)))) {
      this.countRound();
      await this.steps(control.steps, new Scope(scope));
      if (control.timeout > 0 && driver.now() - start >= control.timeout)
        return driver.timedOut(control.timeout, control.at);
    }
  }

  private countRound(): void {
    if (++this.rounds > this.limits.rounds)
      throw endlessSequence("rounds", `The sequence went through its loops more than ${this.limits.rounds} times`);
  }

  private countPart(): void {
    if (++this.parts > this.limits.parts)
      throw endlessSequence(
        "parts",
        `The sequence has more than ${this.limits.parts} steps and parts of expressions to do`,
      );
  }

  private async statement(statement: Statement, scope: Scope): Promise<void> {
    if (statement.kind === "evaluate") await this.value(statement.expression, scope);
    else scope.declare(statement.name, await this.value(statement.value, scope), statement.at);
  }

  private async value(expression: Expression, scope: Scope): Promise<bigint> {
    this.countPart();
    switch (expression.kind) {
      case "number":
        return expression.value;
      case "variable":
        return scope.get(expression.name, expression.at);
      case "unary":
        return unary(expression.operator, await this.value(expression.operand, scope));
      case "binary":
        return this.binary(expression, scope);
      case "choice": {
        const condition = await this.value(expression.condition, scope);
        return this.value(isTrue(condition) ? expression.whenTrue : expression.whenFalse, scope);
      }
      case "assign":
        return this.assign(expression, scope);
      case "call":
        return this.call(expression, scope);
    }
  }

  /** The right side of `&&` and `||` is evaluated only where it counts. */
  private async binary({ operator, left, right, at }: Expression & { kind: "binary" }, scope: Scope): Promise<bigint> {
    const a = await this.value(left, scope);
    if (operator === "&&" && !isTrue(a)) return 0n;
    if (operator === "||" && isTrue(a)) return 1n;
    return combined(operator, a, await this.value(right, scope), at);
  }

  private async assign({ name, operator, value, at }: Assignment, scope: Scope): Promise<bigint> {
    const given = await this.value(value, scope);
    const result = operator ? combined(operator, scope.get(name, at), given, at) : given;
    scope.set(name, result, at);
    return result;
  }

  private async call({ name, args, at }: Call, scope: Scope): Promise<bigint> {
    const values: (bigint | string)[] = [];
    for (const argument of args)
      values.push(argument.kind === "text" ? argument.text : await this.value(argument, scope));
    if (name === "Sequence") return this.callSequence(String(values[0]));
    const context = { driver: this.job.driver, target: this.targetOf(), name, at, values };
    try {
      return await callFunction(context);
    } catch (error) {
      if (isFailedAccess(error) && (this.given.get("__errorcontrol", at) & 1n) === 1n) return 0n;
      throw error;
    }
  }

  private async callSequence(name: string): Promise<bigint> {
    const saved = this.given.saved();
    this.job.driver.entered(name);
    await this.sequence(name);
    this.given.restore(saved);
    return 0n;
  }

  private targetOf(): SequenceTarget {
    const numberOf = (name: string) => Number(BigInt.asUintN(32, this.given.get(name, START)));
    const apid = this.job.usesApId ? { apid: numberOf("__apid") } : {};
    return { dp: numberOf("__dp"), ap: numberOf("__ap"), ...apid };
  }
}

/** `<control while="1" timeout="..."/>`, by which packs wait. */
const isPause = ({ while: condition, steps, timeout }: PreparedStep & { readonly kind: "control" }): boolean =>
  condition?.kind === "number" && isTrue(condition.value) && steps.length === 0 && timeout > 0;

function combined(operator: Parameters<typeof binary>[0], a: bigint, b: bigint, at: Position): bigint {
  const value = binary(operator, a, b);
  if (value === undefined) throw invalidSequence("division", "A value is divided by 0", at);
  return value;
}
