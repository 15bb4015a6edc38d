/** What happens to one sector. */
export type SectorAction = "unchanged" | "program" | "erase" | "erase-program";

/**
 * What stood in a sector when it was looked at. `half-done` (each phrase as wanted or blank) and `unreadable` (phrases
 * that can't be read) are what a run leaves that was cut in the middle.
 */
export type SectorFound = "as-wanted" | "blank" | "half-done" | "unreadable" | "other" | "not-looked-at";

/** One sector of a plan: what will stand there, and what becomes of the bytes that the image does not name. */
export interface SectorPlan {
  readonly address: number;
  readonly action: SectorAction;
  readonly found: SectorFound;
  /** The whole sector as it will be. */
  readonly content: Uint8Array;
  /** Bytes outside the image that are read before and written back. */
  readonly kept: number;
  /** Bytes outside the image that were not erased and will be. */
  readonly lost: number;
}
