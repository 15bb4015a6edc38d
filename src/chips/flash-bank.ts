import type { FamilyName } from "./family-name.ts";
import type { FlashAlgorithm } from "./flash-algorithm.ts";
import type { RegisterTest } from "./procedure.ts";
import type { Range, SectorRun } from "./range.ts";

export type { Range, SectorRun } from "./range.ts";

/**
 * What a bank is for. Only `main` and `external` banks hold firmware: an erase of everything erases these, and an image
 * fills these. The others (option bytes, one-time cells, user rows) are changed only where a job names them.
 */
export type BankKind = "main" | "external" | "option" | "otp" | "user-row";

/** The flash controller of a bank: which family's loader knows it, and where its registers are. */
export interface FlashController {
  readonly family: FamilyName;
  /** Address of its first register. */
  readonly registers: number;
  /** The controller's own number of the bank, where it has several. */
  readonly bank?: number;
  /** RAM of the controller that a burst's bytes go through. */
  readonly buffer?: Range;
}

/** How much one command takes, in bytes. */
export interface FlashWrite {
  /** The smallest write; addresses and lengths are its multiples. */
  readonly unit: number;
  /** Whether a unit is never programmed twice between two erases, because it has an ECC. */
  readonly once: boolean;
  /** The most that one command or page takes, without crossing a multiple of it, in multiples of `unit`. */
  readonly burst: { readonly size: number; readonly unit: number };
}

/** Typical times, for estimates only. */
export interface FlashTimes {
  /** One for each run of sectors, in milliseconds. */
  readonly eraseSectorMs: readonly number[];
  /** Of the command that erases the bank, where there is one. */
  readonly eraseBankMs?: number;
  /** Of one write unit alone, in microseconds. */
  readonly programUnitUs: number;
  /** Of one unit of a burst, in microseconds. */
  readonly burstUnitUs: number;
}

/** A part of a chip's non-volatile memory that is erased and programmed in one way. All sizes in bytes. */
export interface FlashBank {
  /** Names the bank in plans, JSON and options: `main`, `bank2`, `otp`. */
  readonly id: string;
  /** As the manual names it: `program flash`. */
  readonly name: string;
  readonly kind: BankKind;
  readonly start: number;
  readonly length: number;
  /** Other addresses of the same cells: a remapped boot area, a secure view. */
  readonly aliases?: readonly number[];
  /** How it is cut, from `start` to its end; empty where nothing of it can be erased alone (one-time cells). */
  readonly sectors: readonly SectorRun[];
  /** What an erased byte reads as. */
  readonly erased: number;
  readonly write: FlashWrite;
  /** Whether erased cells can be read, or answer a bus fault until they are programmed. */
  readonly readErased: "value" | "faults";
  /** False where bytes are overwritten without an erase (RRAM, EEPROM). */
  readonly eraseNeeded: boolean;
  /**
   * Bytes, by their offset, that the controller itself writes as the complement of others; what an image says of them
   * does not reach the cells.
   */
  readonly complements?: readonly { readonly of: number; readonly at: number; readonly length: number }[];
  /** What holds, in registers of 32 bits, while the bank can be read at its addresses; absent where it always can. */
  readonly shown?: readonly (RegisterTest & { readonly at: { readonly in: "memory" } })[];
  /** Sectors that one command erases together, at multiples of `size` from the bank's start on, and how long it takes. */
  readonly block?: { readonly size: number; readonly eraseMs: number };
  /** The other banks, by their ids, that the controller's command for this whole bank erases, too; absent: none. */
  readonly eraseReaches?: readonly string[];
  /** Absent where Flashproof has no loader of its own for it. */
  readonly controller?: FlashController;
  /** The foreign flash algorithm that erases and programs it, where one was named; own loaders only where it must not. */
  readonly algorithm?: FlashAlgorithm;
  readonly times: FlashTimes;
}
