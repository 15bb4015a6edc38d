import { createHash, randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { FlashproofError } from "../../../base/errors.ts";
import { invalidPack, PackError } from "../../../packs/pack-error.ts";
import type { StoredPack } from "../../../packs/store/catalogue.ts";
import { compareVersions, type IndexedPack, MOST_INDEX_BYTES, readPackIndex } from "../../../packs/store/pack-index.ts";
import { readWhole } from "../../files.ts";
import { type OpenPack, openPack } from "../open-pack.ts";
import { download } from "./download.ts";
import { downloadError, type HttpOptions } from "./http.ts";
import type { PackStore } from "./pack-store.ts";

/** Arm's index of vendors' packs. */
export const USUAL_INDEX = "https://www.keil.com/pack/index.pidx";

/** The largest pack that is downloaded; the largest public ones have some hundred MB (unsure). */
const MOST_PACK_BYTES = 0x2000_0000;

/** The most that an index may take, in milliseconds. */
const INDEX_MS = 120_000;

/** The licence of a pack that is about to be kept: the name of its file in the pack, and its text. */
export interface License {
  readonly pack: string;
  readonly file: string;
  readonly text: string;
}

/** Asks whether a licence is agreed to. */
export type AgreeTo = (license: License) => Promise<boolean>;

/** What an install needs. */
export interface InstallOptions extends HttpOptions {
  readonly store: PackStore;
  readonly agree: AgreeTo;
}

/** The packs that an index names; throws `pack-download`, and `pack-invalid` for what is no index. */
export async function readIndex(
  { store }: { store: PackStore },
  url: string,
  options: HttpOptions,
): Promise<readonly IndexedPack[]> {
  const path = join(store.folder, "downloads", `index-${randomBytes(8).toString("hex")}.pidx`);
  try {
    await download(url, path, MOST_INDEX_BYTES, { limitMs: INDEX_MS, ...options });
    return readPackIndex(readWhole(path, { only: "file" }));
  } finally {
    for (const file of [path, `${path}.part`, `${path}.part.json`]) rmSync(file, { force: true });
  }
}

/** The latest pack of an id (`Vendor.Name`), or the one of a version (`Vendor.Name@1.2.3`); throws `pack-not-in-index`. */
export function packIn(index: readonly IndexedPack[], wanted: string): IndexedPack {
  const [id, version] = wanted.toLowerCase().split("@");
  const [latest] = index
    .filter((pack) => pack.id.toLowerCase() === id && (version === undefined || pack.version.toLowerCase() === version))
    .sort((a, b) => compareVersions(b.version, a.version));
  if (latest) return latest;
  throw new PackError("pack-not-in-index", `The index has no pack ${wanted}`, { details: { pack: wanted } });
}

/**
 * Downloads a pack of an index into the store, once its licence is agreed to. The download is kept until then, and only there.
 *
 * Throws `pack-download`, `pack-license`, `pack-invalid` for a pack that is not the one which the index names, and what
 * adding a pack throws.
 */
export async function install({ id, version, url }: IndexedPack, options: InstallOptions): Promise<StoredPack> {
  const [name, folder] = [`${id}.${version}.pack`, secured(url)];
  if (!URL.canParse(name, folder)) throw downloadError(folder, "it is no address");
  const address = new URL(name, folder).href;
  return fromAddress(address, options, ({ pack }) => {
    if (pack.id.toLowerCase() === id.toLowerCase() && pack.version === version) return;
    throw invalidPack("other-pack", `${address} is the pack ${pack.id} ${pack.version}, not ${id} ${version}`);
  });
}

/** Downloads a pack from an address into the store; throws what `install` throws. */
export function addFrom(address: string, options: InstallOptions): Promise<StoredPack> {
  return fromAddress(address, options, () => {});
}

async function fromAddress(
  address: string,
  options: InstallOptions,
  check: (open: OpenPack) => void,
): Promise<StoredPack> {
  const { store } = options;
  // By its address: what another server sent under this pack's name is not taken for it.
  const name = createHash("sha256").update(address).digest("hex").slice(0, 32);
  const path = join(store.folder, "downloads", `${name}.pack`);
  await download(address, path, MOST_PACK_BYTES, options);
  try {
    await agreed(path, options, check);
    const added = await store.add(path, options.signal);
    rmSync(path, { force: true });
    return added;
  } catch (error) {
    // What is damaged is damaged the next time, too.
    const isBad = error instanceof FlashproofError && /^pack-(invalid|too-large)$/.test(error.code);
    if (isBad) rmSync(path, { force: true });
    throw error;
  }
}

async function agreed(path: string, { agree }: InstallOptions, check: (open: OpenPack) => void): Promise<void> {
  const open = await openPack(path);
  try {
    check(open);
    const license = await licenseOf(open);
    if (!license || (await agree(license))) return;
    throw new PackError("pack-license", `The licence of ${license.pack} was not agreed to`, {
      details: { pack: license.pack, license: license.file },
    });
  } finally {
    await open.close();
  }
}

/** A pack's licence; undefined where it names none. */
export async function licenseOf({ pack, readFile }: OpenPack): Promise<License | undefined> {
  if (pack.license === undefined) return undefined;
  const bytes = await readFile(pack.license).catch(() => undefined);
  return { pack: `${pack.id} ${pack.version}`.trim(), file: pack.license, text: new TextDecoder().decode(bytes) };
}

/** Indexes name addresses at http:// that are answered at https://, too. */
const secured = (url: string): string =>
  /^http:\/\/(?!(?:localhost|127\.|\[::1\]))/i.test(url) ? url.replace(/^http:/i, "https:") : url;
