import { coldOp } from "./cold-ops.ts";
import { operands } from "./ops-alu.ts";
import type { State } from "../state.ts";

/** One element (halfword or byte): from which bits of the operands. */
interface Element {
  readonly n: number;
  readonly m: number;
  readonly subtract: boolean;
}

/** The two unallocated forms; decoders never emit them. */
const NONE: readonly Element[] = [];
const elements16 = (lowSubtract: boolean, highSubtract: boolean, exchange: boolean): readonly Element[] => [
  { n: 0, m: exchange ? 16 : 0, subtract: lowSubtract },
  { n: 16, m: exchange ? 0 : 16, subtract: highSubtract },
];
const elements8 = (subtract: boolean): readonly Element[] => [0, 8, 16, 24].map((at) => ({ n: at, m: at, subtract }));

/** By bits 6:4 of the first halfword (ARMv7-M ARM A5.3.16): ADD8, ADD16, ASX, -, SUB8, SUB16, SAX, -. */
const FORMS: readonly (readonly Element[])[] = [
  elements8(false),
  elements16(false, false, false),
  elements16(true, false, true),
  NONE,
  elements8(true),
  elements16(true, true, false),
  elements16(false, true, true),
  NONE,
];

const SATURATING = 1;
const HALVING = 2;

const field = (value: number, at: number, width: number, unsigned: boolean): number =>
  unsigned ? (value >>> at) & (2 ** width - 1) : (value << (32 - width - at)) >> (32 - width);

function clamp(value: number, width: number, unsigned: boolean): number {
  const low = unsigned ? 0 : -(2 ** (width - 1));
  const high = unsigned ? 2 ** width - 1 : 2 ** (width - 1) - 1;
  return Math.max(low, Math.min(high, value));
}

/** GE of one element: no borrow or carry-out for unsigned, not negative for signed. */
function reached(result: number, subtract: boolean, width: number, unsigned: boolean): boolean {
  return unsigned && !subtract ? result >= 2 ** width : result >= 0;
}

function elementResult(value: number, kind: number, width: number, unsigned: boolean): number {
  if (kind === SATURATING) return clamp(value, width, unsigned);
  return kind === HALVING ? value >> 1 : value;
}

/** imm: form in bits 2:0, kind (0 wrapping, 1 saturating, 2 halving) in 4:3, unsigned in 5. */
function parallel(s: State, x: number, imm: number): void {
  const [n, m] = operands(s, x);
  const elements = FORMS[imm & 7];
  const width = 32 / elements.length;
  const kind = (imm >> 3) & 3;
  const unsigned = (imm & 32) !== 0;
  let result = 0;
  let ge = 0;
  for (const element of elements) {
    const a = field(n, element.n, width, unsigned);
    const b = field(m, element.m, width, unsigned);
    const value = element.subtract ? a - b : a + b;
    if (reached(value, element.subtract, width, unsigned)) ge |= (2 ** (width / 8) - 1) << (element.n / 8);
    result |= (elementResult(value, kind, width, unsigned) & (2 ** width - 1)) << element.n;
  }
  s.r[x & 15] = result;
  if (kind === 0) s.ge = ge;
}

/** SADD8 to UHSAX: parallel addition and subtraction. */
export const PARALLEL = coldOp((core, x, imm) => parallel(core.state, x, imm));
