import type { Chip } from "../../chips/chip.ts";
import { CHIPS } from "../../chips/list.ts";
import { MK24FN1M0xxx12 } from "../../chips/mk24fn1m0xxx12.ts";

/** A family of chips by the names that logs give them. */
interface Family {
  readonly id: "kinetis-k" | "kinetis-l" | "stm32" | "nrf" | "lpc";
  readonly names: RegExp;
  /** Debug port IDs of the family, where all its members have the same. */
  readonly dpIds?: readonly number[];
  readonly core?: RegExp;
}

/** What public logs of these families show; families with more than one debug port have none listed. */
const FAMILIES: readonly Family[] = [
  { id: "kinetis-l", names: /^P?(MK[LEWM]|K[LEW])\d/i, dpIds: [0x0bc11477], core: /^Cortex-M0/ },
  { id: "kinetis-k", names: /^(P?MK[0-8]\d|K[2-8]\d|kx\b|k[2-8]\d\.)/i, dpIds: [0x2ba01477], core: /^Cortex-M4/ },
  { id: "stm32", names: /^STM32/i },
  { id: "nrf", names: /^nRF/i },
  { id: "lpc", names: /^LPC/i },
];

/** The device that a log names, and what is known of it. */
export interface NamedDevice {
  /** As the log writes it. */
  readonly name: string;
  readonly family?: Family["id"];
  /** The chip, where Flashproof knows exactly this one. */
  readonly chip?: Chip;
  readonly dpIds?: readonly number[];
  readonly core?: RegExp;
}

/** What is known of a device by its name: `MK24FN1M0XXX12 (allow security)`, `kx.cpu`, `stm32g431kbtx`. */
export function namedDevice(name: string): NamedDevice {
  const bare = name.replace(/\s*[(?].*$/, "").trim();
  const chip = CHIPS.find((c) => [c.name, ...(c.variants ?? [])].some((n) => n.toLowerCase() === bare.toLowerCase()));
  const family = FAMILIES.find(({ names }) => names.test(bare));
  return {
    name,
    ...(family ? { family: family.id } : {}),
    ...(chip ? { chip } : {}),
    ...(family?.dpIds ? { dpIds: family.dpIds } : {}),
    ...(family?.core ? { core: family.core } : {}),
  };
}

/** Whether the device has its security bytes at 0x400, as Kinetis K and L do; unknown ones may. */
export const hasField = (device: NamedDevice | undefined): boolean =>
  device?.family === undefined ? device === undefined : device.family.startsWith("kinetis");

/** Where a chip without security bytes has them: nowhere that a log's address could mean. */
const NOWHERE = 0xffff_fff0;

/**
 * A chip to explain differences with. All Kinetis K and L have the same field at 0x400, so the K24 stands in for those
 * that are not known; a device of another family gets a field that no address meets.
 */
export function chipToExplain(device: NamedDevice | undefined): Chip {
  const base = device?.chip ?? MK24FN1M0xxx12;
  const name = device?.name.replace(/\s*[(?].*$/, "") ?? base.name;
  return hasField(device) ? { ...base, name } : { ...base, name, protection: { ...base.protection, field: NOWHERE } };
}
