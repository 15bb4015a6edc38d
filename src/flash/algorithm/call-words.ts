/** The words behind the stub's code, by their offset; the target's side is `target/algorithm-stub/stub.c`. */
export const CALL_WORDS = {
  /** What the host sets once: R9 and SP of every call, bytes of all slots less one. */
  staticBase: 0x00,
  stack: 0x04,
  mask: 0x08,
  /** Not 0 after a call that has failed or has changed R9, and after a spoiled slot: nothing is called any more. */
  stopped: 0x0c,
  /** The offset of the slot that comes next. */
  next: 0x10,
  /** How many slots have ended. */
  ended: 0x14,
  slots: 0x18,
} as const;

/** Bytes of the words that only the host writes. */
export const SET_WORDS_LENGTH = 0x0c;

/** The words of a slot. */
export const SLOT_WORDS = {
  /** Written last, and cleared by the stub. */
  function: 0x00,
  arguments: 0x04,
  check: 0x14,
  result: 0x18,
  /** What R9 held after the call. */
  staticBaseAfter: 0x1c,
} as const;

/** Bytes of a slot. */
export const SLOT_LENGTH = 0x20;

/** Bytes of the words with so many slots. */
export const callWordsLength = (slots: number): number => CALL_WORDS.slots + SLOT_LENGTH * slots;

/** In a slot's `function`: none waits; the stub is to stop. */
export const [NO_CALL, STOP] = [0, 1] as const;

/** The check of a slot: each word is added to the sum of those before, turned right by five bits. */
export const slotCheck = (words: readonly number[]): number =>
  words.reduce((sum, word) => (((sum >>> 5) | (sum << 27)) + word) >>> 0, 0);
