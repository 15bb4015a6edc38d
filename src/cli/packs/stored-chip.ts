import { join } from "node:path";
import type { Chip } from "../../chips/chip.ts";
import { isKnownChip } from "../../chips/list.ts";
import { openCatalogue } from "../../node/packs/store/catalogue-file.ts";
import { storePlaces } from "../../node/packs/store/store-places.ts";
import type { FoundDevice } from "../../packs/store/catalogue.ts";
import { compareVersions } from "../../packs/store/pack-index.ts";
import { PackError } from "../../packs/pack-error.ts";

/**
 * The chip of a name in the packs that were added; undefined where it is one of Flashproof's own, or in none of them.
 *
 * Throws `pack-device-ambiguous` where several packs have it, and what reading a pack throws.
 */
export async function storedChip(name: string, env: NodeJS.ProcessEnv): Promise<Chip | undefined> {
  if (isKnownChip(name)) return undefined;
  const found = chosen(name, (await openCatalogue(env)).find(name));
  if (!found) return undefined;
  const { chipOfPack } = await import("./chip-of-pack.ts");
  return chipOfPack(join(storePlaces(env).packs, found.pack.file), found.name, env);
}

/** The longest name that fits, of the latest version of the one pack that has it. */
function chosen(wanted: string, devices: readonly FoundDevice[]): FoundDevice | undefined {
  const longest = Math.max(...devices.map(({ name }) => name.length));
  const fitting = devices.filter(({ name }) => name.length === longest);
  const packs = [...new Set(fitting.map(({ pack }) => pack.id))];
  if (packs.length > 1) {
    throw new PackError("pack-device-ambiguous", `Several packs have ${wanted}: ${packs.join(", ")}`, {
      details: { name: wanted, packs },
    });
  }
  return [...fitting].sort((a, b) => compareVersions(b.pack.version, a.pack.version))[0];
}
