import type { Argument, Call, Expression, Statement } from "./expression.ts";
import { type FunctionShape, shapeOf } from "./functions.ts";
import { parseBlock, parseExpression } from "./parse.ts";
import { type PackSequence, type Position, PREDEFINED, type SequenceControl, type SequenceStep } from "./sequence.ts";
import { tooLarge } from "../pack-error.ts";
import { invalidSequence } from "./sequence-error.ts";

/** A sequence whose text was read. */
export interface Prepared {
  readonly name: string;
  readonly steps: readonly PreparedStep[];
  /** Functions in it that Flashproof does not have. */
  readonly refused: readonly string[];
  /** Sequences that it calls. */
  readonly called: readonly string[];
}

/** A part of a sequence whose text was read. */
export type PreparedStep =
  | { readonly kind: "block"; readonly statements: readonly Statement[] }
  | {
      readonly kind: "control";
      readonly if?: Expression;
      readonly while?: Expression;
      /** Microseconds; 0: the loop has no time-out. */
      readonly timeout: number;
      readonly steps: readonly PreparedStep[];
      readonly at: Position;
    };

/** The most characters of a sequence and all that it calls; those of vendors have some thousands. */
const MOST_CHARACTERS = 0x4_0000;

/** How deep controls nest (the format allows 10). */
const MOST_NESTED = 10;

/** The sequence of a name that a processor has: its own, or the one for all. Undefined where there is none. */
export const sequenceNamed = (
  sequences: readonly PackSequence[],
  name: string,
  core?: string,
): PackSequence | undefined =>
  sequences.find((one) => one.name === name && one.core !== undefined && one.core === core) ??
  sequences.find((one) => one.name === name && one.core === undefined);

/**
 * A sequence and all that it calls, read whole before anything of it is done. Throws `sequence-invalid` for what is not the
 * language, a function with other arguments than it has, and a sequence that does not exist; `pack-too-large`.
 */
export function prepareSequences(
  sequences: readonly PackSequence[],
  name: string,
  core?: string,
): ReadonlyMap<string, Prepared> {
  const prepared = new Map<string, Prepared>();
  const waiting = [name];
  let characters = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const sequence = sequenceNamed(sequences, next, core);
    if (!sequence || sequence.disabled || prepared.has(next)) continue;
    characters += charactersIn(sequence.steps);
    if (characters > MOST_CHARACTERS) throw tooLarge("characters in debug sequences", characters, MOST_CHARACTERS);
    const one = readSequence(sequence);
    prepared.set(next, one);
    for (const called of one.called) {
      if (!PREDEFINED.has(called) && !sequenceNamed(sequences, called, core)) throw unknownSequence(called, sequence);
      waiting.push(called);
    }
  }
  return prepared;
}

const charactersIn = (steps: readonly SequenceStep[]): number =>
  steps.reduce((sum, step) => sum + (step.kind === "block" ? step.text.length : ownCharacters(step)), 0);

const ownCharacters = ({ if: condition = "", while: repeated = "", steps }: SequenceControl): number =>
  condition.length + repeated.length + charactersIn(steps);

const unknownSequence = (called: string, { name, steps }: PackSequence) =>
  invalidSequence(
    "no-sequence",
    `it calls the sequence ${called}, which the device does not have`,
    { of: `The sequence ${name}`, line: steps[0]?.line ?? 0, column: 1 },
    { sequence: called },
  );

function readSequence({ name, steps }: PackSequence): Prepared {
  const read = steps.map((step) => preparedStep(step, `The sequence ${name}`, 1));
  const calls = read.flatMap(callsIn);
  const refused = calls.filter((call) => !checkedShape(call)).map((call) => call.name);
  const called = calls.filter((call) => call.name === "Sequence").flatMap(({ args }) => args.flatMap(textOf));
  return { name, steps: read, refused: [...new Set(refused)], called: [...new Set(called)] };
}

const textOf = (argument: Argument): readonly string[] => (argument.kind === "text" ? [argument.text] : []);

function preparedStep(step: SequenceStep, of: string, depth: number): PreparedStep {
  const at = { of, line: step.line, column: 1 };
  if (step.kind === "block") return { kind: "block", statements: parseBlock(step.text, at) };
  if (depth > MOST_NESTED) throw invalidSequence("too-deep", `Controls are nested more than ${MOST_NESTED} deep`, at);
  if (step.if === undefined && step.while === undefined)
    throw invalidSequence("control", "A control has neither if nor while", at);
  return {
    kind: "control",
    ...(step.if !== undefined && { if: parseExpression(step.if, at) }),
    ...(step.while !== undefined && { while: parseExpression(step.while, at) }),
    timeout: timeoutOf(step, at),
    steps: step.steps.map((inner) => preparedStep(inner, of, depth + 1)),
    at,
  };
}

function timeoutOf({ timeout = "0" }: SequenceControl, at: Position): number {
  const value = /^\s*(0x[0-9a-f]+|\d+)\s*$/i.test(timeout) ? Number(timeout) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw invalidSequence("timeout", `timeout="${timeout.slice(0, 24)}" is no number`, at);
}

/** The shape of a called function, its arguments compared with it; undefined where Flashproof does not have it. */
function checkedShape({ name, args, at }: Call): FunctionShape | undefined {
  const shape = shapeOf(name);
  if (!shape) return undefined;
  const fits = (argument: Argument, i: number): boolean =>
    i >= shape.args.length || (argument.kind === "text") === (shape.args[i] === "text");
  const count = shape.more ? args.length >= shape.args.length : args.length === shape.args.length;
  if (count && args.every(fits)) return shape;
  throw invalidSequence(
    "arguments",
    `${name}(${[...shape.args, ...(shape.more ? ["..."] : [])].join(", ")}) has other arguments here`,
    at,
  );
}

function callsIn(step: PreparedStep): readonly Call[] {
  if (step.kind === "block")
    return step.statements.flatMap((one) => callsOf(one.kind === "declare" ? one.value : one.expression));
  const conditions = [step.if, step.while].flatMap((one) => (one ? callsOf(one) : []));
  return [...conditions, ...step.steps.flatMap(callsIn)];
}

/** Every call in an expression. */
function callsOf(expression: Argument): readonly Call[] {
  switch (expression.kind) {
    case "number":
    case "variable":
    case "text":
      return [];
    case "unary":
      return callsOf(expression.operand);
    case "binary":
      return [...callsOf(expression.left), ...callsOf(expression.right)];
    case "choice":
      return [expression.condition, expression.whenTrue, expression.whenFalse].flatMap(callsOf);
    case "assign":
      return callsOf(expression.value);
    case "call":
      return [expression, ...expression.args.flatMap(callsOf)];
  }
}
