import type { Picoseconds } from "../../../../base/clock.ts";
import type { u32 } from "../../../../base/u32.ts";
import type { Fcf } from "./fcf.ts";
import type { FlashArray, Margin } from "./flash-array.ts";
import type { FlashTimes } from "./ftfe-times.ts";
import { FLASH_SIZE } from "../geometry.ts";
import type { Prng } from "../../../chip/prng.ts";

/** One launch: the twelve FCCOB bytes, `fccob[n]` being FCCOBn. Commands put their results there. */
export interface FlashJob {
  readonly fccob: Uint8Array;
}

/** What commands work on. */
export interface FlashResources {
  readonly flash: FlashArray;
  readonly flexram: Uint8Array;
  readonly fcf: Fcf;
}

/** Why a launch is refused at once: the FSTAT bit that says so. */
export type Refusal = "ACCERR" | "FPVIOL";

/** A range of program flash that can't be read while a command works on its block. */
export interface FlashRange {
  readonly start: u32;
  readonly length: number;
}

/** One FTFE command: its rules, its time, and what it does when the time is over, or before. */
export interface FlashCommand {
  /** FCCOB0. */
  readonly code: number;
  /** The manual's short name. */
  readonly name: string;
  /** The manual's error conditions, in its order: arguments first, then protection. */
  refuse?(job: FlashJob, on: FlashResources): Refusal | undefined;
  duration(times: FlashTimes, job: FlashJob): Picoseconds;
  /** Which flash is busy until then; the two blocks are busy as a whole. */
  busy(job: FlashJob): FlashRange;
  /** The whole effect; answers false where the FTFE sets MGSTAT0. */
  finish(job: FlashJob, on: FlashResources): boolean;
  /** The effect when power or a reset stops the command at `progress` (0 to 1) of its time. */
  cut?(job: FlashJob, on: FlashResources, progress: number, prng: Prng): void;
}

/** All of program flash, for commands that work on both blocks. */
export const WHOLE_FLASH: FlashRange = { start: 0, length: FLASH_SIZE };

/** FCCOB1 to FCCOB3: the 24-bit byte address. */
export const addressOf = (job: FlashJob): u32 => (job.fccob[1] << 16) | (job.fccob[2] << 8) | job.fccob[3];

/** FCCOB4 and FCCOB5: the number of 16-byte units. */
export const countOf = (job: FlashJob): number => (job.fccob[4] << 8) | job.fccob[5];

/** ACCERR unless the address is a multiple of `unit` inside program flash (bit 23 would name FlexNVM: not fitted). */
export function refuseAddress(job: FlashJob, unit: number): Refusal | undefined {
  const address = addressOf(job);
  return address >= FLASH_SIZE || address % unit !== 0 ? "ACCERR" : undefined;
}

/** Whether a byte is one of the three read levels. */
export const isMargin = (value: number): value is Margin => value <= 2;

/**
 * Data in FCCOB order: the byte for the lowest address stands in FCCOB7, the next in FCCOB6, then 5, 4, B, A, 9, 8
 * (NXP fsl_ftfx_controller; MK_P1M0 flash algorithm), so that two little-endian words written to +8 and +C are right.
 */
const DATA_ORDER = [7, 6, 5, 4, 11, 10, 9, 8] as const;

/** The eight data bytes of a job in the order of their addresses. */
export const dataOf = (job: FlashJob): Uint8Array => Uint8Array.from(DATA_ORDER, (n) => job.fccob[n]);

/** Puts up to eight result bytes, in the order of their addresses, where `dataOf` reads them. */
export function putData(job: FlashJob, bytes: Uint8Array): void {
  bytes.forEach((byte, i) => {
    job.fccob[DATA_ORDER[i]] = byte;
  });
}
