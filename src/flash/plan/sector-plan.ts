import type { FlashBank, Range } from "../../chips/flash-bank.ts";

/** What happens to one sector. */
export type SectorAction = "unchanged" | "program" | "erase" | "erase-program";

/**
 * What stood in a sector when it was looked at. `half-done` (each write unit as wanted or blank) and `unreadable` (units
 * that can't be read) are what a run leaves that was cut in the middle.
 */
export type SectorFound = "as-wanted" | "blank" | "half-done" | "unreadable" | "other" | "not-looked-at";

/**
 * One sector of a plan: what will stand there, and what becomes of the bytes that the image does not name. A bank that
 * can't be erased in parts is one sector.
 */
export interface SectorPlan {
  readonly bank: FlashBank;
  readonly address: number;
  readonly action: SectorAction;
  readonly found: SectorFound;
  /** The whole sector as it will be. */
  readonly content: Uint8Array;
  /** What of `content` stands there already, so that a bank without erases gets only the rest; absent where unknown. */
  readonly now?: Uint8Array;
  /** Bytes outside the image that are read before and written back. */
  readonly kept: number;
  /** Bytes outside the image that were not erased and will be. */
  readonly lost: number;
}

/** The addresses of a planned sector. */
export const rangeOf = ({ address, content }: Pick<SectorPlan, "address" | "content">): Range => ({
  start: address,
  length: content.length,
});
