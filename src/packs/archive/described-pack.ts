import { invalidPack, PackError } from "../pack-error.ts";
import type { ReadPackFile } from "../pack.ts";
import type { Archive } from "./zip-archive.ts";

/** The description of a pack in its archive, and the way to its other files. */
export interface DescribedPack {
  /** The description's name, which shows its format. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** A file of the archive, whatever the case of its name; throws `PackError` `pack-not-found`. */
  readonly readFile: ReadPackFile;
}

/** Finds the one description (`.pdsc`) at the top of an archive. Throws `PackError` `pack-invalid`, and what reading throws. */
export async function describedPack(archive: Archive): Promise<DescribedPack> {
  const descriptions = archive.files.filter(({ path }) => /^[^/]+\.pdsc$/i.test(path));
  if (descriptions.length !== 1) {
    throw invalidPack(
      "description",
      `The pack has ${descriptions.length} descriptions (.pdsc) at its top; one is wanted`,
    );
  }
  // Packs are made on systems that don't tell cases apart.
  const byPath = new Map(archive.files.map((file) => [file.path.toLowerCase(), file]));
  const readFile = async (path: string) => {
    const file = byPath.get(path.toLowerCase());
    if (!file) throw noFile(path);
    return file.read();
  };
  const [{ path }] = descriptions;
  return { path, bytes: await readFile(path), readFile };
}

/** What a pack's file that is not there is refused with. */
export const noFile = (path: string): PackError =>
  new PackError("pack-not-found", `The pack has no file ${path}`, { details: { path } });
