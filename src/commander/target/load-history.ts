import type { DeclaredChange } from "../../protection/effective-image.ts";

/** What a download of this run did to the chip. */
export interface PastLoad {
  /** Bytes that were programmed otherwise than the file says. */
  readonly changes: readonly DeclaredChange[];
  /** Whether the sector of the security bytes was erased for it. */
  readonly fieldSectorErased: boolean;
  /** The device's name at that time. */
  readonly device: string;
}

/** What this run has done to the chip's flash. */
export interface LoadHistory {
  massErased: boolean;
  /** The last download that touched the flash configuration field. */
  lastLoad?: PastLoad;
}
