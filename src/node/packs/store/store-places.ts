import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { HostError } from "../../../base/errors.ts";
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

/** What begins the name of a folder that was moved aside, so that another one takes its place. */
const ASIDE = ".was-";

/** The name under which a folder of the store waits until its successor has its place. */
export const asideName = (file: string): string => `${ASIDE}${file}`;

/**
 * Files and folders of packs. What begins with a dot is not whole yet, or not wanted any more, but for a folder that was moved
 * aside by a change that broke off before anything else had its place: that one counts still.
 *
 * Throws `file-unreadable`.
 */
export function packFiles(places: StorePlaces): readonly string[] {
  const names = namesIn(places);
  const left = leftAside(names).map(asideName);
  return [...names.filter((name) => !name.startsWith(".")), ...left].sort();
}

/** Packs whose folder waits aside while nothing has its place, by their own names. */
export const leftAside = (names: readonly string[]): readonly string[] =>
  names
    .filter((name) => name.startsWith(ASIDE))
    .map((name) => name.slice(ASIDE.length))
    .filter((name) => !names.includes(name));

/** Everything beside the packs, too; throws `file-unreadable`. */
export function namesIn({ packs }: StorePlaces): readonly string[] {
  try {
    return readdirSync(packs);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new HostError("file-unreadable", `The folder ${packs} of the packs can't be read`, {
      details: { path: packs },
      cause,
    });
  }
}

/** The catalogue as it stands, of whichever packs; undefined where there is none, or it can't be read. */
export function readCatalogue({ catalogue }: StorePlaces): Catalogue | undefined {
  try {
    return Catalogue.read(readFileSync(catalogue, "utf8"));
  } catch {
    return undefined;
  }
}
