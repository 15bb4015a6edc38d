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
 * ring of steps, and buffers of one section each, from a multiple of 1 KB on: what TAR counts through without being written
 * again. All of it is above the RAM of the hash routine, and nothing is left out where RAM is given back.
 */
export const LAYOUT = {
  start: 0x1160,
  code: 0x1160,
  setup: 0x1500,
  stackTop: 0x1680,
  steps: 0x1680,
  stepCount: 32,
  buffers: 0x2000,
  bufferSize: 0x400,
  /** Buffers of a job that gives RAM back, and of one that does not. */
  bufferCounts: { kept: 2, given: 8 },
  end: 0x4000,
  kept: { stepCount: 8, buffers: 0x1800, bufferCount: 2, bufferSize: 0x400 },
  /** As much as a probe on full speed sends in the 870 ms of an erase of all blocks, a sector in each buffer. */
  long: { stepCount: 64, buffers: 0x2400, bufferCount: 36, bufferSize: 0x1000, end: 0x26400 },
} as const;
