import type { Chip } from "../../../chips/chip.ts";
import { CHIPS } from "../../../chips/list.ts";
import { MK24FN1M0xxx12 } from "../../../chips/nxp/mk24fn1m0xxx12.ts";
import { FAMILY_ROWS, type FamilyId } from "./families.ts";

/** The device that a log names, and what is known of it. */
export interface NamedDevice {
  /** As the log writes it. */
  readonly name: string;
  readonly family?: FamilyId;
  /** The chip, where Flashproof knows exactly this one. */
  readonly chip?: Chip;
  readonly dpIds?: readonly number[];
  readonly core?: RegExp;
}

/** What is known of a device by its name: `MK24FN1M0XXX12 (allow security)`, `kx.cpu`, `stm32g431kbtx`. */
export function namedDevice(name: string): NamedDevice {
  const bare = bareName(name);
  const chip = CHIPS.find((c) => [c.name, ...(c.variants ?? [])].some((n) => n.toLowerCase() === bare.toLowerCase()));
  const row = FAMILY_ROWS.find(({ names }) => names.test(bare));
  return {
    name,
    ...(row ? { family: row.id } : {}),
    ...(chip ? { chip } : {}),
    ...(row?.dpIds ? { dpIds: row.dpIds } : {}),
    ...(row?.core ? { core: row.core } : {}),
  };
}

const bareName = (name: string): string => name.replace(/\s*[(?].*$/, "").trim();

/** Whether the device is known to have Kinetis' security bytes at 0x400; a device that is not known has none. */
export const hasField = (device: NamedDevice | undefined): boolean =>
  device?.family === "kinetis" || device?.family === "s32k1";

/** Whether Flashproof's own verbs, `unlock` above all, work on the device. */
export const isOurs = (device: NamedDevice | undefined): boolean => device?.family === "kinetis";

/**
 * A chip to explain differences with: the log's own where it is known. All Kinetis and S32K1 have the same field at
 * 0x400, so the K24 stands in for those that have no table; of every other device no locks are known.
 */
export function chipToExplain(device: NamedDevice | undefined): Chip {
  const name = device ? bareName(device.name) : "chip";
  if (device?.chip) return { ...device.chip, name };
  return hasField(device) ? { ...MK24FN1M0xxx12, name } : { ...MK24FN1M0xxx12, name, protection: undefined };
}
