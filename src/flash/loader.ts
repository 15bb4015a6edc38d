import type { Io } from "../base/clock.ts";
import type { FlashBank, Range } from "../chips/flash-bank.ts";
import type { PieceWork } from "../cortex/run-code.ts";
import type { KeptTarget } from "./kept/kept-target.ts";
import type { Write } from "./plan/steps.ts";

/** What a loader can do beside erasing and programming. */
export interface LoaderCaps {
  /** Commands run on after the call that posted them, while the next data come in. */
  readonly runsOn: boolean;
  /** Writes can follow an erase with no turn of the probe in between, or in the very next one. */
  readonly eraseThen: boolean;
  /** The blank check sees weak bits, too. */
  readonly marginBlank: boolean;
  /** An erase that left programmed bits is an error of the loader's; where it is not, the job reads what was erased. */
  readonly provesErase: boolean;
  /** A step on a sector that `start` did not permit is refused by code on the target, however it got there. */
  readonly refusesOthers?: true;
  /** The first 4 KB of the chip's work RAM, where the code that checks flash stands, stay as they are. */
  readonly leavesHashRam?: true;
  /** What `stop` gives back as it was. */
  readonly restores: "ram-and-core" | "ram" | "needs-reset";
}

/** The ways to erase and program that every family may have: by the debug port itself, or by code in the chip's RAM. */
export type LoaderName = "direct" | "ram";

/** How a loader begins. */
export interface StartOptions extends Io {
  /** Whether `stop` gives work RAM and registers back (default); a job that ends in a reset needs neither. */
  readonly keepRam?: boolean;
  /** Where they are kept for the whole job, by loaders that `keptRam` asks for; `stop` leaves them to its owner then. */
  readonly kept?: KeptTarget | undefined;
  /** What the steps to come may change; all of the bank's sectors where it is absent. A loader may refuse others. */
  readonly permitted?: Permitted;
}

/** What a loader may change of its banks. */
export interface Permitted {
  /** Whether a whole bank may be erased at once. */
  readonly everything: boolean;
  /** Ranges of whole sectors. */
  readonly ranges: readonly Range[];
}

/**
 * One way to erase and program banks of a chip. Between `start` and `stop` the loader owns the core and its work RAM.
 *
 * What erases or programs may return while it is still under way; its error then comes from the next call, or from
 * `settle`, and nothing behind it has been done.
 */
export interface Loader {
  readonly name: LoaderName;
  readonly caps: LoaderCaps;
  /**
   * Puts code into RAM before `start`, piece by piece, where `keepRam` will be false; `start` does what was left. Absent
   * where there is none.
   */
  preload?(): PieceWork;
  /** The RAM that `start` keeps where it is wanted back; absent where that can't be kept beforehand. */
  keptRam?(): readonly Range[];
  /** Makes flash commands possible; throws `FlashError` when the chip is not in a state for them. */
  start(io?: StartOptions): Promise<void>;
  /** Whether a sector is erased, at the margin that `caps` names; absent where the controller can't tell. */
  isBlank?(bank: FlashBank, address: number, length: number, io?: Io): Promise<boolean>;
  /**
   * Erases a sector where it is not blank at that margin, and programs `then` right after it, without a word in between:
   * where it is there, `isBlank` is not needed.
   */
  ensureBlank?(bank: FlashBank, address: number, length: number, then: readonly Write[], io?: Io): Promise<void>;
  /**
   * Whether ranges are blank at the margin of `ensureBlank`, looked at before `start` and without what that needs; false
   * where it can't tell. Absent where nothing but a started loader can.
   */
  areBlank?(bank: FlashBank, ranges: readonly Range[], io?: Io): Promise<boolean>;
  /** How many sectors `ensureBlank` has erased since `start`; right after `settle`. */
  erasedByCheck?(): number;
  /** Erases a sector and programs `then` right after it. */
  eraseSector(bank: FlashBank, address: number, then: readonly Write[], io?: Io): Promise<void>;
  /** Erases every sector of a bank at once and programs `then`; throws `flash-protected` when a region is protected. */
  eraseBank?(bank: FlashBank, then: readonly Write[], io?: Io): Promise<void>;
  /** Erases one of the bank's blocks by one command; absent where the controller has none. */
  eraseBlock?(bank: FlashBank, address: number, length: number, io?: Io): Promise<void>;
  /** Programs whole write units that lie in one burst: one unit, or a multiple of the burst's. */
  program(bank: FlashBank, address: number, bytes: Uint8Array, io?: Io): Promise<void>;
  /** CRC-32 (zlib's) of a range, counted on the chip; absent where nothing runs there. */
  crc?(address: number, length: number, io?: Io): Promise<number>;
  /** Waits for what is under way. */
  settle(io?: Io): Promise<void>;
  /** The same, behind the last step: nothing but `stop` follows. Absent where that makes no difference. */
  end?(io?: Io): Promise<void>;
  /** Leaves the chip as `start` found it, but for the flash, and for RAM and registers where they were not kept. */
  stop(io?: Io): Promise<void>;
}
