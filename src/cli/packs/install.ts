import { HostError } from "../../base/errors.ts";
import { openPack } from "../../node/packs/open-pack.ts";
import { install, licenseOf, packIn, readIndex, USUAL_INDEX } from "../../node/packs/store/install.ts";
import { openCatalogue } from "../../node/packs/store/catalogue-file.ts";
import { PackStore } from "../../node/packs/store/pack-store.ts";
import type { StoredPack } from "../../packs/store/catalogue.ts";
import { compareVersions, type IndexedPack } from "../../packs/store/pack-index.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Answer } from "../output.ts";
import { type Invocation, note } from "../verb.ts";
import { agreeTo } from "./agree.ts";
import { storedPack } from "./named-pack.ts";
import { packJson, packText } from "./stored.ts";

type Given = Invocation<OptionsOf<"pack">>;

/** `pack install NAME...`: downloads packs that a vendor's index names, and keeps them. Throws what `install` throws. */
export async function installPacks(given: Given, names: readonly string[]): Promise<Answer> {
  if (names.length === 0) throw new HostError("usage", "pack install needs a NAME, as Vendor.Family_DFP");
  const [store, index] = await opened(given);
  const wanted = names.map((name) => packIn(index, name));
  const installed: StoredPack[] = [];
  for (const pack of wanted) installed.push(await installOne(given, store, pack));
  return {
    result: { packs: installed.map(packJson) },
    text: installed.map((pack) => `installed: ${packText(pack)}`),
    exit: 0,
  };
}

/**
 * `pack update [NAME...]`: installs the latest of the packs in the store, and removes the earlier ones then. A licence that
 * is the same as the earlier one's is not asked for again.
 */
export async function updatePacks(given: Given, names: readonly string[]): Promise<Answer> {
  const [store, index] = await opened(given);
  const all = await latestOf(given.terminal.env, names);
  const updated: StoredPack[] = [];
  for (const old of all) {
    const next = index
      .filter(
        ({ id, version }) => id.toLowerCase() === old.id.toLowerCase() && compareVersions(version, old.version) > 0,
      )
      .sort((a, b) => compareVersions(b.version, a.version))[0];
    if (!next) continue;
    updated.push(await installOne(given, store, next, old));
    await store.remove(old);
  }
  const text = updated.map((pack) => `updated: ${packText(pack)}`);
  return {
    result: { packs: updated.map(packJson) },
    text: text.length > 0 ? text : ["all packs are the latest of this index"],
    exit: 0,
  };
}

/** The packs of these names, all CMSIS-Packs without one: of each the latest. */
async function latestOf(env: NodeJS.ProcessEnv, names: readonly string[]): Promise<readonly StoredPack[]> {
  const { packs } = await openCatalogue(env);
  const ids =
    names.length > 0 ? names : [...new Set(packs.filter((p) => p.format === "cmsis-pack").map(({ id }) => id))];
  const found: StoredPack[] = [];
  for (const id of ids) found.push(await storedPack(env, id));
  return found;
}

async function opened(given: Given): Promise<readonly [PackStore, readonly IndexedPack[]]> {
  const { options, terminal, signal } = given;
  const store = new PackStore(terminal.env);
  const url = options.index ?? USUAL_INDEX;
  note(given, `reading the index ${url}`);
  return [store, await readIndex({ store }, url, { env: terminal.env, signal })];
}

async function installOne(given: Given, store: PackStore, pack: IndexedPack, old?: StoredPack): Promise<StoredPack> {
  const { terminal, signal } = given;
  note(given, `downloading ${pack.id} ${pack.version}`);
  const known = old ? await licenseText(store.pathOf(old)) : [];
  return install(pack, { store, env: terminal.env, signal, agree: agreeTo(given, known) });
}

async function licenseText(path: string): Promise<readonly string[]> {
  const open = await openPack(path);
  try {
    const license = await licenseOf(open);
    return license ? [license.text] : [];
  } finally {
    await open.close();
  }
}
