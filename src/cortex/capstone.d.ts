/** The part of the disassembler package that `disasm.ts` uses; the package brings no types. */
declare module "@alexaltea/capstone-js" {
  /** One decoded instruction. */
  export interface Instruction {
    readonly address: bigint;
    readonly size: number;
    readonly mnemonic: string;
    readonly op_str: string;
  }
  /** The loaded library. */
  export interface Library {
    readonly ARCH_ARM: number;
    readonly MODE_THUMB: number;
    readonly MODE_MCLASS: number;
    readonly Capstone: new (
      arch: number,
      mode: number,
    ) => { disasm(bytes: Uint8Array, address: number): readonly Instruction[] };
  }
  /** Loads the library; takes some tens of milliseconds. Without bytes it reads the file beside its script. */
  export default function load(given: { readonly wasmBinary?: Uint8Array }): Promise<Library>;
}
