/** Steps that the loader in RAM does; the target's side is `target/stm32f4-queue/queue.c`. */
export const STEP = { ERASE_SECTOR: 1, PROGRAM: 2, ENSURE_BLANK: 3, ERASE_BANK: 4, QUIT: 5 } as const;

/** The status of an erase that left a programmed bit. */
export const NOT_BLANK = 0x20000000;
/** The status of a write whose cells read back otherwise. */
export const NOT_PROGRAMMED = 0x40000000;

/** The list of permitted addresses has a bit for each 16 KB: sectors are multiples of it. */
export const UNIT_SHIFT = 14;

/**
 * Where things lie in the work RAM, from its start: code, set-up with the progress behind it, stack below `stackTop`, the
 * ring of steps, and buffers. All of it is above the RAM of the hash routine. Where RAM is not given back, buffers take as
 * much as a probe on full speed sends in the erase of a sector.
 */
export const LAYOUT = {
  start: 0x1000,
  code: 0x1000,
  setup: 0x1480,
  stackTop: 0x1600,
  steps: 0x1600,
  stepCount: 32,
  buffers: 0x1c00,
  bufferSize: 0x400,
  bufferCounts: { kept: 2, given: 12 },
  kept: { stepCount: 8, buffers: 0x1780, bufferCount: 2, bufferSize: 0x400 },
  given: { stepCount: 32, buffers: 0x1c00, bufferSize: 0x1000, bufferCount: 12 },
  end: 0xdc00,
} as const;
