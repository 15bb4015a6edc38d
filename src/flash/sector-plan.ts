/** What happens to one sector. */
export type SectorAction = "unchanged" | "program" | "erase" | "erase-program";

/** One sector of a plan: what will stand there, and what becomes of the bytes that the image does not name. */
export interface SectorPlan {
  readonly address: number;
  readonly action: SectorAction;
  /** The whole sector as it will be. */
  readonly content: Uint8Array;
  /** Bytes outside the image that are read before and written back. */
  readonly kept: number;
  /** Bytes outside the image that were not erased and will be. */
  readonly lost: number;
}
