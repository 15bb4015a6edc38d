import { FlashproofError } from "../../base/errors.ts";
import type { Chip } from "../../chips/chip.ts";
import type { DeviceName } from "../../packs/pack.ts";
import { PackError, unsupportedAlgorithm } from "../../packs/pack-error.ts";
import type { ReadAlgorithm } from "../../packs/pack-banks.ts";
import { packChip } from "../../packs/pack-chip.ts";
import type { OpenPack } from "./open-pack.ts";

/** The device of a name in an open pack, whatever its case; throws `PackError` `pack-device-unknown`. */
export function deviceNamed({ pack }: OpenPack, wanted: string): DeviceName {
  const found = pack.devices.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (found) return found;
  throw new PackError("pack-device-unknown", `The pack ${pack.id} has no device "${wanted}"`, {
    details: { pack: pack.id, name: wanted },
  });
}

/**
 * A device of an open pack as a chip, with the algorithms that can be used. Throws what the first one was refused with
 * where none can, and what `packChip` throws.
 */
export async function deviceChip(open: OpenPack, wanted: string): Promise<Chip> {
  const device = open.pack.device(deviceNamed(open, wanted));
  const algorithms: ReadAlgorithm[] = [];
  const refused: FlashproofError[] = [];
  for (const use of device.algorithms) {
    try {
      if (use.style === "IAR") throw unsupportedAlgorithm("style", `${use.path} is an algorithm in the style of IAR`);
      const algorithm = await open.algorithm(use.path);
      algorithms.push({ use, algorithm: use.ram ? { ...algorithm, ram: use.ram } : algorithm });
    } catch (error) {
      if (!(error instanceof FlashproofError)) throw error;
      refused.push(error);
    }
  }
  if (algorithms.length === 0 && refused.length > 0) throw refused[0];
  return packChip(open.pack, device, algorithms);
}
