import { HostError, type Json } from "../../base/errors.ts";
import { addFrom, licenseOf } from "../../node/packs/store/install.ts";
import { openCatalogue } from "../../node/packs/store/catalogue-file.ts";
import { PackStore } from "../../node/packs/store/pack-store.ts";
import { openPack } from "../../node/packs/open-pack.ts";
import type { StoredPack } from "../../packs/store/catalogue.ts";
import { inColumns } from "../../report/columns.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Answer } from "../output.ts";
import { type Invocation, note } from "../verb.ts";
import { agreeTo } from "./agree.ts";
import { storedPack } from "./named-pack.ts";

type Given = Invocation<OptionsOf<"pack">>;

/** `pack add FILE|DIR|URL...`: keeps packs, so that `--chip` finds their devices. Throws what adding and downloading throws. */
export async function addPacks(given: Given, sources: readonly string[]): Promise<Answer> {
  if (sources.length === 0) throw new HostError("usage", "pack add needs a FILE, a DIR or a URL");
  const store = new PackStore(given.terminal.env);
  const added: StoredPack[] = [];
  for (const source of sources) added.push(await addOne(given, store, source));
  return { result: { packs: added.map(packJson) }, text: added.map((pack) => `added: ${packText(pack)}`), exit: 0 };
}

async function addOne(given: Given, store: PackStore, source: string): Promise<StoredPack> {
  const { signal, terminal } = given;
  if (/^https?:\/\//i.test(source)) return addFrom(source, { store, env: terminal.env, signal, agree: agreeTo(given) });
  const open = await openPack(source);
  try {
    const license = await licenseOf(open);
    if (license) note(given, `licence of ${license.pack}: ${license.file} in the pack`);
  } finally {
    await open.close();
  }
  return store.add(source, signal);
}

/** `pack list`: the packs that were added. */
export async function listPacks({ terminal }: Given): Promise<Answer> {
  const { packs, count } = await openCatalogue(terminal.env);
  const rows = packs.map(({ id, version, format, devices }) => [id, version || "-", format, `${devices}`]);
  return {
    result: { packs: packs.map(packJson), count },
    text: packs.length === 0 ? ["no packs were added"] : inColumns([["PACK", "VERSION", "FORMAT", "DEVICES"], ...rows]),
    exit: 0,
  };
}

/** `pack remove NAME...`: forgets packs. Throws `pack-not-installed` before it removes any. */
export async function removePacks({ terminal }: Given, names: readonly string[]): Promise<Answer> {
  if (names.length === 0) throw new HostError("usage", "pack remove needs a NAME");
  const store = new PackStore(terminal.env);
  const packs: StoredPack[] = [];
  for (const name of names) packs.push(await storedPack(terminal.env, name));
  for (const pack of packs) await store.remove(pack);
  return { result: { packs: packs.map(packJson) }, text: packs.map((pack) => `removed: ${packText(pack)}`), exit: 0 };
}

/** A pack of the store as `--json` prints it. */
export const packJson = ({ id, version, vendor, format, devices }: StoredPack): Json => ({
  id,
  version,
  vendor,
  format,
  devices,
});

/** The same in a line. */
export const packText = ({ id, version, devices }: StoredPack): string =>
  `${`${id} ${version}`.trim()}, ${devices} ${devices === 1 ? "device" : "devices"}`;
