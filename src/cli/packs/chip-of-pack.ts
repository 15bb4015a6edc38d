import type { Chip } from "../../chips/chip.ts";
import { deviceChip } from "../../node/packs/device-chip.ts";
import { openPack } from "../../node/packs/open-pack.ts";

/** A device of a pack as a chip, with its flash algorithms; throws `PackError` and the `HostError`s of files. */
export async function chipOfPack(file: string, device: string): Promise<Chip> {
  const open = await openPack(file);
  try {
    return await deviceChip(open, device);
  } finally {
    await open.close();
  }
}
