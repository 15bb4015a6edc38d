import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Catalogue } from "../../../packs/store/catalogue.ts";
import { dataFolder } from "../data-folder.ts";

/** The folders and the file of a user's packs. */
export interface StorePlaces {
  readonly folder: string;
  /** Where each pack is a file or a folder. */
  readonly packs: string;
  readonly catalogue: string;
}

/** Where a user's packs are kept. */
export function storePlaces(env: NodeJS.ProcessEnv): StorePlaces {
  const folder = join(dataFolder(env), "packs");
  return { folder, packs: join(folder, "files"), catalogue: join(folder, "catalogue") };
}

/** Files and folders of packs; what begins with a dot is not whole yet. */
export function packFiles({ packs }: StorePlaces): readonly string[] {
  if (!existsSync(packs)) return [];
  return readdirSync(packs)
    .filter((name) => !name.startsWith("."))
    .sort();
}

/** The catalogue as it stands, of whichever packs; undefined where there is none, or it can't be read. */
export function readCatalogue({ catalogue }: StorePlaces): Catalogue | undefined {
  try {
    return Catalogue.read(readFileSync(catalogue, "utf8"));
  } catch {
    return undefined;
  }
}
