// What the page and the worker that decodes instructions exchange: code in, instructions out.

/** Bytes that hold Thumb instructions. */
export interface CodeBytes {
  /** Address of the first byte. */
  readonly start: number;
  readonly bytes: Uint8Array;
  /** An address among them at which an instruction is known to begin. */
  readonly at: number;
}

/** One instruction in words. */
export interface ShownInstruction {
  readonly address: number;
  /** 2 or 4 bytes. */
  readonly length: number;
  /** Mnemonic and operands; `.inst` and the bytes for an encoding that means nothing. */
  readonly text: string;
}

/** Code on its way to the worker. */
export interface CodeRequest extends CodeBytes {
  readonly id: number;
}

/** What comes back: the instructions, or why there are none. */
export type CodeReply =
  | { readonly id: number; readonly instructions: readonly ShownInstruction[] }
  | { readonly id: number; readonly why: string };
