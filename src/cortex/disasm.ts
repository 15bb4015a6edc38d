import type { Instruction, Library } from "@alexaltea/capstone-js";

/** One instruction in words. */
export interface DecodedInstruction {
  readonly address: number;
  /** 2 or 4 bytes. */
  readonly length: number;
  /** `ADD.W  R0, R5, #1`; `.inst  0xDE00` for an encoding that means nothing. */
  readonly text: string;
}

type Decoder = InstanceType<Library["Capstone"]>;

/** Gives the disassembler's WebAssembly, for a host whose scripts have no files beside them. */
export type LoadWasm = () => Promise<Uint8Array>;

let decoder: Promise<Decoder> | undefined;

/**
 * Decodes one Thumb instruction of an ARMv7-M core; the disassembler is loaded at the first call. Throws what loading it
 * throws, and loads it anew at the next call.
 */
export async function disassemble(
  bytes: Uint8Array,
  address: number,
  loadWasm?: LoadWasm,
): Promise<DecodedInstruction> {
  return instructionAt(await loaded(loadWasm), bytes, address);
}

/**
 * Decodes bytes around an address at which an instruction begins, such as PC. What lies before it is decoded from the first
 * halfword from which an instruction begins there: Thumb can't be read backwards, so these may be others than the program's
 * (unsure), and those in the first 16 bytes are left out: decoding has fallen into step by then, mostly. An instruction that is cut off at the end is left out. Throws what loading the disassembler throws.
 */
export async function disassembleAround(
  { start, bytes, at }: { readonly start: number; readonly bytes: Uint8Array; readonly at: number },
  loadWasm?: LoadWasm,
): Promise<readonly DecodedInstruction[]> {
  const decode = await loaded(loadWasm);
  const [before, from] = [bytes.subarray(0, at - start), bytes.subarray(at - start)];
  const leading = leadingUp(decode, before, start).filter(({ address }) => address >= start + FALLS_INTO_STEP);
  return [...leading, ...allFrom(decode, from, at)];
}

/** Bytes from which on a wrong beginning has no effect any more, mostly. */
const FALLS_INTO_STEP = 0x10;

function leadingUp(decode: Decoder, bytes: Uint8Array, start: number): readonly DecodedInstruction[] {
  for (let skip = 0; skip < bytes.length; skip += 2) {
    const found = allFrom(decode, bytes.subarray(skip), start + skip);
    const length = found.reduce((sum, each) => sum + each.length, 0);
    if (skip + length === bytes.length) return found;
  }
  return [];
}

function allFrom(decode: Decoder, bytes: Uint8Array, start: number): readonly DecodedInstruction[] {
  const found: DecodedInstruction[] = [];
  let at = 0;
  while (at + (isWide(bytes, at) ? 4 : 2) <= bytes.length) {
    const next = instructionAt(decode, bytes.subarray(at, at + 4), start + at);
    found.push(next);
    at += next.length;
  }
  return found;
}

/** A halfword from 0xE800 up begins an instruction of two (ARMv7-M ARM (DDI 0403E), A5.1). */
const isWide = (bytes: Uint8Array, at: number): boolean => bytes[at + 1] >= 0xe8;

function instructionAt(decode: Decoder, bytes: Uint8Array, address: number): DecodedInstruction {
  const first = firstOf(decode, bytes, address);
  if (!first) return undecoded(bytes, address);
  const text =
    `${first.mnemonic} `.padEnd(COLUMN) + first.op_str.replaceAll(/\b(sb|sl|fp|ip)\b/g, (name) => NUMBERED[name]);
  return { address, length: first.size, text: text.trimEnd().toUpperCase().replaceAll("#0X", "#0x") };
}

/** Names of the procedure call standard (AAPCS32, 6.1.1), in place of which the registers' own stand everywhere else. */
const NUMBERED: { readonly [name: string]: string } = { sb: "r9", sl: "r10", fp: "r11", ip: "r12" };

/** Where the operands begin. */
const COLUMN = 8;

/** The package throws for bytes that it can't decode. */
function firstOf(decode: Decoder, bytes: Uint8Array, address: number): Instruction | undefined {
  try {
    return decode.disasm(bytes, address)[0];
  } catch {
    return undefined;
  }
}

function loaded(loadWasm: LoadWasm | undefined): Promise<Decoder> {
  decoder ??= load(loadWasm).catch((error: unknown) => {
    decoder = undefined;
    throw error;
  });
  return decoder;
}

async function load(loadWasm: LoadWasm | undefined): Promise<Decoder> {
  const { default: loadLibrary } = await import("@alexaltea/capstone-js");
  const library = await loadLibrary(loadWasm ? { wasmBinary: await loadWasm() } : {});
  return new library.Capstone(library.ARCH_ARM, library.MODE_THUMB | library.MODE_MCLASS);
}

function undecoded(bytes: Uint8Array, address: number): DecodedInstruction {
  const half = (at: number) => (bytes[at] | (bytes[at + 1] << 8)).toString(16).toUpperCase().padStart(4, "0");
  const length = bytes.length >= 4 && isWide(bytes, 0) ? 4 : 2;
  return { address, length, text: `.inst   0x${half(0)}${length === 4 ? half(2) : ""}` };
}
