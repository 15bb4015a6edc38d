import type { Chip } from "../../chips/chip.ts";

/**
 * Finds devices by name in the packs that were added, each name once; the store is looked at by the first. What it answers
 * is undefined for a name of no device, and throws what `storedChip` throws.
 */
export function deviceFinder(env: NodeJS.ProcessEnv): (name: string) => Promise<Chip | undefined> {
  const found = new Map<string, Promise<Chip | undefined>>();
  return (name) => {
    const known = found.get(name) ?? find(name, env);
    found.set(name, known);
    return known;
  };
}

const find = async (name: string, env: NodeJS.ProcessEnv): Promise<Chip | undefined> =>
  (await import("./stored-chip.ts")).storedChip(name, env);
