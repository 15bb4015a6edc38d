import type { FamilyName } from "./family-name.ts";
import type { FlashBank, Range } from "./flash-bank.ts";
import type { Procedures } from "./procedure.ts";
import type { ProtectionScheme } from "./protection-scheme.ts";

export type { FamilyName } from "./family-name.ts";

/** Where a chip's data come from: our own file, a pack of its vendor, probe-rs, or a file of the user's. */
export type ChipOrigin = "own" | "pack" | "probe-rs" | "user";

/** The processors of Arm that programs are debugged on here. */
export type CoreType = "M0" | "M0+" | "M3" | "M4" | "M7" | "M23" | "M33";

/** An access port by its number (ADIv5) or by its address (ADIv6). */
export type ApAddress = { readonly v: 1; readonly index: number } | { readonly v: 2; readonly address: number };

/** One processor of a chip, and the access port behind which its memory is. */
export interface ChipCore {
  readonly name: string;
  readonly type: CoreType;
  readonly ap: ApAddress;
  /** What selects its debug port on a wire with several (TARGETSEL). */
  readonly targetsel?: number;
}

/** A range of a chip's address space that is no flash. */
export interface ChipMemory extends Range {
  readonly name: string;
  readonly kind: "ram" | "rom" | "peripheral";
  /** The memory whose cells these are, by its name: this one is another address of them. */
  readonly alias?: string;
  /** The one core that reaches it, by its name; absent where all do. */
  readonly core?: string;
}

/** RAM that a loader may use and gives back. */
export interface WorkRam extends Range {
  /** The core that can run code there, by its name; absent for the first one. */
  readonly core?: string;
}

/** Registers and bytes where one raw write can erase, lock, or stop the debugger: it wants a consent of its own. */
export interface GuardedRange extends Range {
  /** As a sentence names it: `the flash controller FTFE`. */
  readonly name: string;
  readonly kind: "flash-controller" | "debug" | "options";
  /** Bytes in it where a write starts a command: one with any bit of the mask, or any at all. */
  readonly starts?: Range & { readonly mask?: number };
  /** The registers that start commands, as a sentence names them: `FSTAT and FCCOB`. */
  readonly startedBy?: string;
  /** What a write there can do, in half a sentence that begins with "it". */
  readonly can: string;
}

/**
 * How to recognise a chip once its memory can be read: all masks must match, in order. Of chips that were not named, only
 * those are asked for whose debug port, access ports and core are the same, and whose ROM table is.
 */
export interface ChipDetection {
  /** What the core's ROM table identifies: JEP106 code of the designer, and part; absent where the maker fills in neither. */
  readonly romTable?: { readonly designer: number; readonly part: number };
  readonly reads: readonly {
    readonly address: number;
    readonly mask: number;
    readonly value: number;
    readonly why: string;
    /** Read by a debugger whatever the chip's lock: where it is refused, the chip is another one. */
    readonly always?: true;
  }[];
}

/** What the debug port of a chip shows, to distinguish a lock from a wrong chip. */
export interface ChipDebug {
  readonly dpidr: number;
  readonly aps: readonly { readonly index: number; readonly idr: number }[];
}

/** A fact's origin, and whether it was read in a manual or inferred. */
export interface Source {
  readonly fact: string;
  readonly from: string;
  readonly sure: boolean;
}

/** One chip, as data. Adding a chip is one file with one of these and one line in `list.ts`. */
export interface Chip {
  /** As J-Link and NXP spell it: `MK24FN1M0xxx12`. Compared without regard to case. */
  readonly name: string;
  /** Order codes of the same silicon in its packages, which people find printed on the chip. */
  readonly variants?: readonly string[];
  /** The maker's name. */
  readonly vendor: string;
  /** The family, as its vendor spells it: `Kinetis K24`. */
  readonly family: string;
  /** The family's folder in `src/families`; absent where Flashproof does not know the family. */
  readonly familyName?: FamilyName;
  /** Where these data come from, which every plan and report says. */
  readonly origin: ChipOrigin;
  /** The processors; the first one is the one that programs. */
  readonly cores: readonly [ChipCore, ...ChipCore[]];
  /** The address ranges of RAM, ROM and peripherals. */
  readonly memories: readonly ChipMemory[];
  /** Flash and other non-volatile memory; the core starts from the first one of kind `main`, else `external`. */
  readonly banks: readonly FlashBank[];
  /** Where a program's vectors stand; absent where that is the beginning of the bank that the core starts from. */
  readonly vectors?: number;
  /**
   * What a boot ROM checks before it starts it: a CRC-32 over these bytes (0x04C11DB7, most significant bit first, from
   * all ones, not inverted) in the word behind them. Absent where nothing is checked.
   */
  readonly bootSum?: Range;
  /** Where a number stands that no other chip has; absent where there is none, or it can't be read as memory. */
  readonly uniqueId?: Range;
  /** How the chip is recognised by its registers. */
  readonly detection: ChipDetection;
  /** What its debug port shows. */
  readonly debug: ChipDebug;
  /** The family's locks as a table; undefined where they are unknown to Flashproof, which every plan and report says. */
  readonly protection: ProtectionScheme | undefined;
  /**
   * The cells that `protection` was made for, where it was lent to a chip of a pack: what a pack's other cells lock is
   * unknown. Absent on chips of our own, whose cells it knows all.
   */
  readonly knownCells?: readonly Range[];
  /** What it does of its own while a session connects, resets, halts or launches options; absent: nothing. */
  readonly procedures?: Procedures;
  /** The trace port's clock in hertz, where that isn't the core's. */
  readonly traceHz?: number;
  /** Where a raw write can erase, lock, or stop the debugger. */
  readonly guarded: readonly GuardedRange[];
  /** Numbers by which UF2 files name this chip (Microsoft's uf2families.json), where it has any. */
  readonly uf2Families?: readonly number[];
  /** RAM that a loader may use and gives back, the best first. */
  readonly workRam: readonly WorkRam[];
  /** What was run on real silicon with these data, and when; absent: nothing ever was. */
  readonly onSilicon?: string;
  /** Where the facts come from. */
  readonly sources: readonly Source[];
}
