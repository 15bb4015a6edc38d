import type { ApAddress } from "../chips/chip.ts";
import type { Range } from "../chips/flash-bank.ts";
import type { PackSequence } from "./sequences/sequence.ts";

/** A processor of a device, as its vendor describes it. */
export interface PackProcessor {
  /** Its name where the device has several (`Pname`). */
  readonly name?: string;
  /** `Cortex-M4`, `Cortex-M0+`, as the pack spells it. */
  readonly core: string;
  readonly units: number;
  readonly fpu: "none" | "single" | "double";
  readonly mpu: boolean;
  readonly endian: "little" | "big" | "configurable";
  /** Highest clock in hertz. */
  readonly clock?: number;
}

/** A memory of a device: nothing says whether it is flash but an algorithm that covers it. */
export interface PackMemory extends Range {
  readonly name: string;
  readonly access: { readonly read: boolean; readonly write: boolean; readonly execute: boolean };
  /** Whether a linker places things there unasked. */
  readonly isDefault: boolean;
  /** The memory whose cells these are, by its name. */
  readonly alias?: string;
  /** The one processor that reaches it. */
  readonly core?: string;
}

/** Which flash algorithm a device has for which addresses; the algorithm itself is a file of the pack. */
export interface PackAlgorithm extends Range {
  /** The file in the pack with `/` between folders, or the algorithm's name in a target file. */
  readonly path: string;
  /** The RAM that it may use; absent: the device's first RAM that is default, readable, writable and executable. */
  readonly ram?: Range;
  readonly isDefault: boolean;
  readonly style: "Keil" | "IAR" | "CMSIS";
  readonly core?: string;
}

/** A debug port's access port, by number (ADIv5) or address (ADIv6). */
export interface PackAccessPort {
  readonly id: number;
  readonly dp: number;
  readonly place: ApAddress;
  /** The access port that it is behind (ADIv6), by its id. */
  readonly parent?: number;
}

/** How a processor is reached by a debugger. */
export interface PackDebug {
  readonly core?: string;
  readonly dp: number;
  /** The access port: its number, or the id of an element `accessportV1` or `accessportV2`. */
  readonly ap: { readonly index: number } | { readonly id: number };
  /** The file with its registers. */
  readonly svd?: string;
  readonly resetSequence?: string;
}

/** A debug port and what it shows. */
export interface PackDebugPort {
  readonly dp: number;
  readonly idcode?: number;
  readonly targetsel?: number;
}

/** A device or a variant of one, with everything that it inherits. */
export interface PackDevice {
  readonly name: string;
  readonly vendor: string;
  readonly family: string;
  readonly subFamily?: string;
  /** The device that this is a variant of. */
  readonly variantOf?: string;
  readonly processors: readonly PackProcessor[];
  readonly memories: readonly PackMemory[];
  readonly algorithms: readonly PackAlgorithm[];
  readonly debugPorts: readonly PackDebugPort[];
  readonly accessPorts: readonly PackAccessPort[];
  readonly debug: readonly PackDebug[];
  /** The statements that give variables of the sequences their values, as they stand. */
  readonly debugVars?: string;
  /** The debug sequences that the pack brings; no session runs one. */
  readonly sequences: readonly PackSequence[];
  /** Names of the documents that it comes with. */
  readonly books: readonly string[];
}
