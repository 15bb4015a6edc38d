import { MICROSECOND, MILLISECOND, type Picoseconds, SECOND } from "../../../../base/clock.ts";
import type { FlashSpeed } from "../../../chip/flash-model.ts";

/** The time of each flash command in picoseconds. */
export interface FlashTimes {
  readonly eraseSector: Picoseconds;
  readonly programPhrase: Picoseconds;
  /** PGMSEC, for every 16 bytes. */
  readonly programDoublePhrase: Picoseconds;
  readonly readSection: Picoseconds;
  readonly eraseBlock: Picoseconds;
  /** ERSALL and the MDM-AP's mass erase. */
  readonly eraseAll: Picoseconds;
  readonly readBlock: Picoseconds;
  readonly programCheck: Picoseconds;
  readonly readResource: Picoseconds;
  readonly readAll: Picoseconds;
  readonly readOnce: Picoseconds;
  readonly programOnce: Picoseconds;
  readonly verifyKey: Picoseconds;
  readonly swapReport: Picoseconds;
}

/** Read commands have a maximum only in the data sheet; it stands for both. K64/K24 120 MHz data sheet, (unsure). */
const READS = {
  readSection: 100 * MICROSECOND,
  readBlock: 1.8 * MILLISECOND,
  programCheck: 95 * MICROSECOND,
  readResource: 40 * MICROSECOND,
  readAll: 3.4 * MILLISECOND,
  readOnce: 30 * MICROSECOND,
  verifyKey: 30 * MICROSECOND,
  swapReport: 30 * MICROSECOND,
} as const;

const TYPICAL: FlashTimes = {
  ...READS,
  eraseSector: 14 * MILLISECOND,
  programPhrase: 90 * MICROSECOND,
  programDoublePhrase: 78.125 * MICROSECOND,
  eraseBlock: 435 * MILLISECOND,
  eraseAll: 870 * MILLISECOND,
  programOnce: 90 * MICROSECOND,
};

const MAXIMUM: FlashTimes = {
  ...READS,
  eraseSector: 114 * MILLISECOND,
  programPhrase: 225 * MICROSECOND,
  programDoublePhrase: 312.5 * MICROSECOND,
  eraseBlock: 3.7 * SECOND,
  eraseAll: 7.4 * SECOND,
  programOnce: 225 * MICROSECOND,
};

const ZERO = Object.fromEntries(Object.keys(TYPICAL).map((name) => [name, 0])) as unknown as FlashTimes;

/** The project's time model for the FTFE (see the table in the documentation; a test pins it). */
export const FLASH_TIMES: { readonly [speed in FlashSpeed]: FlashTimes } = { typ: TYPICAL, max: MAXIMUM, zero: ZERO };
