import fc from "fast-check";

/** Where the subroutines of every program stand, as byte offsets from its start, and where its main part begins. */
const SUBROUTINES = [0x00, 0x04, 0x0e] as const;
/** adds r0, #1; bx lr | push {r1, lr}; eors r1, r0; adds r2, r2, r1; nop; pop {r1, pc} | a loop of five rounds; bx lr */
const SUBROUTINE_CODE = [
  0x3001, 0x4770, 0xb502, 0x4041, 0x1852, 0xbf00, 0xbd02, 0x2305, 0x18c9, 0x3b01, 0xd1fc, 0x4770,
]; // biome-ignore format: a table
/** Byte offset of the first instruction. */
export const MAIN = 2 * SUBROUTINE_CODE.length;

/** A piece of a program; what it becomes depends on its byte offset from the program's start. */
type Piece = (at: number) => readonly number[];

const piece =
  (...halfwords: readonly number[]): Piece =>
  () =>
    halfwords;
const low = fc.integer({ min: 0, max: 3 });
const byte = fc.integer({ min: 0, max: 255 });
const triple = fc.tuple(low, low, low);

/** BL to a byte offset. */
function call(at: number, to: number): readonly number[] {
  const by = to - at - 4;
  const sign = by < 0 ? 1 : 0;
  return [0xf000 | (sign << 10) | ((by >> 12) & 0x3ff), 0xd000 | (1 << 13) | (1 << 11) | ((by >> 1) & 0x7ff)];
}

/** B<condition>.W back to a byte offset. */
function back(condition: number, at: number, to: number): readonly number[] {
  const by = to - at - 4;
  return [0xf400 | (condition << 6) | ((by >> 12) & 0x3f), 0xa800 | ((by >> 1) & 0x7ff)];
}

/** Sixteen-bit operations on R0 to R3. */
const alu = fc.oneof(
  fc.tuple(fc.integer({ min: 0, max: 15 }), low, low).map(([op, m, d]) => 0x4000 | (op << 6) | (m << 3) | d),
  fc
    .tuple(fc.integer({ min: 0, max: 3 }), triple)
    .map(([op, [d, n, m]]) => 0x1800 | (op << 9) | (m << 6) | (n << 3) | d),
  fc.tuple(fc.integer({ min: 0, max: 3 }), low, byte).map(([op, d, imm]) => 0x2000 | (op << 11) | (d << 8) | imm),
  fc
    .tuple(fc.integer({ min: 0, max: 2 }), low, low, fc.integer({ min: 1, max: 31 }))
    .map(([op, d, m, by]) => (op << 11) | (by << 6) | (m << 3) | d),
  fc
    .tuple(fc.constantFrom(0xb200, 0xb240, 0xb280, 0xb2c0, 0xba00, 0xba40, 0xbac0), low, low)
    .map(([op, m, d]) => op | (m << 3) | d),
  fc.tuple(low, low).map(([d, m]) => 0x4400 | (m << 3) | d), // add
);

/** Loads and stores around R7 (RAM), R6 (registers of the chip) and, for one with a wild offset, anywhere. */
const memory = fc.oneof(
  ...[0x6838, 0x6038, 0x7838, 0x7038, 0x8838, 0x8038].map((op) =>
    fc.tuple(low, fc.integer({ min: 0, max: 7 })).map(([d, imm]) => op | (imm << 6) | d),
  ),
  fc.tuple(fc.constantFrom(0x6830, 0x7830, 0x8830), low).map(([op, d]) => op | d), // of the register that changes
  fc.constantFrom(0x6870, 0x7930, 0x88b0), // ldr r0, ldrb r0, ldrh r0, [r6, #4]: the counter
  fc.tuple(fc.constantFrom(0x60b0, 0x60f0, 0x6130, 0x6170, 0x61b0, 0x61f0), low).map(([op, d]) => op | d), // str: strange things
  fc
    .tuple(fc.constantFrom(0x5000, 0x5200, 0x5400, 0x5600, 0x5800, 0x5a00, 0x5c00, 0x5e00), low, low)
    .map(([op, d, m]) => op | (m << 6) | (7 << 3) | d),
  fc.tuple(low, fc.integer({ min: 0, max: 12 })).map(([d, imm]) => 0x4800 | (d << 8) | imm), // ldr literal
  fc.tuple(low, fc.integer({ min: 0, max: 7 })).map(([d, imm]) => 0x9000 | (d << 8) | imm), // str [sp]
  fc.tuple(low, fc.integer({ min: 0, max: 7 })).map(([d, imm]) => 0x9800 | (d << 8) | imm), // ldr [sp]
);

const short = fc.oneof({ weight: 4, arbitrary: alu }, { weight: 2, arbitrary: memory }, fc.constant(0xbf00));

/** Thirty-two-bit operations: R0 to R3 in place of a 1 in D, N and M; R7 to R11 are bases. */
const wide = fc
  .tuple(
    fc.constantFrom<readonly number[]>(
      [0xfb00, 0xf000, 1, 1, 1], [0xfb00, 0x2000, 1, 1, 1], [0xfb00, 0x2010, 1, 1, 1], // mul, mla, mls
      [0xfba0, 0x4c00, 0, 1, 1], [0xfb80, 0x4c00, 0, 1, 1], // umull, smull r4.. into r12 and r4's place: see below
      [0xfbb0, 0xf0f0, 1, 1, 1], [0xfb90, 0xf0f0, 1, 1, 1], // udiv, sdiv
      [0xf3c0, 0x0107, 1, 1, 0], [0xf340, 0x0107, 1, 1, 0], [0xf360, 0x0187, 1, 1, 0], // ubfx, sbfx, bfi
      [0xeb00, 0x00c0, 1, 1, 1], [0xeba0, 0x1050, 1, 1, 1], [0xea00, 0x00a0, 1, 1, 1], [0xea80, 0x0060, 1, 1, 1],
      [0xeb10, 0x0000, 1, 1, 1], [0xebb0, 0x0000, 1, 1, 1], [0xeb50, 0x0000, 1, 1, 1], [0xeb70, 0x0000, 1, 1, 1],
      [0xf110, 0x0080, 1, 1, 0], [0xf1b0, 0x4000, 1, 1, 0], [0xf080, 0x3055, 1, 1, 0], [0xf1d0, 0x0017, 1, 1, 0],
      [0xfab0, 0xf080, 1, 0, 2], [0xfa90, 0xf0a0, 1, 0, 2], // clz, rbit
      [0xf857, 0x0b04, 3, 0, 0], [0xf847, 0x0d04, 3, 0, 0], [0xf817, 0x0b01, 3, 0, 0], [0xf807, 0x0b01, 3, 0, 0], // post, pre
      [0xe9d7, 0x0102, 0, 0, 0], [0xe9c7, 0x2302, 0, 0, 0], // ldrd, strd
      [0xe897, 0x000f, 0, 0, 0], [0xe887, 0x000f, 0, 0, 0], [0xe8b7, 0x0006, 0, 0, 0], [0xe927, 0x0006, 0, 0, 0], // ldm, stm
      [0xe857, 0x0f00, 3, 0, 0], [0xe847, 0x0100, 3, 0, 0], // ldrex, strex
      [0xf8d8, 0x0018, 3, 0, 0], [0xf8d9, 0x0004, 3, 0, 0], [0xf8c9, 0x0008, 3, 0, 0], // SysTick's value, the other RAM
      [0xf8da, 0x0004, 3, 0, 0], // CYCCNT
      [0xfa80, 0xf080, 1, 1, 1], [0xfa90, 0xf040, 1, 1, 1], // qadd and its kind
      [0xee30, 0x0a20, 0, 0, 0], [0xee00, 0x0a10, 3, 0, 0], [0xee10, 0x0a10, 3, 0, 0], // vadd.f32, vmov
      [0xf3ef, 0x8000, 1, 0, 0], [0xf380, 0x8800, 0, 1, 0], // mrs, msr apsr
    ),
    triple,
  )
  .map(([[first, second, d, n, m], [rd, rn, rm]]) => {
    const target = d === 1 ? rd << 8 : d === 3 ? rd << 12 : 0;
    return piece(first | (n === 1 ? rn : m === 2 ? rm : 0), second | target | (m === 0 ? 0 : rm));
  }); // biome-ignore format: a table

/** IT with one to four instructions of either condition. */
const itBlock = fc
  .tuple(fc.integer({ min: 0, max: 13 }), fc.array(fc.tuple(fc.boolean(), short), { minLength: 1, maxLength: 4 }))
  .map(([condition, list]) => {
    const bits = list.slice(1).map(([same]) => (same ? condition & 1 : ~condition & 1));
    const mask = [...bits, 1].reduce((all, bit, n) => all | (bit << (3 - n)), 0);
    return piece(0xbf00 | (condition << 4) | mask, ...list.map(([, half]) => half));
  });

const skip = fc
  .tuple(fc.integer({ min: 0, max: 13 }), fc.array(short, { minLength: 1, maxLength: 4 }))
  .map(([condition, list]) => piece(0xd000 | (condition << 8) | (list.length - 1), ...list));

const compareAndSkip = fc
  .tuple(low, fc.boolean(), fc.array(short, { minLength: 1, maxLength: 3 }))
  .map(([n, non, list]) => piece(0xb100 | (non ? 0x800 : 0) | ((list.length - 1) << 3) | n, ...list));

const callOne = fc.constantFrom(...SUBROUTINES).map(
  (to): Piece =>
    (at) =>
      call(at, to),
);

/** ubfx r12, r0, #0, #2; tbb [pc, r12] with four entries. */
const table = fc
  .array(short, { minLength: 4, maxLength: 4 })
  .map((list) => piece(0xf3c0, 0x0c01, 0xe8df, 0xf00c, 0x0302, 0x0504, ...list));

/** The same with tbh. */
const wideTable = fc
  .array(short, { minLength: 4, maxLength: 4 })
  .map((list) => piece(0xf3c0, 0x0c01, 0xe8df, 0xf01c, 4, 5, 6, 7, ...list));

/** subw r12, pc, #...; blx r12: a subroutine by its address. */
const callByAddress = fc.constantFrom(...SUBROUTINES).map(
  (to): Piece =>
    (at) => {
      const by = ((at + 4) & ~3) - to - 1;
      return [0xf2af | ((by >> 11) << 10), (((by >> 8) & 7) << 12) | 0xc00 | (by & 0xff), 0x47e0];
    },
);

/** b over some code. */
const jump = fc.array(short, { minLength: 1, maxLength: 3 }).map((list) => piece(0xe000 | (list.length - 1), ...list));

/** push {r0-r2}, some code, pop {r0-r2}. */
const saved = fc.array(short, { maxLength: 3 }).map((list) => piece(0xb407, ...list, 0xbc07));

/** cpsid i, cpsie i, svc, wfe, an undefined instruction, sev, bkpt. */
const system = fc.constantFrom(0xb672, 0xb662, 0xdf00, 0xbf20, 0xde00, 0xbf40, 0xbe00).map((half) => piece(half));

const simple: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 12, arbitrary: short.map((half) => piece(half)) },
  { weight: 6, arbitrary: wide },
  ...[itBlock, skip, compareAndSkip, callOne, callByAddress].map((arbitrary) => ({ weight: 2, arbitrary })),
  ...[table, wideTable, jump, saved, system].map((arbitrary) => ({ weight: 1, arbitrary })),
);

function place(pieces: readonly Piece[], at: number): number[] {
  const code: number[] = [];
  for (const one of pieces) code.push(...one(at + 2 * code.length));
  return code;
}

/** A loop that counts a register down; its last branch is short or wide, conditional. */
const loopOf =
  (register: number, count: number, body: readonly Piece[]): Piece =>
  (at) => {
    const start = at + 2;
    const inner = place(body, start);
    const end = start + 2 * inner.length + 2;
    return [0x2000 | (register << 8) | count, ...inner, 0x3801 | (register << 8), ...back(1, end, start)];
  };

const loop = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.array(simple, { minLength: 1, maxLength: 8 }))
  .map(([count, body]) => loopOf(5, count, body));

/** Loops in a loop, for ever: the halfwords from the program's start on. */
export const anyLoops: fc.Arbitrary<readonly number[]> = fc
  .tuple(
    fc.integer({ min: 1, max: 20 }),
    fc.array(fc.oneof({ weight: 2, arbitrary: simple }, { weight: 1, arbitrary: loop }), {
      minLength: 1,
      maxLength: 8,
    }),
  )
  .map(([count, pieces]) => {
    const body = loopOf(4, count, pieces)(MAIN);
    const end = MAIN + 2 * body.length;
    return [...SUBROUTINE_CODE, ...body, 0xe000 | (((MAIN - end - 4) >> 1) & 0x7ff)];
  });
