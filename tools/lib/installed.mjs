// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { inProject } from "./project.mjs";

const installedLock = inProject("node_modules", ".package-lock.json");

/** Whether there are modules at all. */
export const seemsInstalled = () => existsSync(installedLock);

/** Whether the modules are the ones that package-lock.json names: npm leaves a list of what it installed. */
export function isInstalled() {
  if (!seemsInstalled()) return false;
  const have = readPackages(installedLock);
  const want = Object.entries(readPackages(inProject("package-lock.json"))).filter(([path]) => path !== "");
  return want.every(([path, entry]) =>
    have[path] ? have[path].version === entry.version : entry.optional === true || entry.devOptional === true,
  );
}

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean }} Entry */

/** @param {string} path @returns {Record<string, Entry>} */
const readPackages = (path) => JSON.parse(readFileSync(path, "utf8")).packages;
