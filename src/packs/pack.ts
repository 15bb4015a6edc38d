import type { FlashAlgorithm } from "../chips/flash-algorithm.ts";
import type { PackDevice } from "./device.ts";

/** Reads a file of a pack, by its path with `/` between folders; rejects where there is none. */
export type ReadPackFile = (path: string) => Promise<Uint8Array>;

/** A name that a user may call a device by. */
export interface DeviceName {
  readonly name: string;
  readonly vendor: string;
  readonly family: string;
  readonly variantOf?: string;
}

/** What a pack says of itself, whichever format it has. */
export interface PackIdentity {
  /** `NXP.MK24F12_DFP`; probe-rs's and own files are named after their family. */
  readonly id: string;
  readonly vendor: string;
  /** Empty where it has none. */
  readonly version: string;
  readonly description: string;
  readonly format: "cmsis-pack" | "probe-rs" | "own";
  /** The licence's file in the pack, where it names one. */
  readonly license?: string;
}

/** A description of devices and their flash algorithms: a CMSIS-Pack, a target file of probe-rs, or a user's own file. */
export interface Pack extends PackIdentity {
  /** Devices and their variants, in the order of the file. */
  readonly devices: readonly DeviceName[];
  /** Everything of one of `devices`; throws `PackError`. */
  device(name: DeviceName): PackDevice;
  /** One of a device's algorithms; throws `PackError`, and what reading its file throws. */
  algorithm(path: string, readFile: ReadPackFile): Promise<FlashAlgorithm>;
}
