/** Commands that the loader in RAM serves; the target's side is `target/nrf52-loader/loader.c`. */
export const COMMAND = {
  IDLE: 0,
  ERASE_PAGE: 1,
  PROGRAM: 2,
  BLANK_CHECK: 3,
  CRC: 4,
  ERASE_UICR: 5,
  QUIT: 6,
} as const;

/** The loader's status of a command that did not do its work. */
export const STATUS = { NOT_WRITTEN: 1, NOT_ERASED: 2 } as const;

/** The mailbox's words behind those that every mailbox begins with, by their offset. */
export const MAILBOX = {
  address: 0x0c,
  length: 0x10,
  thenAddress: 0x14,
  thenWord: 0x18,
  buffer: 0x1c,
  controller: 0x20,
  watchdog: 0x24,
  failed: 0x28,
  feeding: 0x2c,
} as const;

/** One word of the mailbox. */
export type MailboxWord = keyof typeof MAILBOX;

/** In `thenAddress`: no word follows the erase. */
export const NO_WORD = 0xffffffff;

/** Where things lie in the work RAM, from its start. */
export const LAYOUT = { code: 0x000, mailbox: 0x400, stackTop: 0x800, buffers: [0x800, 0xc00], end: 0x1000 } as const;
