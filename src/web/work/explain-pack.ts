import type { Json } from "../../base/errors.ts";
import { readFlm } from "../../packs/flm/read-flm.ts";
import { limitedPack } from "../../packs/limited-pack.ts";
import type { Pack, ReadPackFile } from "../../packs/pack.ts";
import { PackError } from "../../packs/pack-error.ts";
import {
  algorithmJson,
  algorithmLines,
  deviceJson,
  deviceLines,
  lookAtAlgorithms,
  packDevicesJson,
  packDevicesLines,
  packJson,
  packLines,
} from "../../report/pack-report.ts";
import type { Explained, GivenFile } from "../protocol.ts";

/** What reads a description, loaded by the end of its name. */
const READERS: readonly (readonly [suffix: RegExp, load: () => Promise<(bytes: Uint8Array) => Pack>])[] = [
  [/\.ya?ml$/i, async () => (await import("../../packs/probe-rs/probe-rs-pack.ts")).probeRsPack],
  [/\.toml$/i, async () => (await import("../../packs/own-loader/own-pack.ts")).ownPack],
  [/\.pdsc$/i, async () => (await import("../../packs/pdsc/cmsis-pack.ts")).cmsisPack],
];

/**
 * Shows a pack, or one of its devices as a whole, in the command line's words (`fp pack show`): a `.pack`, a description by
 * itself, or an algorithm by itself. Throws `PackError`; `pack-device-unknown` where it has no such device.
 */
export async function explainPack(file: GivenFile, device: string | undefined): Promise<Explained> {
  if (/\.flm$/i.test(file.name)) {
    const algorithm = readFlm(file.bytes, file.name);
    return shown(algorithmLines(algorithm), { algorithm: algorithmJson(algorithm) });
  }
  const { pack, readFile } = await opened(file);
  const devices = pack.devices.map(({ name }) => name);
  const wanted = device ?? (devices.length === 1 ? devices[0] : undefined);
  if (wanted === undefined) return { ...shown(packDevicesLines(pack), packDevicesJson(pack)), devices };
  const found = pack.devices.find(({ name }) => name === wanted);
  if (!found) throw unknownDevice(pack, wanted);
  const whole = pack.device(found);
  const looks = await lookAtAlgorithms(whole, (path) => pack.algorithm(path, readFile));
  const json = { pack: packJson(pack), device: deviceJson(whole, looks) };
  return { ...shown([...packLines(pack), ...deviceLines(whole, looks)], json), devices };
}

async function opened(file: GivenFile): Promise<{ readonly pack: Pack; readonly readFile: ReadPackFile }> {
  if (!/\.pack$/i.test(file.name)) {
    return { pack: await packOf(file.name, file.bytes), readFile: async (path) => Promise.reject(notGiven(path)) };
  }
  const { archiveOf, describedPack } = await import("./pack-archive.ts");
  const { path, bytes, readFile } = await describedPack(await archiveOf(file.bytes, file.name));
  return { pack: await packOf(path, bytes), readFile };
}

async function packOf(path: string, bytes: Uint8Array): Promise<Pack> {
  const [, load] = READERS.find(([suffix]) => suffix.test(path)) ?? READERS[READERS.length - 1];
  return limitedPack((await load())(bytes));
}

const shown = (lines: readonly string[], json: Json): Explained => ({
  kind: "pack",
  findings: [],
  lines,
  guesses: [],
  json,
});

const notGiven = (path: string) =>
  new PackError("pack-not-found", `The description was given without its file ${path}: give the .pack`, {
    details: { path },
  });

const unknownDevice = ({ id }: Pack, name: string) =>
  new PackError("pack-device-unknown", `The pack ${id} has no device "${name}"`, { details: { pack: id, name } });
