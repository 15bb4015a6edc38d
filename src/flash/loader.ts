import type { Io } from "../base/clock.ts";
import type { Phrase } from "./steps.ts";

/**
 * One way to erase and program a chip's flash. Between `start` and `stop` the loader owns the core and its work RAM.
 *
 * What erases or programs may return while it is still under way; its error then comes from the next call, or from
 * `settle`, and nothing behind it has been done.
 */
export interface Loader {
  readonly name: "direct" | "ram";
  /** Whether commands run on after the call that posted them. */
  readonly runsOn: boolean;
  /** Makes flash commands possible; throws `FlashError` when the chip is not in a state for them. */
  start(io?: Io): Promise<void>;
  /** Whether a sector is erased at user margin, so that bits of an interrupted erase count as not blank. */
  isBlank(address: number, length: number, io?: Io): Promise<boolean>;
  /** Erases a sector and programs `then` right after it. */
  eraseSector(address: number, then: Phrase | undefined, io?: Io): Promise<void>;
  /** Erases every sector at once and programs `then`; throws `flash-protected` when a region is protected. */
  eraseAll(then: Phrase | undefined, io?: Io): Promise<void>;
  /** Programs one phrase of 8 bytes. */
  programPhrase(phrase: Phrase, io?: Io): Promise<void>;
  /** Programs a run that lies in one section of the chip's geometry; address and length are multiples of its unit. */
  programSection(address: number, bytes: Uint8Array, io?: Io): Promise<void>;
  /** CRC-32 (zlib's) of a range, counted on the chip; absent where nothing runs there. */
  crc?(address: number, length: number, io?: Io): Promise<number>;
  /** Waits for what is under way. */
  settle(io?: Io): Promise<void>;
  /** Leaves the chip as `start` found it, but for the flash. */
  stop(io?: Io): Promise<void>;
}
