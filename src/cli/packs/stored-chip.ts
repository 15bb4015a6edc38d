import { join } from "node:path";
import type { Chip } from "../../chips/chip.ts";
import { genericCore } from "../../chips/generic-core.ts";
import { isKnownChip } from "../../chips/list.ts";
import { openCatalogue } from "../../node/packs/store/catalogue-file.ts";
import { storePlaces } from "../../node/packs/store/store-places.ts";
import type { FoundDevice } from "../../packs/store/catalogue.ts";
import { compareVersions } from "../../packs/store/pack-index.ts";
import { PackError } from "../../packs/pack-error.ts";

/**
 * The chip of a name in the packs that were added; undefined where it is one of Flashproof's own, or in none of them.
 *
 * Throws `pack-device-ambiguous` with the candidates where several packs have it, or several devices that are not alike, and
 * what reading a pack throws.
 */
export async function storedChip(name: string, env: NodeJS.ProcessEnv): Promise<Chip | undefined> {
  if (isKnownChip(name) || genericCore(name)) return undefined;
  const [first, ...others] = ofOnePack(name, (await openCatalogue(env)).find(name));
  if (!first) return undefined;
  const path = join(storePlaces(env).packs, first.pack.file);
  const { areAlike, chipOfPack } = await import("./chip-of-pack.ts");
  const names = [first, ...others].map((device) => device.name);
  if (others.length > 0 && !(await areAlike(path, names, env))) throw ambiguousDevices(name, first, names);
  return chipOfPack(path, first.name, env);
}

/** Those of the latest version of the one pack that has some. */
function ofOnePack(wanted: string, devices: readonly FoundDevice[]): readonly FoundDevice[] {
  const packs = [...new Set(devices.map(({ pack }) => pack.id))];
  if (packs.length > 1) {
    throw new PackError("pack-device-ambiguous", `Several packs have ${wanted}: ${packs.join(", ")}`, {
      details: { name: wanted, packs, devices: [...new Set(devices.map(({ name }) => name))] },
    });
  }
  const latest = [...devices].sort((a, b) => compareVersions(b.pack.version, a.pack.version)).at(0)?.pack;
  return devices.filter(({ pack }) => pack === latest);
}

/** How many candidates are named in the sentence; the details have all. */
const MOST_NAMED = 8;

function ambiguousDevices(wanted: string, { pack }: FoundDevice, devices: readonly string[]): PackError {
  const more = devices.length > MOST_NAMED ? ` and ${devices.length - MOST_NAMED} more` : "";
  const named = `${devices.slice(0, MOST_NAMED).join(", ")}${more}`;
  return new PackError("pack-device-ambiguous", `${wanted} may be one of several devices of ${pack.id}: ${named}`, {
    details: { name: wanted, packs: [pack.id], devices: [...devices], next: "name-device" },
  });
}
