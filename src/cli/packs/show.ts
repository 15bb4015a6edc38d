import { HostError } from "../../base/errors.ts";
import type { Answer } from "../output.ts";
import { deviceNamed } from "../../node/packs/device-chip.ts";
import type { OpenPack } from "../../node/packs/open-pack.ts";
import { readFlm } from "../../packs/flm/read-flm.ts";
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
import type { Invocation } from "../verb.ts";
import { openNamed } from "./named-pack.ts";

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

const devicesOf = ({ pack }: OpenPack): Answer => ({
  result: packDevicesJson(pack),
  text: packDevicesLines(pack),
  exit: 0,
});

async function deviceOf(open: OpenPack, wanted: string): Promise<Answer> {
  const { pack } = open;
  const device = pack.device(deviceNamed(open, wanted));
  const looks = await lookAtAlgorithms(device, open.algorithm);
  return {
    result: { pack: packJson(pack), device: deviceJson(device, looks) },
    text: [...packLines(pack), ...deviceLines(device, looks)],
    exit: 0,
  };
}
