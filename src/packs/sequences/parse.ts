import {
  type Argument,
  BINARY_LEVELS,
  type BinaryOperator,
  type Expression,
  type Statement,
  UNARY,
  type UnaryOperator,
} from "./expression.ts";
import type { Position } from "./sequence.ts";
import { invalidSequence } from "./sequence-error.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** How deep brackets and operators may nest, and how many operators one expression may have. */
const MOST = { depth: 64, parts: 1000 } as const;

/** The statements of a block; throws `sequence-invalid` with line and column, and `pack-too-large`. */
export function parseBlock(text: string, start: Position): readonly Statement[] {
  const parser = new Parser(tokensOf(text, start));
  const statements: Statement[] = [];
  while (!parser.isAtEnd) statements.push(...parser.statement());
  return statements;
}

/** The expression of a condition; throws `sequence-invalid`. */
export function parseExpression(text: string, start: Position): Expression {
  const parser = new Parser(tokensOf(text, start));
  const expression = parser.expression();
  if (!parser.isAtEnd) throw parser.unexpected("the end of the expression");
  return expression;
}

const ASSIGNMENT = /^(<<|>>|[-+*/%&|^])?=$/;

class Parser {
  private readonly tokens: readonly Token[];
  private index = 0;
  private depth = 0;
  private parts = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  private get token(): Token {
    return this.tokens[this.index];
  }

  get isAtEnd(): boolean {
    return this.token.kind === "end";
  }

  /** One statement, and its semicolon, which may be left out at the end; an empty one is none. */
  statement(): readonly Statement[] {
    if (this.takes(";")) return [];
    this.parts = 0;
    const statement = this.isName("__var") ? this.declaration() : this.evaluation();
    if (!this.isAtEnd && !this.takes(";")) throw this.unexpected('";"');
    return [statement];
  }

  /** The format wants a value; where there is none, as in packs that pyOCD runs, it is 0. */
  private declaration(): Statement {
    this.index++;
    const { token } = this;
    if (token.kind !== "name") throw this.unexpected("a variable's name");
    this.index++;
    const value: Expression = this.takes("=") ? this.expression() : { kind: "number", value: 0n };
    return { kind: "declare", name: token.text, value, at: token.at };
  }

  private evaluation(): Statement {
    return { kind: "evaluate", expression: this.expression() };
  }

  /** An assignment, or what may stand right of one. */
  expression(): Expression {
    return this.nested(() => {
      const { at } = this.token;
      const left = this.choice();
      const { token } = this;
      const assigned = token.kind === "mark" ? ASSIGNMENT.exec(token.text) : undefined;
      if (!assigned) return left;
      if (left.kind !== "variable") throw invalidSequence("assignment", "Only a variable can be assigned to", at);
      this.index++;
      const operator = assigned[1] as BinaryOperator | undefined;
      const value = this.expression();
      return { kind: "assign", name: left.name, ...(operator && { operator }), value, at };
    });
  }

  private choice(): Expression {
    const condition = this.binary(0);
    if (!this.takes("?")) return condition;
    const whenTrue = this.expression();
    this.expect(":");
    const whenFalse = this.nested(() => this.choice());
    return { kind: "choice", condition, whenTrue, whenFalse };
  }

  private binary(level: number): Expression {
    const operators: readonly string[] | undefined = BINARY_LEVELS[level];
    if (!operators) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const { token } = this;
      if (token.kind !== "mark" || !operators.includes(token.text)) return left;
      this.index++;
      const operator = token.text as BinaryOperator;
      left = this.part({ kind: "binary", operator, left, right: this.binary(level + 1), at: token.at });
    }
  }

  private unary(): Expression {
    const { token } = this;
    const operator = token.kind === "mark" ? UNARY.find((one) => one === token.text) : undefined;
    if (!operator) return this.primary();
    this.index++;
    return this.nested(() =>
      this.part({ kind: "unary", operator: operator satisfies UnaryOperator, operand: this.unary() }),
    );
  }

  private primary(): Expression {
    const { token } = this;
    if (token.kind === "mark" && token.text === "(") return this.bracketed(token.at);
    if (token.kind === "number") {
      this.index++;
      return this.part({ kind: "number", value: token.value });
    }
    if (token.kind !== "name" || token.text === "__var") throw this.unexpected("a value");
    this.index++;
    if (this.takes("(")) return this.part({ kind: "call", name: token.text, args: this.args(), at: token.at });
    return this.part({ kind: "variable", name: token.text, at: token.at });
  }

  /** An expression in brackets; a type in brackets, as C's casts have it, is none of the language. */
  private bracketed(at: Position): Expression {
    this.index++;
    const inner = this.expression();
    this.expect(")");
    const { token } = this;
    const begins =
      token.kind === "number" || token.kind === "name" || (token.kind === "mark" && /^[(~!]$/.test(token.text));
    if (inner.kind === "variable" && begins)
      throw invalidSequence("cast", `(${inner.name}) would be a cast, which the language does not have`, at);
    return inner;
  }

  private args(): readonly Argument[] {
    if (this.takes(")")) return [];
    const args: Argument[] = [];
    do args.push(this.argument());
    while (this.takes(","));
    this.expect(")");
    return args;
  }

  private argument(): Argument {
    const { token } = this;
    if (token.kind !== "text") return this.expression();
    this.index++;
    return { kind: "text", text: token.text };
  }

  /** Counts a part of an expression, so that none has more than can be evaluated. */
  private part(expression: Expression): Expression {
    if (++this.parts > MOST.parts)
      throw invalidSequence("too-long", `An expression has more than ${MOST.parts} parts`, this.token.at);
    return expression;
  }

  private nested(read: () => Expression): Expression {
    if (++this.depth > MOST.depth)
      throw invalidSequence("too-deep", `An expression is nested more than ${MOST.depth} deep`, this.token.at);
    const expression = read();
    this.depth--;
    return expression;
  }

  private isName = (name: string): boolean => this.token.kind === "name" && this.token.text === name;

  private takes(mark: string): boolean {
    const { token } = this;
    if (token.kind !== "mark" || token.text !== mark) return false;
    this.index++;
    return true;
  }

  private expect(mark: string): void {
    if (!this.takes(mark)) throw this.unexpected(`"${mark}"`);
  }

  unexpected(wanted: string) {
    const { token } = this;
    const found = token.kind === "end" ? "the end" : token.kind === "number" ? String(token.value) : `"${token.text}"`;
    return invalidSequence("syntax", `${wanted} is expected, not ${found.slice(0, 40)}`, token.at);
  }
}
