import { randomBytes } from "node:crypto";
import { closeSync, copyFileSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Catalogue, type CataloguedPack, catalogueText, type StoredPack } from "../../../packs/store/catalogue.ts";
import { FlashproofError } from "../../../base/errors.ts";
import { invalidPack, PackError } from "../../../packs/pack-error.ts";
import { isDescription } from "../../../packs/read-pack.ts";
import { asUnwritable } from "../../files/output-target.ts";
import { writeWhole } from "../../files.ts";
import { type OpenPack, openPack } from "../open-pack.ts";
import { lockStore } from "./store-lock.ts";
import {
  asideName,
  leftAside,
  namesIn,
  packFiles,
  readCatalogue,
  type StorePlaces,
  storePlaces,
} from "./store-places.ts";
import { summaryOf, summaryOfOpen } from "./summary.ts";

/** A name of a pack that is safe as a file's. */
const SAFE = /^[\w+-][\w.+-]*$/;
/** Most systems have names of 255 bytes; some are put before and behind it. */
const LONGEST_NAME = 200;
/** Names of devices on Windows, whatever stands behind their point. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|@|$)/i;

/** Which pack and version a file of the store is: systems differ in whether they tell cases apart. */
const keyOf = (file: string): string =>
  file
    .toLowerCase()
    .replace(/^\.was-/, "")
    .replace(/\.pack$/, "");

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
    if (files.length > 0) this.keepUnlessChanged(packs, files);
    return Catalogue.read(catalogueText(packs)) as Catalogue;
  }

  /**
   * Adds a pack: a `.pack` archive as it is, of all else the description and the files that it names. Every file of an
   * archive is read before, so that a damaged one is not kept; one of the same name and version is replaced at the end.
   *
   * Throws `PackError`, `pack-store-busy` among them, the `HostError`s of files, and the signal's reason; the store is as before
   * then.
   */
  async add(path: string, signal?: AbortSignal): Promise<StoredPack> {
    return this.changing(async () => {
      const part = join(this.places.packs, `.part-${randomBytes(8).toString("hex")}`);
      try {
        const summary = await this.copied(path, part, signal);
        const { file } = summary.pack;
        // Without a catalogue, a new one is made: from here on the old one may be wrong.
        rmSync(this.places.catalogue, { force: true });
        this.putInPlace(part, file);
        this.removeOthersOf(file);
        const others = await this.summaries(
          packFiles(this.places).filter((name) => name !== file),
          this.before,
        );
        this.tryToKeep([...others, summary]);
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
      this.forget(pack.file);
      this.tryToKeep(await this.summaries(packFiles(this.places), this.before));
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
    const unlock = lockStore(join(this.folder, "store"));
    try {
      this.tidy();
      this.before = readCatalogue(this.places);
      return await change();
    } catch (cause) {
      throw isOfSystem(cause) ? asUnwritable(this.places.packs, cause) : cause;
    } finally {
      unlock();
    }
  }

  /** Puts back what a change that broke off had moved aside, and removes what else it left. */
  private tidy(): void {
    for (const file of leftAside(namesIn(this.places))) {
      renameSync(join(this.places.packs, asideName(file)), join(this.places.packs, file));
    }
    for (const name of namesIn(this.places).filter((each) => each.startsWith("."))) {
      rmSync(join(this.places.packs, name), { recursive: true, force: true });
    }
  }

  /** Puts what is whole in the place of what may be there: a file in one step, a folder by way of one aside. */
  private putInPlace(part: string, file: string): void {
    const path = join(this.places.packs, file);
    const aside = join(this.places.packs, asideName(file));
    const isReplaced = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    if (isReplaced) renameSync(path, aside);
    try {
      renameSync(part, path);
    } catch (error) {
      if (isReplaced) renameSync(aside, path);
      throw error;
    }
    rmSync(aside, { recursive: true, force: true });
  }

  /** The same pack and version under another name: in another case, or a folder beside an archive. */
  private removeOthersOf(file: string): void {
    const { ino } = statSync(join(this.places.packs, file));
    const same = packFiles(this.places).filter((name) => name !== file && keyOf(name) === keyOf(file));
    for (const name of same) if (statSync(join(this.places.packs, name)).ino !== ino) this.forget(name);
  }

  /** Removes a pack in one step, whatever is in its folder. */
  private forget(file: string): void {
    const gone = join(this.places.packs, `.gone-${randomBytes(8).toString("hex")}`);
    renameSync(join(this.places.packs, file), gone);
    rmSync(gone, { recursive: true, force: true });
  }

  /** Copies a pack into the store under a name that is none yet, and answers what it is. */
  private async copied(path: string, part: string, signal?: AbortSignal): Promise<CataloguedPack> {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() && !isDescription(path)) {
      copyFileSync(path, part);
      sync(part);
      const open = await openPack(part);
      try {
        await open.readAll?.(signal);
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

  /** Keeps a catalogue that was made without a lock; not where the packs are being changed, or were since. */
  private keepUnlessChanged(packs: readonly CataloguedPack[], files: readonly string[]): void {
    let unlock: () => void;
    try {
      unlock = lockStore(join(this.folder, "store"));
    } catch (error) {
      if (error instanceof FlashproofError) return;
      throw error;
    }
    try {
      const now = packFiles(this.places);
      const isAsBefore = now.length === files.length && now.every((name, i) => name === files[i]);
      const other = readCatalogue(this.places);
      const isFitting = other?.packs.length === now.length && other.packs.every(({ file }, i) => file === now[i]);
      if (isAsBefore && !isFitting) this.tryToKeep(packs);
    } finally {
      unlock();
    }
  }

  /** What can't be written is made again by the next one. */
  private tryToKeep(packs: readonly CataloguedPack[]): void {
    const sorted = [...packs].sort((a, b) => (a.pack.file < b.pack.file ? -1 : 1));
    try {
      writeWhole(this.places.catalogue, catalogueText(sorted));
    } catch (error) {
      if (!(error instanceof FlashproofError)) throw error;
    }
  }
}

/** `NXP.MK64F12_DFP@11.0.0`; throws `pack-invalid` for a name that is none of a file. */
function nameOf({ pack: { id, version } }: OpenPack): string {
  const name = version === "" ? id : `${id}@${version}`;
  const isSafe = SAFE.test(id) && (version === "" || SAFE.test(version)) && name.length <= LONGEST_NAME;
  if (isSafe && !name.includes("..") && !name.endsWith(".") && !RESERVED.test(name)) return name;
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
    // As it lies in the folder: words that lead out of that and back in would lead elsewhere from here.
    const copy = join(part, relative(folder, resolve(folder, file)));
    mkdirSync(dirname(copy), { recursive: true });
    writeWhole(copy, bytes);
  }
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
