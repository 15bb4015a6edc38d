import { FlashproofError } from "../../../base/errors.ts";
import type { PackDevice } from "../../../packs/device.ts";
import type { CataloguedPack, StoredDevice } from "../../../packs/store/catalogue.ts";
import { type OpenPack, openPack } from "../open-pack.ts";

/** What the catalogue has of a pack in the store; of one that can't be read, its name and no devices. */
export async function summaryOf(path: string, file: string): Promise<CataloguedPack> {
  try {
    const open = await openPack(path);
    try {
      return summaryOfOpen(open, file);
    } finally {
      await open.close();
    }
  } catch (error) {
    if (!(error instanceof FlashproofError)) throw error;
    const [id, version = ""] = file.split("@");
    return { pack: { file, id, version, vendor: "", format: "unreadable", devices: 0 }, devices: [] };
  }
}

/** The same of a pack that is open. */
export function summaryOfOpen({ pack }: OpenPack, file: string): CataloguedPack {
  const devices = pack.devices.flatMap((name): readonly StoredDevice[] => {
    const device = described(() => pack.device(name));
    return device ? [storedDevice(device, pack.vendor)] : [];
  });
  const { id, version, vendor, format } = pack;
  return { pack: { file, id, version, vendor, format, devices: devices.length }, devices };
}

/** A device that can't be read is none that can be used. */
function described(read: () => PackDevice): PackDevice | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof FlashproofError) return undefined;
    throw error;
  }
}

function storedDevice({ name, vendor, family, processors, algorithms }: PackDevice, packVendor: string): StoredDevice {
  const chosen = algorithms.some(({ isDefault }) => isDefault) ? algorithms.filter((a) => a.isDefault) : algorithms;
  const flash = chosen.slice(0, 1).reduce((sum, { length }) => sum + length, 0);
  return { name, vendor: vendor || packVendor, family, core: processors[0]?.core ?? "", flash };
}
