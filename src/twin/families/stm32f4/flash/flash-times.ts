import { MICROSECOND, MILLISECOND, type Picoseconds } from "../../../../base/clock.ts";
import type { FlashSpeed } from "../../../chip/flash-model.ts";

/** Erase times by the program width 8, 16, 32 bits (STM32F40x data sheet, flash memory programming; recalled, (unsure)). */
interface EraseTimes {
  readonly sector16K: Picoseconds;
  readonly sector64K: Picoseconds;
  readonly sector128K: Picoseconds;
  /** One megabyte. */
  readonly bank: Picoseconds;
}

const ms = (a: number, b: number, c: number, d: number): EraseTimes => ({
  sector16K: a * MILLISECOND,
  sector64K: b * MILLISECOND,
  sector128K: c * MILLISECOND,
  bank: d * MILLISECOND,
});

const ERASE: { readonly [speed in Exclude<FlashSpeed, "zero">]: readonly EraseTimes[] } = {
  typ: [ms(400, 1200, 2000, 16_000), ms(300, 700, 1300, 11_000), ms(250, 550, 1000, 8_000)],
  max: [ms(800, 2400, 4000, 32_000), ms(600, 1400, 2600, 22_000), ms(500, 1100, 2000, 16_000)],
};

/** A write of any width. */
const PROGRAM = { typ: 16 * MICROSECOND, max: 100 * MICROSECOND, zero: 0 } as const;
/** The option bytes, which are erased and programmed as one small sector (unsure). */
const OPTIONS = { typ: 260 * MILLISECOND, max: 520 * MILLISECOND, zero: 0 } as const;

/** CR.PSIZE as a row of the table; ×64 erases as ×32 does (unsure). */
const timesOf = (speed: FlashSpeed, psize: number): EraseTimes | undefined =>
  speed === "zero" ? undefined : ERASE[speed][Math.min(psize, 2)];

/** How long a sector of `size` bytes takes to be erased. */
export function sectorEraseTime(speed: FlashSpeed, psize: number, size: number): Picoseconds {
  const times = timesOf(speed, psize);
  if (!times) return 0;
  return size <= 0x4000 ? times.sector16K : size <= 0x10000 ? times.sector64K : times.sector128K;
}

/** How long `megabytes` of flash take to be erased at once; both banks of a chip are erased side by side (unsure). */
export const bankEraseTime = (speed: FlashSpeed, psize: number, megabytes: number): Picoseconds =>
  (timesOf(speed, psize)?.bank ?? 0) * Math.min(1, megabytes);

/** One write. */
export const programTime = (speed: FlashSpeed): Picoseconds => PROGRAM[speed];

/** One change of the option bytes. */
export const optionTime = (speed: FlashSpeed): Picoseconds => OPTIONS[speed];
