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

let decoder: Promise<Decoder> | undefined;

/** Decodes one Thumb instruction of an ARMv7-M core; the disassembler is loaded at the first call. */
export async function disassemble(bytes: Uint8Array, address: number): Promise<DecodedInstruction> {
  decoder ??= load();
  const first = firstOf(await decoder, bytes, address);
  if (!first) return undecoded(bytes, address);
  const text = `${first.mnemonic} `.padEnd(COLUMN) + first.op_str;
  return { address, length: first.size, text: text.trimEnd().toUpperCase().replaceAll("#0X", "#0x") };
}

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

async function load(): Promise<Decoder> {
  const { default: loadLibrary } = await import("@alexaltea/capstone-js");
  const library = await loadLibrary();
  return new library.Capstone(library.ARCH_ARM, library.MODE_THUMB | library.MODE_MCLASS);
}

/** A halfword from 0xE800 up begins an instruction of two (ARMv7-M ARM (DDI 0403E), A5.1). */
function undecoded(bytes: Uint8Array, address: number): DecodedInstruction {
  const half = (at: number) => (bytes[at] | (bytes[at + 1] << 8)).toString(16).toUpperCase().padStart(4, "0");
  const length = bytes.length >= 4 && bytes[1] >= 0xe8 ? 4 : 2;
  return { address, length, text: `.inst   0x${half(0)}${length === 4 ? half(2) : ""}` };
}
