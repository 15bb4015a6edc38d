/** A family of chips that Flashproof knows, by the name of its folder in `src/families`. */
export type FamilyName = "kinetis-ftfe";

/** A range of a chip's address space. */
export interface ChipMemory {
  readonly name: string;
  readonly kind: "flash" | "ram" | "peripheral";
  readonly start: number;
  readonly length: number;
}

/** Registers and bytes where one raw write can erase, lock, or stop the debugger: it wants a consent of its own. */
export interface GuardedRange {
  /** As a sentence names it: `the flash controller FTFE`. */
  readonly name: string;
  readonly kind: "flash-controller" | "debug" | "options";
  readonly start: number;
  readonly length: number;
  /** What a write there can do, in half a sentence that begins with "it". */
  readonly can: string;
}

/** How a flash array is cut and which controller programs it. All sizes in bytes. */
export interface FlashGeometry {
  readonly controller: "ftfe";
  /** Address of the controller's first register. */
  readonly registers: number;
  readonly start: number;
  readonly length: number;
  readonly sectorSize: number;
  /** Largest unit that one erase-block command takes. */
  readonly blockSize: number;
  /** Smallest unit that one program command takes; never programmed twice without an erase (ECC). */
  readonly phraseSize: number;
  /** Largest run that one program-section command takes, and where its data is put. */
  readonly section: { readonly size: number; readonly unit: number; readonly buffer: number };
  readonly erasedByte: number;
  /** Typical times, for estimates only; a section's unit is `section.unit` bytes. */
  readonly times: {
    readonly eraseSectorMs: number;
    readonly eraseAllMs: number;
    readonly programPhraseMs: number;
    readonly programUnitMs: number;
  };
}

/** How to recognise a chip once its memory can be read: all masks must match, in order. */
export interface ChipDetection {
  readonly reads: readonly {
    readonly address: number;
    readonly mask: number;
    readonly value: number;
    readonly why: string;
  }[];
}

/** What the debug port of a chip shows, to distinguish a lock from a wrong chip. */
export interface ChipDebug {
  readonly dpidr: number;
  readonly aps: readonly { readonly index: number; readonly idr: number; readonly kind: "ahb-ap" | "mdm-ap" }[];
}

/** Which knowledge of security bytes applies, and where they lie. */
export interface ChipProtection {
  readonly scheme: "kinetis-fcf";
  /** First byte of the flash configuration field; it is 16 bytes long. */
  readonly field: number;
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
  /** The family's folder in `src/families`. */
  readonly familyName: FamilyName;
  /** The processor. */
  readonly core: "Cortex-M4";
  /** The address ranges of flash, RAM and peripherals. */
  readonly memory: readonly ChipMemory[];
  /** The flash array and its controller; sizes in bytes. */
  readonly flash: FlashGeometry;
  /** How the chip is recognised by its registers. */
  readonly detection: ChipDetection;
  /** What its debug port shows. */
  readonly debug: ChipDebug;
  /** Where its security bytes lie, and what they mean. */
  readonly protection: ChipProtection;
  /** Where a raw write can erase, lock, or stop the debugger. */
  readonly guarded: readonly GuardedRange[];
  /** Numbers by which UF2 files name this chip (Microsoft's uf2families.json), where it has any. */
  readonly uf2Families?: readonly number[];
  /** RAM that a loader may use, and give back. */
  readonly workRam: { readonly start: number; readonly length: number };
  /** Where the facts come from. */
  readonly sources: readonly Source[];
}
