import type { Chip } from "../../chips/chip.ts";
import { deviceChip, deviceNamed } from "../../node/packs/device-chip.ts";
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

/** Whether devices of a pack differ in their names alone: packages of the same silicon. Throws what `chipOfPack` throws. */
export async function areAlike(file: string, devices: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  const open = await openNamed(file, env);
  try {
    const texts = devices.map((name) => {
      const { name: _, books: __, ...rest } = open.pack.device(deviceNamed(open, name));
      return JSON.stringify(rest);
    });
    return new Set(texts).size === 1;
  } finally {
    await open.close();
  }
}
