import { Catalogue } from "../../../packs/store/catalogue.ts";
import { packFiles, readCatalogue, storePlaces } from "./store-places.ts";

/**
 * What is in a user's packs: one file is read. Only where something was added or removed since that was written, the packs
 * are read, too.
 */
export async function openCatalogue(env: NodeJS.ProcessEnv): Promise<Catalogue> {
  const places = storePlaces(env);
  const files = packFiles(places);
  if (files.length === 0) return Catalogue.EMPTY;
  const known = readCatalogue(places);
  if (known && known.packs.length === files.length && known.packs.every(({ file }, i) => file === files[i]))
    return known;
  const { PackStore } = await import("./pack-store.ts");
  return new PackStore(env).madeAnew(files, known);
}
