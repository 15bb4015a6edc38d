/** Commands that the loader in RAM serves; the target's side is `target/stm32f4-loader/loader.c`. */
export const COMMAND = {
  IDLE: 0,
  ERASE_SECTOR: 1,
  PROGRAM: 2,
  BLANK_CHECK: 3,
  CRC: 4,
  ERASE_BANK: 5,
  QUIT: 6,
} as const;

/** The mailbox's words by their offset, behind those that every mailbox has (`COMMON_WORDS`). */
export const MAILBOX = {
  address: 0x0c,
  length: 0x10,
  buffer: 0x14,
  controller: 0x18,
  erase: 0x1c,
  psize: 0x20,
  watchdog: 0x24,
  failed: 0x28,
} as const;

/** One word of the mailbox. */
export type MailboxWord = keyof typeof MAILBOX;

/** The status of a blank check that found a programmed bit. */
export const NOT_BLANK = 0x20000000;
/** The status of a program command whose cells read back otherwise. */
export const NOT_PROGRAMMED = 0x40000000;

/** Where things lie in the work RAM, from its start: code, mailbox, stack below `stackTop`, and two buffers. */
export const LAYOUT = { code: 0x000, mailbox: 0x400, stackTop: 0x800, buffers: [0x800, 0xc00], end: 0x1000 } as const;
