/** Addresses: `length` bytes from `start` on. */
export interface Range {
  readonly start: number;
  readonly length: number;
}

/** Neighbouring sectors of one size, in bytes. */
export interface SectorRun {
  readonly size: number;
  readonly count: number;
}
