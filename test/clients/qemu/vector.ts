/** Bytes of one vector as the harness in `harness.S` lays it out. */
export const VECTOR_BYTES = 320;
/** Where the harness has its vectors, its scratch memory and its stack. */
export const VECTORS_AT = 0x21000000;
export const SCRATCH_AT = 0x20010000;
export const STACK_AT = 0x20020000;

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
} as const;

/** A core state before or after some code; `r` is r0-r12. After: `cfsr` and `exception` say what ended it. */
export interface CoreState {
  readonly r: readonly number[];
  readonly psp: number;
  readonly lr: number;
  readonly pc: number;
  readonly xpsr: number;
  readonly fpscr: number;
  readonly floats: readonly number[];
  readonly scratch: Uint8Array;
}

/** One vector: a state and the code that runs on it. */
export interface Vector extends CoreState {
  readonly code: Uint8Array;
}

/** What QEMU or the twin made of a vector. */
export interface Result extends CoreState {
  readonly cfsr: number;
  readonly exception: number;
}

/** Address of the code slot of vector `index`. */
export const codeAddress = (index: number): number => VECTORS_AT + 64 + VECTOR_BYTES * index + OFFSETS.code;

function writeState(view: DataView, at: number, state: CoreState): void {
  for (const [n, value] of state.r.entries()) view.setUint32(at + 4 * n, value, true);
  for (const name of ["psp", "lr", "pc", "xpsr", "fpscr"] as const)
    view.setUint32(at + OFFSETS[name], state[name], true);
  for (const [n, value] of state.floats.entries()) view.setUint32(at + OFFSETS.floats + 4 * n, value, true);
  for (const [n, value] of state.scratch.entries()) view.setUint8(at + OFFSETS.scratch + n, value);
}

/** The harness's input file: a count, then the vectors; unused code is `svc 0`. */
export function encodeVectors(vectors: readonly Vector[]): Uint8Array {
  const bytes = new Uint8Array(64 + VECTOR_BYTES * vectors.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, vectors.length, true);
  vectors.forEach((vector, n) => {
    const at = 64 + VECTOR_BYTES * n;
    writeState(view, at, { ...vector, pc: codeAddress(n) });
    for (let k = 0; k < CODE_BYTES; k += 2) view.setUint16(at + OFFSETS.code + k, 0xdf00, true);
    bytes.set(vector.code, at + OFFSETS.code);
  });
  return bytes;
}

/** One result of the harness's output file; PC comes relative to the code slot. */
export function decodeResult(bytes: Uint8Array, index: number): Result {
  const at = VECTOR_BYTES * index;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, VECTOR_BYTES);
  const word = (offset: number) => view.getUint32(offset, true);
  return {
    r: Array.from({ length: 13 }, (_, n) => word(4 * n)),
    psp: word(OFFSETS.psp),
    lr: word(OFFSETS.lr),
    pc: (word(OFFSETS.pc) - codeAddress(index)) | 0,
    xpsr: word(OFFSETS.xpsr),
    fpscr: word(OFFSETS.fpscr),
    floats: Array.from({ length: 32 }, (_, n) => word(OFFSETS.floats + 4 * n)),
    scratch: bytes.slice(at + OFFSETS.scratch, at + OFFSETS.scratch + 64),
    cfsr: word(OFFSETS.code),
    exception: word(OFFSETS.ipsr),
  };
}

/** All of a result as named words, for comparison and for storing differences. */
export function words(result: CoreState & Partial<Result>): ReadonlyMap<string, number> {
  const view = new DataView(result.scratch.buffer, result.scratch.byteOffset, 64);
  const named: [string, number][] = [
    ...result.r.map((value, n): [string, number] => [`r${n}`, value]),
    ...(["psp", "lr", "pc", "xpsr", "fpscr", "cfsr", "exception"] as const).map((name): [string, number] => [
      name,
      (result[name] ?? 0) >>> 0,
    ]),
    ...result.floats.map((value, n): [string, number] => [`s${n}`, value]),
    ...Array.from({ length: 16 }, (_, n): [string, number] => [`m${n}`, view.getUint32(4 * n, true)]),
  ];
  return new Map(named.map(([name, value]) => [name, value >>> 0]));
}
