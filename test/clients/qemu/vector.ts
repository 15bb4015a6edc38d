/** Bytes of one vector as the harness in `harness.S` lays it out. */
export const VECTOR_BYTES = 320;
/** Where the harness has the vector's code, its scratch memory and its stack. */
export const CODE_AT = 0x20000908;
export const SCRATCH_AT = 0x20001400;
export const STACK_AT = 0x20002400;

const CODE_BYTES = 56;
const OFFSETS = {
  psp: 52,
  lr: 56,
  pc: 60,
  xpsr: 64,
  fpscr: 68,
  floats: 72,
  scratch: 200,
  code: 264,
  ipsr: 268,
  masks: 272,
  hfsr: 276,
  bfar: 280,
} as const;

/** A core state before or after some code; `r` is r0-r12. */
export interface CoreState {
  readonly r: readonly number[];
  readonly psp: number;
  readonly lr: number;
  readonly xpsr: number;
  readonly fpscr: number;
  readonly floats: readonly number[];
  readonly scratch: Uint8Array;
}

/** One vector: a state and the code that runs on it. `psplim` counts on cores with stack limits. */
export interface Vector extends CoreState {
  readonly psplim: number;
  readonly code: Uint8Array;
}

/**
 * What QEMU or the twin made of a vector. `pc` counts from the code; `masks` are CONTROL, FAULTMASK, BASEPRI and PRIMASK as
 * bytes.
 */
export interface Result extends CoreState {
  readonly pc: number;
  readonly cfsr: number;
  readonly exception: number;
  readonly masks: number;
  readonly hfsr: number;
  readonly bfar: number;
}

function writeState(view: DataView, at: number, vector: Vector): void {
  for (const [n, value] of vector.r.entries()) view.setUint32(at + 4 * n, value, true);
  for (const name of ["psp", "lr", "xpsr", "fpscr"] as const) view.setUint32(at + OFFSETS[name], vector[name], true);
  view.setUint32(at + OFFSETS.pc, vector.psplim, true);
  for (const [n, value] of vector.floats.entries()) view.setUint32(at + OFFSETS.floats + 4 * n, value, true);
  for (const [n, value] of vector.scratch.entries()) view.setUint8(at + OFFSETS.scratch + n, value);
}

/** The harness's input file; unused code is `svc 0`. */
export function encodeVectors(vectors: readonly Vector[]): Uint8Array {
  const bytes = new Uint8Array(VECTOR_BYTES * vectors.length);
  const view = new DataView(bytes.buffer);
  vectors.forEach((vector, n) => {
    const at = VECTOR_BYTES * n;
    writeState(view, at, vector);
    for (let k = 0; k < CODE_BYTES; k += 2) view.setUint16(at + OFFSETS.code + k, 0xdf00, true);
    bytes.set(vector.code, at + OFFSETS.code);
  });
  return bytes;
}

/** One result of the harness's output file. */
export function decodeResult(bytes: Uint8Array, index: number): Result {
  const at = VECTOR_BYTES * index;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, VECTOR_BYTES);
  const word = (offset: number) => view.getUint32(offset, true);
  return {
    r: Array.from({ length: 13 }, (_, n) => word(4 * n)),
    psp: word(OFFSETS.psp),
    lr: word(OFFSETS.lr),
    pc: (word(OFFSETS.pc) - CODE_AT) | 0,
    xpsr: word(OFFSETS.xpsr),
    fpscr: word(OFFSETS.fpscr),
    floats: Array.from({ length: 32 }, (_, n) => word(OFFSETS.floats + 4 * n)),
    scratch: bytes.slice(at + OFFSETS.scratch, at + OFFSETS.scratch + 64),
    cfsr: word(OFFSETS.code),
    exception: word(OFFSETS.ipsr),
    masks: word(OFFSETS.masks),
    hfsr: word(OFFSETS.hfsr),
    bfar: word(OFFSETS.bfar),
  };
}

const WORDS = ["psp", "lr", "pc", "xpsr", "fpscr", "cfsr", "exception", "masks", "hfsr", "bfar"] as const;

/** All of a result as named words, for comparison and for storing differences. */
export function words(result: CoreState & Partial<Result>): ReadonlyMap<string, number> {
  const view = new DataView(result.scratch.buffer, result.scratch.byteOffset, 64);
  const named: [string, number][] = [
    ...result.r.map((value, n): [string, number] => [`r${n}`, value]),
    ...WORDS.map((name): [string, number] => [name, (result[name] ?? 0) >>> 0]),
    ...result.floats.map((value, n): [string, number] => [`s${n}`, value]),
    ...Array.from({ length: 16 }, (_, n): [string, number] => [`m${n}`, view.getUint32(4 * n, true)]),
  ];
  return new Map(named.map(([name, value]) => [name, value >>> 0]));
}
