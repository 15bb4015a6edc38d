/** Steps that the loader in RAM does; the target's side is `target/rp2040-flash/queue.c`. */
export const STEP = { ERASE_SECTOR: 1, ERASE_BLOCK: 2, PROGRAM: 3, QUIT: 4 } as const;

/** The status of a step on what the flash's status registers protect; they stand in its low half. */
export const PROTECTED = 0x10000000;
/** The bits of a status that hold `PROTECTED`. */
export const PROTECTED_MASK = 0xffff0000;

/** Bits that the list of permitted addresses has. */
export const LIST_BITS = 512;

/**
 * Where things lie in the work RAM, from its start: code, set-up with the progress behind it, stack below `stackTop`, the
 * ring of steps, and buffers. All of it is above the RAM of the hash routine. Where RAM is not given back, buffers take more
 * than a probe on high speed sends in the erase of 64 KB.
 */
export const LAYOUT = {
  start: 0x1000,
  code: 0x1000,
  setup: 0x1700,
  stackTop: 0x1a00,
  steps: 0x1a00,
  stepCount: 32,
  buffers: 0x2000,
  bufferSize: 0x400,
  bufferCounts: { kept: 2, given: 12 },
  given: { stepCount: 32, buffers: 0x2000, bufferSize: 0x1000, bufferCount: 16 },
  end: 0x12000,
} as const;
