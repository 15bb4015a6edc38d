import { FlashproofError, HostError } from "../../base/errors.ts";
import type { Answer } from "../output.ts";
import { deviceNamed } from "../../node/packs/device-chip.ts";
import type { OpenPack } from "../../node/packs/open-pack.ts";
import { readFlm } from "../../packs/flm/read-flm.ts";
import type { PackDevice } from "../../packs/device.ts";
import {
  algorithmJson,
  algorithmLines,
  type AlgorithmLook,
  deviceJson,
  deviceLines,
  packJson,
  packLines,
} from "../../report/pack-report.ts";
import type { Invocation } from "../verb.ts";
import { openNamed } from "./named-pack.ts";

/** How many devices of a pack are printed. */
const MOST_PRINTED = 50;

/**
 * `pack show FILE [DEVICE]`: what is in a pack, or all of one device of it; FILE may be an algorithm (`.FLM`), too. Throws
 * `PackError` and the `HostError`s of files.
 */
export async function showPack(
  { readFile, terminal }: Pick<Invocation, "readFile" | "terminal">,
  args: readonly string[],
): Promise<Answer> {
  const [file, device] = args;
  if (file === undefined) throw new HostError("usage", "pack show needs a FILE");
  if (/\.(flm|axf)$/i.test(file)) {
    const algorithm = readFlm(readFile(file), file);
    return { result: { algorithm: algorithmJson(algorithm) }, text: algorithmLines(algorithm), exit: 0 };
  }
  const open = await openNamed(file, terminal.env);
  try {
    return device === undefined ? devicesOf(open) : await deviceOf(open, device);
  } finally {
    await open.close();
  }
}

function devicesOf({ pack }: OpenPack): Answer {
  const names = pack.devices.map(({ name }) => name);
  const more = names.length > MOST_PRINTED ? [`and ${names.length - MOST_PRINTED} more`] : [];
  return {
    result: { pack: packJson(pack), count: names.length, devices: names },
    text: [
      ...packLines(pack),
      `${names.length} ${names.length === 1 ? "device" : "devices"}:`,
      ...names.slice(0, MOST_PRINTED).map((name) => `  ${name}`),
      ...more,
    ],
    exit: 0,
  };
}

async function deviceOf(open: OpenPack, wanted: string): Promise<Answer> {
  const { pack } = open;
  const device = pack.device(deviceNamed(open, wanted));
  const looks: AlgorithmLook[] = [];
  for (const use of device.algorithms) looks.push({ use, found: await lookAt(open, use) });
  return {
    result: { pack: packJson(pack), device: deviceJson(device, looks) },
    text: [...packLines(pack), ...deviceLines(device, looks)],
    exit: 0,
  };
}

async function lookAt(open: OpenPack, { path }: PackDevice["algorithms"][number]): Promise<AlgorithmLook["found"]> {
  try {
    return { algorithm: await open.algorithm(path) };
  } catch (error) {
    if (error instanceof FlashproofError) return { code: error.code, message: error.message };
    throw error;
  }
}
