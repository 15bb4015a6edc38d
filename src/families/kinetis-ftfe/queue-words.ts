/** Steps that the loader in RAM does; the target's side is `target/ftfe-queue/queue.c`. */
export const STEP = {
  ERASE_SECTOR: 1,
  PROGRAM_PHRASE: 2,
  PROGRAM: 3,
  ENSURE_BLANK: 4,
  ERASE_ALL: 5,
  QUIT: 6,
} as const;

/** In a step: no phrase follows the erase. */
export const NO_PHRASE = 0xffffffff;

/** How many sectors the list of permitted ones has room for. */
export const MOST_SECTORS = 512;

/**
 * Where things lie in the work RAM, from its start: code, set-up with the progress behind it, stack below `stackTop`, the
 * ring of steps, and buffers of one section each. All of it is above the RAM of the hash routine.
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
  /** Buffers of a job that gives RAM back, and of one that does not. */
  bufferCounts: { kept: 2, given: 8 },
  end: 0x3c00,
  kept: { stepCount: 8, buffers: 0x1780, bufferCount: 2, bufferSize: 0x400 },
  /** As much as a probe on full speed sends in the 870 ms of an erase of all blocks, a sector in each buffer. */
  long: { stepCount: 64, buffers: 0x2400, bufferCount: 36, bufferSize: 0x1000, end: 0x26400 },
} as const;
