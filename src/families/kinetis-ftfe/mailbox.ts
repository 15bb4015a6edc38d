/** Commands that the loader in RAM serves; the target's side is `target/ftfe-loader/loader.c`. */
export const COMMAND = {
  IDLE: 0,
  ERASE_SECTOR: 1,
  PROGRAM_PHRASE: 2,
  PROGRAM: 3,
  BLANK_CHECK: 4,
  CRC: 5,
  ERASE_ALL: 6,
  QUIT: 7,
} as const;

/** The mailbox's words by their offset, behind those that every mailbox has (`COMMON_WORDS`). */
export const MAILBOX = {
  address: 0x0c,
  length: 0x10,
  phraseAddress: 0x14,
  phrase0: 0x18,
  phrase1: 0x1c,
  buffer: 0x20,
  controller: 0x24,
  sectionBuffer: 0x28,
  sectionSize: 0x2c,
  watchdog: 0x30,
  failed: 0x34,
} as const;

/** One word of the mailbox. */
export type MailboxWord = keyof typeof MAILBOX;

/** In `phraseAddress`: no phrase follows the erase. */
export const NO_PHRASE = 0xffffffff;

/**
 * Where things lie in the work RAM, from its start: code, mailbox, stack below `stackTop`, and two buffers for the data
 * of PROGRAM: one is filled while the other is programmed.
 */
export const LAYOUT = { code: 0x000, mailbox: 0x400, stackTop: 0x800, buffers: [0x800, 0xc00], end: 0x1000 } as const;
