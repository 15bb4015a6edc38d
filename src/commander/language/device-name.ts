import { codeOf, FlashproofError } from "../../base/errors.ts";
import type { Chip } from "../../chips/chip.ts";
import { genericCore } from "../../chips/generic-core.ts";
import { CHIPS, findChip, nearNames } from "../../chips/list.ts";
import type { CommanderHost } from "../host.ts";

/** A device as the user named it, and what J-Link's naming says about it. */
export interface DeviceName {
  /** As typed, without what stands behind a `?` (the name of a flash loader). */
  readonly text: string;
  /** `chip`: one that Flashproof can program; `core`: a bare processor, without flash; `unknown`: neither. */
  readonly kind: "chip" | "core" | "unknown";
  readonly chip?: Chip;
  /** The name ends as J-Link's names do whose protection bytes are programmed as the image has them. */
  readonly allowsSecurity: boolean;
  /** Known names that look like an unknown one. */
  readonly near: readonly string[];
  /** Why the host has no chip for an unknown name that it found: several devices have it, or its pack can't be used. */
  readonly refused?: FlashproofError;
}

/** The suffix by which J-Link marks the device entries that leave protection bytes alone (forum.segger.com threads 4800 and 3680). */
const ALLOWING = /\s*\(\s*allow\s*(?:security|opt\.?\s*bytes)\s*\)\s*$/i;

/**
 * Reads a device's name: whatever its case, `NAME`, or `NAME` with what its family has behind it (`(allow security)`,
 * `(allow opt. bytes)`), either with `?LOADER` behind it. Another family's suffix makes it unknown. `found` is the chip that a host has found by
 * `NAME`, which counts where none of `chips` has it.
 */
export function parseDeviceName(given: string, chips: readonly Chip[] = CHIPS, found?: Chip): DeviceName {
  const text = given.replace(/\?.*$/, "").trim();
  const plain = text.replace(ALLOWING, "");
  const allowsSecurity = plain !== text;
  const chip = chipOf(plain, chips) ?? found;
  if (chip && allowsSecurity && !allows(chip, text.slice(plain.length)))
    return { text, kind: "unknown", allowsSecurity: false, near: deviceNames(chip) };
  if (chip) return { text, kind: "chip", chip, allowsSecurity, near: [] };
  if (genericCore(plain)) return { text, kind: "core", allowsSecurity, near: [] };
  return { text, kind: "unknown", allowsSecurity, near: nearNames(plain, chips) };
}

/** The same with the devices that the host knows beside Flashproof's own; what hinders that is `refused`. */
export async function findDevice(given: string, host: Pick<CommanderHost, "findDevice">): Promise<DeviceName> {
  const own = parseDeviceName(given);
  if (own.kind !== "unknown" || !host.findDevice) return own;
  try {
    const found = await host.findDevice(own.text.replace(ALLOWING, ""));
    return found ? parseDeviceName(given, CHIPS, found) : own;
  } catch (error) {
    if (!(error instanceof FlashproofError)) throw error;
    return { ...own, near: [], refused: error };
  }
}

/** The names of a chip's device entries, as `ExpDevList` of J-Link has them. */
export const deviceNames = ({ name, protection }: Chip): readonly string[] =>
  protection?.allowingName === undefined ? [name] : [name, `${name} ${protection.allowingName}`];

const allows = ({ protection }: Chip, suffix: string): boolean =>
  protection?.allowingName !== undefined && letters(protection.allowingName) === letters(suffix);

const letters = (text: string): string => text.toLowerCase().replaceAll(/[^a-z]/g, "");

function chipOf(name: string, chips: readonly Chip[]): Chip | undefined {
  try {
    return findChip(name, chips);
  } catch (error) {
    if (codeOf(error) === "chip-unknown") return undefined;
    throw error;
  }
}
