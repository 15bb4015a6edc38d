import { FlashproofError } from "../../base/errors.ts";
import type { Chip } from "../../chips/chip.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import type { DeviceName } from "../../packs/pack.ts";
import { PackError, unsupportedAlgorithm } from "../../packs/pack-error.ts";
import type { ReadAlgorithm } from "../../packs/pack-banks.ts";
import { ownChipOf, packChip } from "../../packs/pack-chip.ts";
import { hasTwin } from "../../twin/usb.ts";
import type { OpenPack } from "./open-pack.ts";
import type { RehearsedBank } from "./rehearsals.ts";

/** The device of a name in an open pack, whatever its case; throws `PackError` `pack-device-unknown`. */
export function deviceNamed({ pack }: OpenPack, wanted: string): DeviceName {
  const found = pack.devices.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (found) return found;
  throw new PackError("pack-device-unknown", `The pack ${pack.id} has no device "${wanted}"`, {
    details: { pack: pack.id, name: wanted },
  });
}

/** The chip whose twin a device can be rehearsed on; undefined where there is none. */
export function twinOf(device: DeviceName): string | undefined {
  const own = ownChipOf(device)?.name;
  return own !== undefined && hasTwin(own) ? own : undefined;
}

/** Whether an algorithm was rehearsed on a bank of a chip. */
type WasRehearsed = (rehearsed: Omit<RehearsedBank, "version">) => boolean;

/**
 * A device of an open pack as a chip, with the algorithms that can be used. Throws what the first one was refused with
 * where none can, and what `packChip` throws.
 */
export async function deviceChip(
  open: OpenPack,
  wanted: string,
  wasRehearsed: WasRehearsed = () => false,
): Promise<Chip> {
  const device = open.pack.device(deviceNamed(open, wanted));
  const algorithms: ReadAlgorithm[] = [];
  const refused: FlashproofError[] = [];
  for (const use of device.algorithms) {
    try {
      if (use.style === "IAR") throw unsupportedAlgorithm("style", `${use.path} is an algorithm in the style of IAR`);
      const read = await open.algorithm(use.path);
      algorithms.push({ use, algorithm: use.ram ? { ...read, ram: use.ram } : read });
    } catch (error) {
      if (!(error instanceof FlashproofError)) throw error;
      refused.push(error);
    }
  }
  if (algorithms.length === 0 && refused.length > 0) throw refused[0];
  const chip = packChip(open.pack, device, algorithms);
  const hasTwinOfIt = twinOf(device) !== undefined;
  return { ...chip, banks: chip.banks.map((bank) => withRehearsal(chip, bank, hasTwinOfIt && wasRehearsed)) };
}

/** A bank whose foreign algorithm says whether it was rehearsed; `false` in the place of the look: there is no twin. */
function withRehearsal(chip: Chip, bank: FlashBank, wasRehearsed: WasRehearsed | false): FlashBank {
  const { algorithm } = bank;
  if (!algorithm) return bank;
  if (!wasRehearsed) return { ...bank, algorithm: { ...algorithm, rehearsal: "no-twin" } };
  const rehearsal = wasRehearsed({ chip, bank, algorithm }) ? "on-twin" : "possible";
  return { ...bank, algorithm: { ...algorithm, rehearsal } };
}
