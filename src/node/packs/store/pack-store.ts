import { randomBytes } from "node:crypto";
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { codeOf } from "../../../base/errors.ts";
import { Catalogue, type CataloguedPack, catalogueText, type StoredPack } from "../../../packs/store/catalogue.ts";
import { invalidPack, PackError } from "../../../packs/pack-error.ts";
import { lockFile } from "../../boards/lock-file.ts";
import { asUnwritable } from "../../files/output-target.ts";
import { writeWhole } from "../../files.ts";
import { type OpenPack, openPack } from "../open-pack.ts";
import { packFiles, readCatalogue, type StorePlaces, storePlaces } from "./store-places.ts";
import { summaryOf, summaryOfOpen } from "./summary.ts";

/** A name of a pack that is safe as a file's. */
const SAFE = /^[\w+-][\w.+-]{0,200}$/;

/** The packs that a user has added, each a file or a folder, and the catalogue of what is in them. */
export class PackStore {
  readonly folder: string;
  private readonly places: StorePlaces;

  constructor(env: NodeJS.ProcessEnv) {
    this.places = storePlaces(env);
    this.folder = this.places.folder;
  }

  /** Where a pack of the store lies. */
  pathOf = ({ file }: Pick<StoredPack, "file">): string => join(this.places.packs, file);

  /** The catalogue of these files, of which `known` has some; it is kept where that can be done. */
  async madeAnew(files: readonly string[], known: Catalogue | undefined): Promise<Catalogue> {
    const packs = await this.summaries(files, known);
    // What can't be written is made again by the next one.
    if (files.length > 0) this.tryToKeep(packs);
    return Catalogue.read(catalogueText(packs)) as Catalogue;
  }

  /**
   * Adds a pack: a `.pack` archive as it is, of all else the description and the files that it names. Every file of an
   * archive is read before, so that a damaged one is not kept; one of the same name and version is replaced at the end.
   *
   * Throws `PackError`, `pack-store-busy` among them, and the `HostError`s of files; the store is as before then.
   */
  async add(path: string): Promise<StoredPack> {
    return this.changing(async () => {
      const part = join(this.places.packs, `.part-${randomBytes(8).toString("hex")}`);
      try {
        const summary = await this.copied(path, part);
        const { file } = summary.pack;
        // Without a catalogue, a new one is made: from here on the old one may be wrong.
        rmSync(this.places.catalogue, { force: true });
        putInPlace(part, this.pathOf(summary.pack));
        const others = await this.summaries(
          packFiles(this.places).filter((name) => name !== file),
          this.before,
        );
        this.keep([...others, summary]);
        return summary.pack;
      } finally {
        rmSync(part, { recursive: true, force: true });
      }
    });
  }

  /** Removes a pack; throws `pack-store-busy` and `file-unwritable`. */
  async remove(pack: StoredPack): Promise<void> {
    await this.changing(async () => {
      rmSync(this.places.catalogue, { force: true });
      rmSync(this.pathOf(pack), { recursive: true, force: true });
      this.keep(await this.summaries(packFiles(this.places), this.before));
    });
  }

  /** The catalogue before a change, whose lines of other packs stay. */
  private before: Catalogue | undefined;

  private async changing<T>(change: () => Promise<T>): Promise<T> {
    try {
      mkdirSync(this.places.packs, { recursive: true });
    } catch (cause) {
      throw asUnwritable(this.places.packs, cause);
    }
    const unlock = this.lock();
    try {
      for (const name of readdirSync(this.places.packs).filter((each) => each.startsWith("."))) {
        rmSync(join(this.places.packs, name), { recursive: true, force: true });
      }
      this.before = readCatalogue(this.places);
      return await change();
    } catch (cause) {
      throw isOfSystem(cause) ? asUnwritable(this.places.packs, cause) : cause;
    } finally {
      unlock();
    }
  }

  private lock(): () => void {
    try {
      return lockFile(join(this.folder, "store"));
    } catch (cause) {
      if (codeOf(cause) !== "twin-in-use") throw cause;
      throw new PackError("pack-store-busy", "Another process is changing the packs", { cause });
    }
  }

  /** Copies a pack into the store under a name that is none yet, and answers what it is. */
  private async copied(path: string, part: string): Promise<CataloguedPack> {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() && /\.(pack|zip)$/i.test(path)) {
      copyFileSync(path, part);
      sync(part);
      const open = await openPack(part);
      try {
        await open.readAll?.();
        return summaryOfOpen(open, `${nameOf(open)}.pack`);
      } finally {
        await open.close();
      }
    }
    const open = await openPack(path);
    try {
      await copyFiles(open, path, part);
      return summaryOfOpen(open, nameOf(open));
    } finally {
      await open.close();
    }
  }

  private async summaries(files: readonly string[], known: Catalogue | undefined): Promise<readonly CataloguedPack[]> {
    const packs: CataloguedPack[] = [];
    for (const file of files) {
      const pack = known?.packs.find((one) => one.file === file);
      packs.push(
        pack && known ? { pack, devices: known.devicesOf(pack) } : await summaryOf(join(this.places.packs, file), file),
      );
    }
    return packs;
  }

  private tryToKeep(packs: readonly CataloguedPack[]): void {
    try {
      this.keep(packs);
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
    }
  }

  private keep(packs: readonly CataloguedPack[]): void {
    const sorted = [...packs].sort((a, b) => (a.pack.file < b.pack.file ? -1 : 1));
    writeWhole(this.places.catalogue, catalogueText(sorted));
  }
}

/** `NXP.MK64F12_DFP@11.0.0`; throws `pack-invalid` for a name that is none of a file. */
function nameOf({ pack: { id, version } }: OpenPack): string {
  const name = version === "" ? id : `${id}@${version}`;
  if (SAFE.test(id) && (version === "" || SAFE.test(version)) && !name.includes("..")) return name;
  throw invalidPack("pack-name", `A pack can't be kept under the name ${JSON.stringify(name.slice(0, 100))}`);
}

/** The description, and each file that one of its devices or the pack itself names and that is there. */
async function copyFiles({ pack, description, readFile }: OpenPack, path: string, part: string): Promise<void> {
  const folder = statSync(path).isDirectory() ? path : dirname(path);
  mkdirSync(part);
  copyFileSync(join(folder, description), join(part, description));
  const paths = new Set(pack.devices.flatMap((name) => pack.device(name).algorithms.map((use) => use.path)));
  if (pack.format === "probe-rs") return;
  for (const file of [...paths, ...(pack.license === undefined ? [] : [pack.license])]) {
    const bytes = await readFile(file).catch((error: unknown) => {
      if (error instanceof PackError && error.code === "pack-not-found") return undefined;
      throw error;
    });
    if (!bytes) continue;
    mkdirSync(dirname(join(part, file)), { recursive: true });
    writeWhole(join(part, file), bytes);
  }
}

/** Puts what is whole in the place of what may be there. */
function putInPlace(part: string, path: string): void {
  const old = `${part}-old`;
  const isReplaced = existsSync(path);
  if (isReplaced) renameSync(path, old);
  try {
    renameSync(part, path);
  } catch (error) {
    if (isReplaced) renameSync(old, path);
    throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

function sync(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

const isOfSystem = (error: unknown): boolean =>
  error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === "string";
