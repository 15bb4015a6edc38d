/** The words behind the stub's code, by their offset; the target's side is `target/algorithm-stub/stub.c`. */
export const CALL_WORDS = {
  /** Written last, and cleared by the stub. */
  call: 0x00,
  result: 0x04,
  arguments: 0x08,
  staticBase: 0x18,
  stack: 0x1c,
  /** The result of a function that has failed; none is called after it. */
  failed: 0x20,
  /** What R9 held after the last call. */
  staticBaseAfter: 0x24,
} as const;

/** Bytes of the words. */
export const CALL_WORDS_LENGTH = 0x28;

/** In `call`: no function waits; the stub is to stop. */
export const [NO_CALL, STOP] = [0, 1] as const;
