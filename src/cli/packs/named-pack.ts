import { existsSync } from "node:fs";
import { openCatalogue } from "../../node/packs/store/catalogue-file.ts";
import { PackStore } from "../../node/packs/store/pack-store.ts";
import { type OpenPack, openPack } from "../../node/packs/open-pack.ts";
import type { StoredPack } from "../../packs/store/catalogue.ts";
import { compareVersions } from "../../packs/store/pack-index.ts";
import { PackError } from "../../packs/pack-error.ts";

/** Opens a pack by its file, or by its name in the store; throws `pack-not-installed`, and what opening throws. */
export async function openNamed(name: string, env: NodeJS.ProcessEnv): Promise<OpenPack> {
  if (existsSync(name) || !isPackName(name)) return openPack(name);
  const store = new PackStore(env);
  return openPack(store.pathOf(await storedPack(env, name)));
}

/** `Vendor.Name`, with a version or without: no path. */
const isPackName = (name: string): boolean =>
  /^[\w+-]+\.[\w.+-]+(@[\w.+-]+)?$/.test(name) && !/\.(pack|zip|pdsc|ya?ml|toml|flm)$/i.test(name);

/** The latest pack of a name in the store, or the one of a version; throws `pack-not-installed`. */
export async function storedPack(env: NodeJS.ProcessEnv, name: string): Promise<StoredPack> {
  const [id, version] = name.toLowerCase().split("@");
  const { packs } = await openCatalogue(env);
  const [latest] = packs
    .filter((pack) => pack.id.toLowerCase() === id && (version === undefined || pack.version.toLowerCase() === version))
    .sort((a, b) => compareVersions(b.version, a.version));
  if (latest) return latest;
  throw new PackError("pack-not-installed", `No pack of the name ${name} was added`, { details: { pack: name } });
}
