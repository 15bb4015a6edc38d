import type { Range, SectorRun } from "./range.ts";

/** The functions of a flash algorithm, by their offset from the first byte of its code. */
export interface AlgorithmEntries {
  /** Absent where it needs none, which only target files of probe-rs may have. */
  readonly init?: number;
  readonly programPage: number;
  readonly eraseSector?: number;
  readonly unInit?: number;
  readonly eraseChip?: number;
  readonly blankCheck?: number;
  readonly verify?: number;
}

/** Where a flash algorithm comes from. */
export type AlgorithmFormat = "flm" | "probe-rs" | "own";

/**
 * Code that erases and programs a flash by functions of the CMSIS-Pack specification (`Init`, `EraseSector`,
 * `ProgramPage`), whoever wrote it: it runs on the target, and is not believed alone.
 */
export interface FlashAlgorithm {
  /** The file or the name that it has in its pack. */
  readonly name: string;
  /** What it calls its flash. */
  readonly device: string;
  readonly format: AlgorithmFormat;
  /** Code, initialised data and zeros for the rest of its data, as they lie in RAM; a whole number of words. */
  readonly blob: Uint8Array;
  /** How many bytes of the blob are code, which does not change while it runs. */
  readonly codeLength: number;
  /** What R9 holds while it runs, from the blob's first byte. */
  readonly staticBase: number;
  readonly entries: AlgorithmEntries;
  /** The one address that its blob runs at; absent where it runs at any. */
  readonly loadAddress?: number;
  /** RAM that it is meant to use. */
  readonly ram?: Range;
  /** The addresses that it erases and programs. */
  readonly flash: Range;
  /** Runs of sectors from the flash's first byte to its last; empty where nothing can be erased alone. */
  readonly sectors: readonly SectorRun[];
  /** The most bytes that one call programs; a call does not cross a multiple of it. */
  readonly pageSize: number;
  /** What an erased byte reads as. */
  readonly erased: number;
  /** Whether the flash is on the chip, outside of it, or not known. */
  readonly place: "on-chip" | "external" | "unknown";
  /** How long `ProgramPage` and `EraseSector` may take, in milliseconds. */
  readonly programMs: number;
  readonly eraseMs: number;
  /** Whether it programmed a twin of its chip: it did, there is none, or it wasn't tried; absent: not known. */
  readonly rehearsal?: "on-twin" | "no-twin" | "possible";
  /** Bytes of stack that it needs, where it says so. */
  readonly stackSize?: number;
}
