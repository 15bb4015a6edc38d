// @ts-check
// `node --import` this file behind the loader of TypeScript: one text of one source is replaced as it is loaded. PATCH_SOURCE
// holds JSON with `file`, `from` and `to`. A text that does not stand there once is an error.
import { register } from "node:module";
import { isMainThread } from "node:worker_threads";

if (isMainThread) register(import.meta.url);

/** @type {{ file: string, from: string, to: string }} */
const { file, from, to } = JSON.parse(process.env.PATCH_SOURCE ?? "{}");

/**
 * Node's hook for loading one module.
 *
 * @type {import("node:module").LoadHook}
 */
export const load = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  if (!url.endsWith(`/${file}`)) return loaded;
  return { ...loaded, source: patched(String(loaded.source)) };
};

/** @param {string} text */
export function patched(text) {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${from}`);
  return parts.join(to);
}
