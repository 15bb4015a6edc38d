import type { Position } from "./sequence.ts";

/** Operators with two operands, by how strongly they bind: C's precedence, the weakest first. */
export const BINARY_LEVELS = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<", "<=", ">", ">="],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
] as const;

/** An operator with two operands. */
export type BinaryOperator = (typeof BINARY_LEVELS)[number][number];

/** Operators with one operand, which bind stronger than all with two. */
export const UNARY = ["!", "~", "-", "+"] as const;

/** An operator with one operand. */
export type UnaryOperator = (typeof UNARY)[number];

/** An expression of a sequence; its value has 64 bits without a sign. */
export type Expression =
  | { readonly kind: "number"; readonly value: bigint }
  | { readonly kind: "variable"; readonly name: string; readonly at: Position }
  | { readonly kind: "unary"; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly at: Position;
    }
  | {
      readonly kind: "choice";
      readonly condition: Expression;
      readonly whenTrue: Expression;
      readonly whenFalse: Expression;
    }
  | Assignment
  | Call;

/** A variable's new value, by itself or made of the old one (`+=`). */
export interface Assignment {
  readonly kind: "assign";
  readonly name: string;
  readonly operator?: BinaryOperator;
  readonly value: Expression;
  readonly at: Position;
}

/** A call of a function; texts stand only between its brackets. */
export interface Call {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Argument[];
  readonly at: Position;
}

/** What a function is called with. */
export type Argument = Expression | { readonly kind: "text"; readonly text: string };

/** One statement. */
export type Statement =
  | { readonly kind: "declare"; readonly name: string; readonly value: Expression; readonly at: Position }
  | { readonly kind: "evaluate"; readonly expression: Expression };

const MASK = 0xffff_ffff_ffff_ffffn;

/** Whether a value counts as true. */
export const isTrue = (value: bigint): boolean => value !== 0n;

const truth = (value: boolean): bigint => (value ? 1n : 0n);

/** The value of an operator with one operand. */
export function unary(operator: UnaryOperator, value: bigint): bigint {
  const results = { "!": truth(!isTrue(value)), "~": ~value, "-": -value, "+": value };
  return results[operator] & MASK;
}

/** Operators on 64 bits without a sign; a shift by 64 and more leaves 0 (C leaves it open). */
const BINARY: { readonly [operator in BinaryOperator]: (a: bigint, b: bigint) => bigint } = {
  "||": (a, b) => truth(isTrue(a) || isTrue(b)),
  "&&": (a, b) => truth(isTrue(a) && isTrue(b)),
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  "&": (a, b) => a & b,
  "==": (a, b) => truth(a === b),
  "!=": (a, b) => truth(a !== b),
  "<": (a, b) => truth(a < b),
  "<=": (a, b) => truth(a <= b),
  ">": (a, b) => truth(a > b),
  ">=": (a, b) => truth(a >= b),
  "<<": (a, b) => (b >= 64n ? 0n : a << b),
  ">>": (a, b) => (b >= 64n ? 0n : a >> b),
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
};

/** The value of an operator with two operands; undefined for a division by 0. */
export const binary = (operator: BinaryOperator, a: bigint, b: bigint): bigint | undefined =>
  (operator === "/" || operator === "%") && b === 0n ? undefined : BINARY[operator](a, b) & MASK;
