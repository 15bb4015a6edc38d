import type { Chip } from "../../chips/chip.ts";
import { deviceChip } from "../../node/packs/device-chip.ts";
import { wasRehearsed } from "../../node/packs/rehearsals.ts";
import { version } from "../version.ts";
import { openNamed } from "./named-pack.ts";

/** A device of a pack as a chip, with its flash algorithms; throws `PackError` and the `HostError`s of files. */
export async function chipOfPack(file: string, device: string, env: NodeJS.ProcessEnv): Promise<Chip> {
  const open = await openNamed(file, env);
  try {
    return await deviceChip(open, device, (bank) => wasRehearsed(env, { ...bank, version: version() }));
  } finally {
    await open.close();
  }
}
