import { readFlm } from "../flm/read-flm.ts";
import type { DeviceName, Pack } from "../pack.ts";
import { type DeviceEntry, readPdsc, resolveDevice } from "./read-pdsc.ts";

/** A CMSIS-Pack by its description; its algorithms are files beside that. Throws `PackError`. */
export function cmsisPack(pdsc: Uint8Array): Pack {
  const { devices, name: _, ...identity } = readPdsc(pdsc);
  const entries = new Map<DeviceName, DeviceEntry>(
    devices.map((entry) => {
      const { levels: __, ...name } = entry;
      return [name, entry];
    }),
  );
  return {
    ...identity,
    format: "cmsis-pack",
    devices: [...entries.keys()],
    device: (name) => resolveDevice(entries.get(name) as DeviceEntry),
    algorithm: async (path, readFile) => readFlm(await readFile(path), path),
  };
}
